import assert from "node:assert/strict";
import { test } from "node:test";
import { arrowStep } from "./drag.ts";

test("arrows move one unit, Shift ten; other keys do nothing", () => {
  assert.deepEqual(arrowStep("ArrowLeft", false), [-1, 0]);
  assert.deepEqual(arrowStep("ArrowDown", true), [0, 10]);
  assert.equal(arrowStep("Tab", false), null);
  assert.equal(arrowStep("toString", false), null);
});
