import assert from "node:assert/strict";
import { test } from "node:test";
import { fixed, short } from "./format.ts";

test("three significant digits, a real minus, no negative zero", () => {
  assert.equal(short(0.41234), "0.412");
  assert.equal(short(-1234.5), "−1235");
  assert.equal(short(0), "0");
  assert.equal(short(-0.000012345), "−1.23e−5");
  assert.equal(short(12.345), "12.3");
  assert.equal(fixed(-0.0001, 2), "0.00");
  assert.equal(fixed(-0.126, 2), "−0.13");
});

test("what is not a number says so", () => {
  assert.equal(short(NaN), "not a number");
  assert.equal(short(-Infinity), "−∞");
});
