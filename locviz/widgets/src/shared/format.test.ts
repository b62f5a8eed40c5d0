import assert from "node:assert/strict";
import { test } from "node:test";
import { fixed, share, short } from "./format.ts";

test("three significant digits, a real minus, no negative zero", () => {
  assert.equal(short(0.41234), "0.412");
  assert.equal(short(-1234.5), "−1235");
  assert.equal(short(0), "0");
  assert.equal(short(-0.000012345), "−1.23e−5");
  assert.equal(short(12.345), "12.3");
  assert.equal(fixed(-0.0001, 2), "0.00");
  assert.equal(fixed(-0.126, 2), "−0.13");
});

test("a tie goes to the even digit, as Python has it", () => {
  assert.deepEqual(
    [0.5, 1.5, 2.5, -2.5].map((value) => fixed(value, 0)),
    ["0", "2", "2", "−2"],
  );
  assert.deepEqual(
    [0.0625, 0.1875, 0.0626].map((value) => fixed(value, 3)),
    ["0.062", "0.188", "0.063"],
  );
  assert.equal(fixed(1.005, 2), "1.00"); // no tie: the number is a little less
});

test("a share may have no meaning", () => {
  assert.deepEqual([0.5, null, NaN].map(share), ["0.500", "undefined", "undefined"]);
});

test("what is not a number says so", () => {
  assert.equal(short(NaN), "not a number");
  assert.equal(short(-Infinity), "−∞");
});
