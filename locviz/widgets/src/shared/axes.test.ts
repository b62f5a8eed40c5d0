import assert from "node:assert/strict";
import { test } from "node:test";
import { line, linear, ticks } from "./axes.ts";

test("a scale maps its ends onto its range, also upside down", () => {
  const scale = linear([0, 4], [100, 20]);
  assert.deepEqual([0, 1, 4].map(scale), [100, 80, 20]);
  assert.equal(linear([3, 3], [0, 10])(3), 0);
});

test("ticks are round, inside the domain and about as many as asked", () => {
  assert.deepEqual(ticks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(ticks(0, 200, 4), [0, 50, 100, 150, 200]);
  assert.deepEqual(ticks(2, 2, 4), [2]);
  for (const [low, high] of [
    [0.013, 0.11],
    [-7, 93],
    [1e-9, 3e-9],
  ]) {
    const got = ticks(low, high, 5);
    assert.ok(got.length >= 3 && got.length <= 11, String(got));
    assert.ok(got.every((value) => value >= low - 1e-12 && value <= high + 1e-12));
  }
});

test("a line breaks where a value is missing", () => {
  const same = linear([0, 1], [0, 1]);
  assert.equal(line([0, 1, 2, 3], [1, NaN, 3, 4], same, same), "M0.00 1.00M2.00 3.00L3.00 4.00");
});
