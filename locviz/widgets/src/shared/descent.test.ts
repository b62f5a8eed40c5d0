import assert from "node:assert/strict";
import { test } from "node:test";
import { descend, race, raceRate, targetUnit } from "./descent.ts";
import { LOSSES } from "./losses.ts";
import type { Setting } from "./parameters.ts";

const PIXELS: Setting = { parametrisation: "corners", unit: [1, 1], anchor: [0, 0, 10, 10] };

test("the unit is the root of the target's area, its length, or its longer side where it is flat", () => {
  assert.equal(targetUnit([0, 0, 9, 4]), 6);
  assert.equal(targetUnit([0, 0, 9, 0]), 9);
  assert.equal(targetUnit([5, 5, 5, 5]), 1);
  assert.equal(targetUnit([2, 7]), 5);
});

test("an L1 step moves every corner by the rate in units of the target", () => {
  assert.deepEqual(descend("l1", [10, 10, 90, 90], [0, 0, 50, 50], PIXELS, 0.1), [5, 5, 85, 85]);
});

test("a step never turns a box inside out", () => {
  const [x1, y1, x2, y2] = descend("l2", [100, 100, 100.5, 300], [400, 0, 401, 1], PIXELS, 0.9);
  assert.ok(x1 <= x2 && y1 <= y2);
});

test("a race starts every loss from the same box; IoU stays stuck where the boxes are apart", () => {
  const runs = race(LOSSES, [230, 210, 330, 290], [90, 80, 210, 200], PIXELS, {
    steps: 200,
    rate: 0.1,
  });
  for (const name of LOSSES) {
    assert.deepEqual(runs.get(name)!.regions[0], [230, 210, 330, 290]);
    assert.equal(runs.get(name)!.ious.length, 201);
  }
  assert.equal(runs.get("iou")!.ious.at(-1), 0);
  assert.ok(runs.get("giou")!.ious.at(-1)! > 0.9);
  assert.equal(raceRate(0.1, 100, 200), 0.05);
});
