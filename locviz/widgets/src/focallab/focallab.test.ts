import assert from "node:assert/strict";
import { test } from "node:test";
import { moved, nearestStop } from "./stops.ts";
import { percent, tenfold, thousands } from "./words.ts";

test("a slider with stops stands at the last one that is not above", () => {
  const stops = [1, 2, 5, 10, null];
  assert.deepEqual([1, 2, 4, 5, 7, 10, 99, null].map((value) => nearestStop(stops, value)), [
    0, 1, 1, 2, 2, 3, 3, 4,
  ]);
  assert.equal(nearestStop([50, 100], 7), 0);
  assert.equal(nearestStop([null], 3), 0);
});

test("a rule moves on its grain and stops at the ends", () => {
  const p_t = { low: 0.01, high: 0.999, grain: 0.001 };
  assert.equal(moved(0.9, 68, p_t), 0.968);
  assert.equal(moved(0.9, 0.4, p_t), 0.9);
  assert.equal(moved(0.9, 1000, p_t), 0.999);
  assert.equal(moved(0.02, -10.6, p_t), 0.01);
  assert.equal(moved(0.3, 0.1 + 0.2 - 0.3, { low: 0, high: 1, grain: 0.01 }), 0.3);
});

test("numbers in words", () => {
  assert.equal(percent(0.41212), "41.2 %");
  assert.equal(percent(null), "undefined");
  assert.equal(thousands(95124), "95,124");
  assert.deepEqual([0, 1, 3, 5, 6].map(tenfold), ["1", "10", "1k", "100k", "1M"]);
});
