import assert from "node:assert/strict";
import { test } from "node:test";
import { outlines } from "../shared/boxes.ts";
import { another, cellAt, count, dots, plain, unlog } from "./lattice.ts";
import { stridesOf, toggled } from "./levels.ts";
import type { Result, Survey } from "./messages.ts";
import { bestInWords, spokenResult } from "./words.ts";

test("the cell that holds a point; points outside belong to the last", () => {
  assert.deepEqual(cellAt([20, 30], 8, [8, 12]), [16, 24, 24, 32]);
  assert.deepEqual(cellAt([-5, 999], 8, [8, 12]), [0, 56, 8, 64]);
  assert.deepEqual(cellAt([96, 64], 8, [8, 12]), [88, 56, 96, 64]);
});

test("dots stand at the centres of the cells that are in a state, row by row", () => {
  const cells = Uint8Array.of(0, 2, 1, 2, 0, 0);
  assert.equal(dots(cells, [2, 3], 4, 2), "M6 2h0M2 6h0");
  assert.equal(dots(cells, [2, 3], 4, 1), "M10 2h0");
  assert.equal(dots(new Uint8Array(0), [0, 0], 4, 0), "");
});

test("one path goes round every box", () => {
  assert.equal(
    outlines([
      [1, 2, 5, 8],
      [0, 0, 1, 1],
    ]),
    "M1 2H5V8H1ZM0 0H1V1H0Z",
  );
  assert.equal(outlines([]), "");
});

test("sliders hold logarithms; numbers come back at three digits", () => {
  assert.equal(unlog(3), 8);
  assert.equal(unlog(-0.5), 0.707);
  assert.equal(unlog(Math.log2(0.05)), 0.05);
  assert.equal(plain(8), "8");
  assert.equal(plain(1 / 3), "0.333");
});

test("a new number is half as much again as the largest, or finds room between", () => {
  assert.equal(another([1, 2], 20), 3);
  assert.equal(another([8, 60], 64), 21.9);
  assert.equal(another([64], 64), 45.3);
});

test("counts are short", () => {
  assert.equal(count(2307), "2,307");
  assert.equal(count(76740), "77k");
});

test("a level goes on and off, and the last stays", () => {
  assert.deepEqual(toggled([4, 16], 8), [4, 8, 16]);
  assert.deepEqual(toggled([4, 16], 4), [16]);
  assert.equal(toggled([16], 16), null);
  assert.deepEqual(stridesOf([24, 8], [5]), [4, 5, 8, 16, 24, 32, 64, 128]);
});

test("the best anchor in words; the last box stands for one that is not there", () => {
  const best = { region: [], iou: 0.4567, level: 1, scale: 8, ratio: 1 / 3, outcome: "ignored" };
  const design = { scales: [8], ratios: [1 / 3], strides: [4, 16] };
  const result = { best, design, gt_num: [3, 5], selected: 1 } as unknown as Result;
  const start = "Best anchor of the target: IoU 0.457 (stride 16, scale 8, ratio 0.333), ignored";
  assert.equal(bestInWords(result), `${start} by the thresholds; 5 anchors are responsible for it.`);
  assert.match(bestInWords({ ...result, selected: 9 }), /; 3 anchors/);
  const counts = [7, 0, 9];
  const heard = { ...result, recall: null, counts } as unknown as Result;
  const own = { num_anchors: 12345 } as Survey;
  const price = "Recall undefined with 12k anchors";
  assert.equal(spokenResult(heard, own), `${price}; best IoU of the target 0.46; 7 positive`);
});
