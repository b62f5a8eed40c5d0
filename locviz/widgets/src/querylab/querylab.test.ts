import assert from "node:assert/strict";
import { test } from "node:test";
import { afterKey, cellWords, colourOf, dashOf, nearestCentre, opacities, shifted } from "./marks.ts";

test("only the last layer's box is drawn through", () => {
  assert.deepEqual([0, 1, 2].map((layer) => dashOf(layer, 3)), ["2 3", "5 3", null]);
});

test("the greatest weight is the most opaque, and equal weights are pale", () => {
  assert.deepEqual(opacities([0.25, 0.5, 0], 16, 0.8), [0.4, 0.8, 0]);
  assert.deepEqual(opacities([0.125, 0.125], 8, 1), [0.25, 0.25]);
  assert.deepEqual(opacities([], 4, 1), []);
});

test("a click means the nearest centre", () => {
  const boxes = [[0, 0, 10, 10], [20, 0, 40, 10]];
  assert.equal(nearestCentre(boxes, 6, 6), 0);
  assert.equal(nearestCentre(boxes, 21, 2), 1);
  assert.equal(nearestCentre([], 1, 1), -1);
});

test("keys stay among the queries, and other keys do nothing", () => {
  assert.equal(afterKey("ArrowRight", 3, 5), 4);
  assert.equal(afterKey("ArrowUp", 4, 5), 4);
  assert.equal(afterKey("ArrowLeft", 0, 5), 0);
  assert.equal(afterKey("PageDown", 3, 25), 0);
  assert.equal(afterKey("Home", 3, 25), 0);
  assert.equal(afterKey("End", 3, 25), 24);
  assert.equal(afterKey("Tab", 3, 25), null);
});

test("a cell says who, and what has changed", () => {
  assert.equal(cellWords([7], false, false), "7");
  assert.equal(cellWords([7, 9], true, true), "7,9*′");
  assert.equal(cellWords([], true, false), "–*");
});

test("all places move as the reference point does, and keep their weights", () => {
  assert.deepEqual(shifted([1, 2, 0.5, 3, 4, 0.25], [10, 10], [12, 7]), [3, -1, 0.5, 5, 1, 0.25]);
  assert.deepEqual(shifted([1, 2, 0.5], [10, 10], [12]), [3, 2, 0.5]);
});

test("colours come again after six, and most queries have none", () => {
  assert.equal(colourOf(7), colourOf(1));
  assert.notEqual(colourOf(0), colourOf(5));
  assert.equal(colourOf(-1), "var(--lv-soft)");
});
