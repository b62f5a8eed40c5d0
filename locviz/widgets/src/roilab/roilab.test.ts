import assert from "node:assert/strict";
import { test } from "node:test";
import { binsOf, label, nearestSample, samplesOf, walked } from "./geometry.ts";
import type { AxisSamples } from "./messages.ts";
import { signed } from "./tables.ts";

const view = (...values: number[]) => new DataView(Float32Array.from(values).buffer);

// Two bins of one sample each across, one bin of two samples down.
const across: AxisSamples = {
  samples: 1,
  position: view(0.25, 2),
  low: view(0, 2),
  high: view(1, 2),
  low_weight: view(0.75, 1),
  high_weight: view(0.25, 0),
};
const down: AxisSamples = {
  samples: 2,
  position: view(1, 3.5),
  low: view(1, 3),
  high: view(2, 3),
  low_weight: view(1, 0.5),
  high_weight: view(0, 0.5),
};

test("samples are rows times columns, half a cell further in cells than in index units", () => {
  const samples = samplesOf(down, across);
  assert.deepEqual(
    samples.map(({ x, y, bin }) => [x, y, bin]),
    [
      [0.75, 1.5, 0],
      [2.5, 1.5, 1],
      [0.75, 4, 0],
      [2.5, 4, 1],
    ],
  );
});

test("weights are products of the axes', and a cell met twice counts once", () => {
  const [first, second, third] = samplesOf(down, across);
  assert.deepEqual(first.neighbours, [
    { column: 0, row: 1, weight: 0.75 },
    { column: 1, row: 1, weight: 0.25 },
  ]);
  assert.deepEqual(second.neighbours, [{ column: 2, row: 1, weight: 1 }]);
  assert.deepEqual(third.neighbours, [
    { column: 0, row: 3, weight: 0.75 },
    { column: 1, row: 3, weight: 0.25 },
  ]);
  for (const { neighbours } of samplesOf(down, across)) {
    assert.equal(
      neighbours.reduce((sum, { weight }) => sum + weight, 0),
      1,
    );
  }
});

test("no samples at all", () => {
  const none = {
    samples: 0,
    position: view(),
    low: view(),
    high: view(),
    low_weight: view(),
    high_weight: view(),
  };
  assert.deepEqual(samplesOf(none, none), []);
  assert.equal(nearestSample([], 0, 0, 1), -1);
});

test("bins cut the region into equal parts, row by row", () => {
  assert.deepEqual(binsOf([1, 2, 3, 6], 2), [
    [1, 2, 2, 4],
    [2, 2, 3, 4],
    [1, 4, 2, 6],
    [2, 4, 3, 6],
  ]);
});

test("the pointer takes the nearest sample within reach", () => {
  const samples = samplesOf(down, across);
  assert.equal(nearestSample(samples, 2.4, 1.4, 0.45), 1);
  assert.equal(nearestSample(samples, 9, 9, 0.45), -1);
});

test("arrows walk the samples and stop at the edges", () => {
  assert.equal(walked(0, "ArrowRight", 2, 2), 1);
  assert.equal(walked(1, "ArrowRight", 2, 2), 1);
  assert.equal(walked(1, "ArrowDown", 2, 2), 3);
  assert.equal(walked(0, "ArrowUp", 2, 2), 0);
});

test("values and errors as they are shown", () => {
  assert.equal(label(12), "12");
  assert.equal(label(6.18), "6.2");
  assert.equal(label(5.000001), "5.0");
  assert.equal(signed(-0.001, 2), "0.00");
  assert.equal(signed(1.26, 1), "+1.3");
  assert.equal(signed(-1, 1), "−1.0");
});
