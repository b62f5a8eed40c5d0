import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBelow, isNamed, linksOf, nearestBox, noteOf } from "./look.ts";
import type { Candidate } from "./messages.ts";

const candidate = (change: Partial<Candidate>): Candidate => ({
  score: 0.5,
  region: [0, 0, 10, 10],
  fate: "open",
  by: -1,
  when: 0,
  outcome: -2,
  repeated: false,
  victim: false,
  outranked: false,
  brief: "",
  words: "",
  ...change,
});

const KEPT = candidate({ fate: "kept", outcome: 1, score: 0.9 });
const WRONG = candidate({ fate: "kept", outcome: 0, score: 0.4, repeated: true });
const OUT = candidate({ fate: "suppressed", by: 0, when: 1, score: 0 });
const LOWERED = candidate({ by: 1, when: 2, score: 0.3 });
const ALL = [KEPT, WRONG, OUT, LOWERED];

test("a kept box says whether it is right, and whether it repeats", () => {
  assert.deepEqual(ALL.map(noteOf), ["✓ 0", "✗ 1 2×", "2", "3"]);
  assert.equal(noteOf(candidate({ fate: "kept", outcome: -1 }), 7), "7");
});

test("what is kept lies on top, the best score last", () => {
  assert.deepEqual(fromBelow(ALL), [2, 3, 1, 0]);
  assert.deepEqual(fromBelow([KEPT, KEPT]), [1, 0]); // of equals the first is on top
});

test("a box that is out is named in its own step only", () => {
  assert.deepEqual([0, 1, 2].map((at) => isNamed(OUT, { at })), [false, true, false]);
  assert.ok(isNamed(LOWERED, { at: 0 }) && isNamed(KEPT, { at: 9 }));
});

test("lines are those of the step, all at the end, and those of the candidate that is looked at", () => {
  const side = { candidates: ALL, steps: 3 };
  const rows = (at: number, looked = -1) => linksOf({ ...side, at }, looked).map(({ row }) => row);
  assert.deepEqual(rows(1), [2]);
  assert.deepEqual(rows(2), [3]);
  assert.deepEqual(rows(3), [2, 3]);
  assert.deepEqual(rows(2, 2), [2, 3]);
  assert.deepEqual(rows(2, 0), [2, 3]); // box 0 put box 2 out
  assert.deepEqual(linksOf({ ...side, at: 1 }, -1), [{ row: 2, by: 0, out: true }]);
});

test("nobody is tied to itself", () => {
  const alone = candidate({ fate: "suppressed", by: 0, when: 1 });
  assert.deepEqual(linksOf({ candidates: [alone], at: 1, steps: 1 }, 0), []);
});

test("the nearest outline is meant, not the topmost box", () => {
  const boxes = [
    [0, 0, 100, 100],
    [30, 30, 70, 70],
    [200, 0, 210, 10],
  ];
  assert.equal(nearestBox(boxes, 5, 50, 3), 0);
  assert.equal(nearestBox(boxes, 50, 50, 3), 1); // twenty from the inner, fifty from the outer
  assert.equal(nearestBox(boxes, 32, 50, 3), 1);
  assert.equal(nearestBox(boxes, 28, 50, 3), 1); // just outside, but within reach
  assert.equal(nearestBox(boxes, 150, 50, 3), -1);
  assert.equal(nearestBox(boxes, 198, 5, 3), 2);
});
