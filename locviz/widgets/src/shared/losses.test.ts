import assert from "node:assert/strict";
import { test } from "node:test";
import { constant, variables } from "./dual.ts";
import {
  ALL_LOSSES,
  FOCAL_LOSSES,
  isFocal,
  LOSSES,
  type LossName,
  plainLoss,
  regionLoss,
  shownLosses,
} from "./losses.ts";
import { evaluate, evaluateOne, iou, type Setting, symbols, valueOf } from "./parameters.ts";

const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-4, `${a} is not ${b}`);
const PIXELS: Setting = { parametrisation: "corners", unit: [1, 1], anchor: [0, 0, 10, 20] };
const value = (name: LossName, a: number[], b: number[]) => valueOf(name, a, b, PIXELS);

test("hand values of the papers' boxes", () => {
  near(value("giou", [0, 0, 1, 1], [0, 0, 2, 2]), 0.75); // a quarter inside
  near(value("diou", [0, 0, 1, 1], [0, 0, 2, 2]), 0.8125);
  near(value("giou", [0, 0, 1, 1], [1, 1, 2, 2]), 1.5); // diagonal neighbours
  near(value("diou", [0, 0, 1, 1], [1, 1, 2, 2]), 1.25);
  near(value("giou", [0, 0, 1, 1], [1, 0, 2, 1]), 1); // side by side
  near(value("diou", [0, 0, 1, 2], [0, 0, 2, 2]), 0.53125); // half inside
  near(value("ciou", [0, 0, 1, 2], [0, 0, 2, 2]), 0.5345);
  near(value("eiou", [0, 0, 1, 2], [0, 0, 2, 2]), 0.5 + 0.25 / 8 + 1 / 4);
  near(value("smooth_l1", [0, 0, 10, 10], [0.5, 0, 10, 13]), 0.125 + 2.5);
  near(value("l2", [0, 0, 10, 10], [0.5, 0, 10, 13]), 9.25);
});

test("IoU is silent apart, GIoU and the others are not", () => {
  const { losses } = evaluate([100, 100, 140, 130], [0, 0, 50, 50], PIXELS);
  assert.ok(losses.iou.gradient.every((slope) => slope === 0));
  for (const name of ["giou", "diou", "ciou", "eiou"] as const) {
    assert.ok(
      losses[name].gradient.some((slope) => slope !== 0),
      name,
    );
  }
});

test("focal variants by hand: Focal-L1's curve, peak and line, Focal-EIoU's weight", () => {
  const scale = Math.E * 0.8;
  const along = (d: number) => evaluate([d, 0, 10, 10], [0, 0, 10, 10], PIXELS).losses.focal_l1;
  near(along(0.5).value, (-scale / 4) * 0.25 * (2 * Math.log(0.4) - 1));
  near(along(0.5).gradient[0], -scale * 0.5 * Math.log(0.4));
  near(along(1 / scale).gradient[0], 1); // the peak
  near(along(3).value, -scale * Math.log(0.8) * 3 + (scale * (2 * Math.log(0.8) + 1)) / 4);
  near(along(3).gradient[0], -scale * Math.log(0.8));
  for (const d of [0, 5e-324, 1e-300])
    assert.ok(Math.abs(along(d).value) + Math.abs(along(d).gradient[0]) < 1e-200);

  const { losses } = evaluate([0, 0, 1, 2], [0, 0, 2, 2], PIXELS); // IoU 1/2
  near(losses.focal_eiou.value, Math.sqrt(0.5) * losses.eiou.value);
  losses.eiou.gradient.forEach((slope, i) =>
    near(losses.focal_eiou.gradient[i], Math.sqrt(0.5) * slope),
  );
  const apart = evaluate([100, 100, 140, 130], [0, 0, 50, 50], PIXELS).losses.focal_eiou;
  assert.equal(apart.value, 0);
  assert.ok(apart.gradient.every((slope) => slope === 0));
});

test("focal variants are shown by choice, after the eight", () => {
  assert.deepEqual(shownLosses(false), LOSSES);
  assert.deepEqual(shownLosses(true), [...LOSSES, ...FOCAL_LOSSES]);
  assert.deepEqual(ALL_LOSSES.filter(isFocal), [...FOCAL_LOSSES]);
  assert.deepEqual(FOCAL_LOSSES.map(plainLoss), ["l1", "eiou"]);
  assert.equal(plainLoss("giou"), "giou");
});

test("one code serves spans and boxes", () => {
  const [a, b] = [variables([2, 6]), [constant(4, 2), constant(8, 2)]];
  const loss = (name: LossName) => regionLoss(name, a, b);
  near(loss("iou").v, 1 - 2 / 6);
  near(loss("giou").v, 1 - 2 / 6);
  near(loss("diou").v, 1 - 2 / 6 + 4 / 36);
  near(loss("ciou").v, loss("diou").v); // a span has no aspect ratio
  near(iou([2, 6], [4, 8]), 1 / 3);
  assert.deepEqual(symbols("center_size", 1), ["c", "len"]);
});

test("all evaluations of a loss agree", () => {
  const settings: Setting[] = [
    PIXELS,
    { ...PIXELS, parametrisation: "center_size", unit: [400, 300] },
    { ...PIXELS, parametrisation: "offsets" },
  ];
  for (const setting of settings) {
    const [a, b] = [
      [10, 20, 60, 50],
      [30, 10, 90, 55],
    ];
    const all = evaluate(a, b, setting).losses;
    for (const name of ALL_LOSSES) {
      assert.deepEqual(evaluateOne(name, a, b, setting), all[name]);
      assert.equal(valueOf(name, a, b, setting), all[name].value);
    }
  }
});
