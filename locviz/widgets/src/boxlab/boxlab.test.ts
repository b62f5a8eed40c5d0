import assert from "node:assert/strict";
import { test } from "node:test";
import { LOSSES, MEASURE_NAMES } from "../shared/losses.ts";
import { LocalModel } from "../shared/model.ts";
import { evaluate, type Setting } from "../shared/parameters.ts";
import { arrows, referencePull } from "./arrows.ts";
import { hull, intersection, moved, type Size, spoken } from "../shared/boxes.ts";
import { answers, compareWithTorch, verdictInWords } from "./confirm.ts";
import { PLAIN } from "./defaults.ts";
import { boxAt, field, segments } from "./landscape.ts";
import type { Result } from "./messages.ts";
import { spread } from "./race.ts";
import { type State, Store, type Traits } from "./state.ts";
import { listed, pullInWords } from "./words.ts";

const SIZE: Size = [400, 300];
const PIXELS: Setting = { parametrisation: "corners", unit: [1, 1], anchor: [0, 0, 10, 10] };
const SYMBOLS = ["x1", "y1", "x2", "y2"];

test("a body moves whole and stays in the picture", () => {
  assert.deepEqual(moved([10, 20, 60, 80], "body", 5, -7, SIZE), [15, 13, 65, 73]);
  assert.deepEqual(moved([10, 20, 60, 80], "body", 900, -900, SIZE), [350, 0, 400, 60]);
});

test("edges and corners move their own coordinates and never pass each other", () => {
  assert.deepEqual(moved([10, 20, 60, 80], "left edge", 30, 99, SIZE), [40, 20, 60, 80]);
  assert.deepEqual(moved([10, 20, 60, 80], "top right corner", 5, -5, SIZE), [10, 15, 65, 80]);
  assert.deepEqual(
    moved([10, 20, 60, 80], "bottom right corner", -500, -500, SIZE),
    [10, 20, 10, 20],
  );
});

test("Alt on the body resizes", () => {
  assert.deepEqual(moved([10, 20, 60, 80], "body", 10, 1, SIZE, true), [10, 20, 70, 81]);
});

test("shared and enclosing boxes", () => {
  assert.deepEqual(intersection([0, 0, 10, 10], [5, 6, 20, 20]), [5, 6, 10, 10]);
  assert.equal(intersection([0, 0, 10, 10], [10, 0, 20, 10]), null);
  assert.deepEqual(hull([0, 0, 10, 10], [5, 6, 20, 20]), [0, 0, 20, 20]);
  assert.equal(spoken([0.4, 1, 2.6, 3]), "x 0 to 3, y 1 to 3");
});

test("words say where nothing pulls and why", () => {
  const say = (loss: "iou" | "l1" | "giou" | "focal_eiou", a: number[], b: number[]) =>
    pullInWords(loss, evaluate(a, b, PIXELS).losses[loss], a, b, SYMBOLS);
  assert.match(
    say("iou", [0, 0, 10, 10], [50, 50, 60, 60]),
    /^No gradient here: the boxes share no area/,
  );
  assert.match(
    say("focal_eiou", [0, 0, 10, 10], [50, 50, 60, 60]),
    /share no area, so IoU, the weight of the Focal-EIoU/,
  );
  assert.match(
    say("focal_eiou", [0, 0, 10, 10], [0, 0, 10, 10]),
    /are equal, there is nothing left to pull/,
  );
  assert.match(
    say("giou", [0, 0, 10, 10], [0, 0, 10, 10]),
    /^No gradient here: prediction and target are equal/,
  );
  assert.equal(
    say("giou", [0, 0, 10, 10], [5, 5, 30, 30]),
    "The GIoU loss pulls on x1, y1, x2 and y2.",
  );
  assert.match(
    say("l1", [0, 0, 10, 10], [5, 0, 10, 10]),
    /pulls on x1, but not on y1, x2 and y2: no gradient there/,
  );
  assert.equal(listed(["a", "b"]), "a and b");
});

test("arrows point downhill, one per pulled edge, longer for a stronger pull", () => {
  const reading = { value: 1, gradient: [0.5, 0, -0.125, 0] };
  const found = arrows([0, 0, 10, 20], reading, "corners", 0.5, 40);
  assert.deepEqual(
    found.map(({ x, y, dx, dy }) => [x, y, dx, dy + 0]),
    [
      [0, 10, -40, 0],
      [10, 10, 20, 0],
    ],
  );
  const sized = arrows(
    [0, 0, 10, 20],
    { value: 1, gradient: [0, 0, 0.5, 0] },
    "center_size",
    0.5,
    40,
  );
  assert.equal(sized.length, 2); // both edges come inward
  assert.ok(sized[0].dx > 0 && sized[1].dx < 0);
  assert.ok(referencePull("giou", [0, 0, 10, 10], PIXELS) > 0);
});

test("the landscape stands for boxes with this centre, or with a corner here", () => {
  assert.deepEqual(boxAt("center", 100, 50, [0, 0, 10, 20]), [95, 40, 105, 60]);
  assert.deepEqual(boxAt("size", 25, 4, [0, 0, 10, 20]), [-15, 4, 25, 16]);
  const map = field("center", "l2", [0, 0, 20, 20], [190, 140, 210, 160], PIXELS, SIZE, 40);
  assert.deepEqual([map.columns, map.rows], [40, 30]);
  const lowest = map.values.indexOf(Math.min(...map.values));
  assert.ok(Math.abs((lowest % 40) - 19.5) < 1 && Math.abs(Math.floor(lowest / 40) - 14.5) < 1);
});

test("contours pass between higher and lower cells", () => {
  const values = Float64Array.from([0, 1, 0, 1]);
  assert.deepEqual(segments({ columns: 2, rows: 2, values }, 0.25), [[0.25, 0, 0.25, 1]]);
});

test("labels move apart without leaving the chart", () => {
  assert.deepEqual(spread([10, 11, 12], 5, 0, 100), [10, 15, 20]);
  assert.deepEqual(spread([98, 99, 100], 5, 0, 100), [90, 95, 100]);
});

function lab(signal: AbortSignal) {
  const boxes = { target: [0, 0, 10, 10], prediction: [5, 5, 20, 20], anchor: [0, 0, 8, 8] };
  const model = new LocalModel<Traits>({ ...PLAIN, ...boxes, initial: boxes });
  const gestures: string[] = [];
  return { model, gestures, store: new Store(model, (gesture) => gestures.push(gesture), signal) };
}

test("a change goes to the model with its gesture and the next seq; the kernel's changes come back", () => {
  const stop = new AbortController();
  const { model, gestures, store } = lab(stop.signal);
  assert.deepEqual(store.size, [400, 300]);
  store.change({ prediction: [6, 6, 21, 21] }, "drag");
  assert.deepEqual(model.get("prediction"), [6, 6, 21, 21]);
  assert.equal(model.get("seq"), 1);
  assert.equal(model.get("gesture"), "drag");
  model.set("loss", "ciou");
  assert.equal(store.state.loss, "ciou");
  assert.deepEqual(gestures, ["drag", ""]);
  stop.abort();
  model.set("loss", "iou");
  assert.equal(store.state.loss, "ciou");
});

test("torch confirms, contradicts, or is late", () => {
  const { store } = lab(new AbortController().signal);
  const state: State = store.state;
  const evaluation = evaluate(state.prediction, state.target, PIXELS);
  const readings = LOSSES.map((name) => evaluation.losses[name]);
  const gradients = readings.map((reading) => [...reading.gradient]);
  const values = readings.map((reading) => reading.value);
  const result: Result = {
    seq: 0,
    boxes: [...state.target, ...state.prediction, ...state.anchor],
    setting: ["corners", "pixels"],
    losses: [...LOSSES],
    iou: evaluation.iou,
    measures: MEASURE_NAMES.map((name) => evaluation.measures[name]),
    areas: [25, 10 * 10 + 15 * 15 - 25],
    values,
    gradients,
  };
  assert.equal(answers(result, state), true);
  assert.equal(answers(result, { ...state, units: "normalised" }), false);
  assert.equal(answers(result, { ...state, prediction: [5, 5, 20, 21] }), false);
  assert.equal(answers(result, { ...state, focal: true }), false); // eight values say nothing of ten rows
  assert.equal(
    verdictInWords(compareWithTorch(evaluation, result)),
    "✓ torch agrees, largest difference 0",
  );
  const shifted = result.measures.map((value, i) => value + (i === 1 ? 1 : 0));
  const wrong = { ...result, measures: shifted };
  assert.match(verdictInWords(compareWithTorch(evaluation, wrong)), /disagrees on GIoU by/);
  const area = { ...result, areas: [26, 299] as const };
  assert.equal(compareWithTorch(evaluation, area).agrees, false);
  gradients[6][2] += 1e-3;
  const verdict = compareWithTorch(evaluation, result);
  assert.equal(verdict.agrees, false);
  assert.match(verdictInWords(verdict), /^✗ torch disagrees on CIoU by 1\.0e-3/);
  values[0] = NaN;
  assert.equal(compareWithTorch(evaluation, result).agrees, false);
});
