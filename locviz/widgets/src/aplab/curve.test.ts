import assert from "node:assert/strict";
import { test } from "node:test";
import { notePlace, rows } from "../shared/scene.ts";
import { cornerAt, dragged, nearestCorner, neighbour, standing, sweptPoints } from "./curve.ts";
import { thresholdAfter } from "./sweep.ts";

// Three detections, scores 0.9 (right), 0.5 (wrong), 0.25 (right); two ground truths.
const curve = {
  recall: Float32Array.of(0.5, 0.5, 1),
  precision: Float32Array.of(1, 0.5, 2 / 3),
  score: Float32Array.of(0.875, 0.5, 0.25),
  envelope: new Float32Array(101),
};

test("a detection that scores exactly the threshold is said", () => {
  assert.equal(cornerAt(curve.score, 0.5), 1);
  assert.equal(cornerAt(curve.score, 0.51), 0);
  assert.equal(cornerAt(curve.score, 0.9), -1);
  assert.equal(cornerAt(curve.score, 0), 2);
  assert.equal(cornerAt([], 0.5), -1);
});

test("the working point stands where the kernel says, not at a corner", () => {
  assert.deepEqual(standing({ recall: 0.5, precision: 0.7 }), { recall: 0.5, precision: 0.7 });
  assert.deepEqual(standing({ recall: 0, precision: null }), { recall: 0, precision: 1 });
});

test("a drag goes from where the point stands to a corner; none leaves it there", () => {
  const start = { threshold: 0.6, recall: 0.5, precision: 0.7 };
  assert.deepEqual(dragged(curve, start, 0, 0), start);
  assert.equal(dragged(curve, start, 0, -0.15).threshold, 0.5);
  assert.equal(dragged(curve, start, 0.4, 0).threshold, 0.25);
});

test("the envelope's points that are swept", () => {
  assert.equal(sweptPoints({ recall: 0, precision: null }), 0);
  assert.equal(sweptPoints({ recall: 0, precision: 0 }), 1);
  assert.equal(sweptPoints({ recall: 0.29, precision: 1 }), 30);
  assert.equal(sweptPoints({ recall: 1, precision: 0.1 }), 101);
});

test("a sweep falls evenly and ends at 0; without motion it is at its end at once", () => {
  assert.equal(thresholdAfter(0, false), 1);
  assert.equal(thresholdAfter(2500, false), 0.5);
  assert.equal(thresholdAfter(6000, false), 0);
  assert.equal(thresholdAfter(0, true), 0);
});

test("the nearest corner in both directions", () => {
  assert.equal(nearestCorner(curve, { recall: 0.5, precision: 0.4 }), 1);
  assert.equal(nearestCorner(curve, { recall: 0.9, precision: 0.9 }), 2);
  assert.equal(
    nearestCorner({ ...curve, score: new Float32Array(0) }, { recall: 0, precision: 0 }),
    -1,
  );
});

test("keys walk the corners and stop at the ends", () => {
  assert.equal(neighbour(curve, 0.6, 1), 0.5);
  assert.equal(neighbour(curve, 0.6, -1), 0.875);
  assert.equal(neighbour(curve, 0.25, 10), 0.25);
  assert.equal(neighbour({ ...curve, score: new Float32Array(0) }, 0.3, 1), 0.3);
});

test("rows of boxes and where notes stand", () => {
  assert.deepEqual(rows([1, 2, 3, 4, 5, 6, 7, 8]), [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ]);
  assert.deepEqual(rows([]), []);
  assert.deepEqual(notePlace([10, 100, 60, 150], 360, 70), { x: 10, y: 95, anchor: "start" });
  assert.deepEqual(notePlace([330, 4, 359, 40], 360, 70), { x: 358, y: 17, anchor: "end" });
  assert.deepEqual(notePlace([100, 50, 120, 90], 160, 140), { x: 140, y: 45, anchor: "end" });
});
