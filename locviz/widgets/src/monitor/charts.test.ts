import assert from "node:assert/strict";
import { test } from "node:test";
import { ceiling, figureSeries, lossSeries } from "./charts.ts";
import { duration } from "./words.ts";

test("rows become one series per term, the total in ink", () => {
  const series = lossSeries(["box", "total"], Float32Array.of(1, 2, 3, 11, 4, 5));
  assert.deepEqual(
    series.map(({ name, xs, ys }) => [name, xs, ys]),
    [
      ["box", [1, 11], [2, 4]],
      ["total", [1, 11], [3, 5]],
    ],
  );
  assert.equal(series[1].colour, "var(--lv-text)");
  assert.notEqual(series[0].dash, series[1].dash);
  assert.deepEqual(lossSeries([], new Float32Array()), []);
});

test("the first steps do not set the scale", () => {
  const ys = [1000, ...Array.from({ length: 39 }, () => 2)];
  assert.equal(
    ceiling([{ name: "total", colour: "", dash: null, xs: ys, ys: [1000, 1000, ...ys.slice(2)] }]),
    2.1,
  );
  assert.equal(ceiling([]), 1);
});

test("figures that are undefined leave a gap", () => {
  const rows = [
    { step: 5, figures: { AP: null } },
    { step: 9, figures: { AP: 0.5 } },
  ];
  const [series] = figureSeries(rows);
  assert.deepEqual([series.xs, Number.isNaN(series.ys[0]), series.ys[1]], [[5, 9], true, 0.5]);
  assert.deepEqual(figureSeries([]), []);
});

test("durations for people", () => {
  assert.equal(duration(0.4), "0 s");
  assert.equal(duration(59.6), "1 min 00 s");
  assert.equal(duration(75), "1 min 15 s");
});
