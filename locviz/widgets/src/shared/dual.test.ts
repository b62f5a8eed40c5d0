import assert from "node:assert/strict";
import { test } from "node:test";
import {
  abs,
  add,
  atan2,
  clampMax,
  clampMin,
  type Dual,
  detach,
  exp,
  log,
  maximum,
  minimum,
  mul,
  quotient,
  shift,
  square,
  sub,
  variables,
} from "./dual.ts";

const near = (a: number, b: number) =>
  assert.ok(Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b)), `${a} is not ${b}`);

/** Central differences: the oracle of every smooth operation. */
function check(f: (x: Dual, y: Dual) => Dual, x: number, y: number) {
  const h = 1e-6;
  const value = (a: number, b: number) => {
    const [p, q] = variables([a, b]);
    return f(p, q).v;
  };
  const [p, q] = variables([x, y]);
  const { d } = f(p, q);
  near(d[0], (value(x + h, y) - value(x - h, y)) / (2 * h));
  near(d[1], (value(x, y + h) - value(x, y - h)) / (2 * h));
}

test("smooth operations have the slopes of finite differences", () => {
  for (const [x, y] of [
    [1.3, 0.7],
    [-2, 3],
    [0.2, -5],
  ]) {
    for (const f of [add, sub, mul, atan2, minimum, maximum]) check(f, x, y);
    check((a, b) => quotient(a, shift(square(b), 1)), x, y);
    check((a, b) => mul(exp(a), abs(b)), x, y);
    check((a, b) => mul(clampMin(a, 0), clampMax(b, 1)), x, y);
  }
  check((a, b) => sub(log(a), log(b)), 1.5, 0.4);
});

test("kinks follow torch: abs 0, ties half, clamps pass at their bound", () => {
  const [x, y] = variables([0, 0]);
  assert.deepEqual(abs(x).d.map(Math.abs), [0, 0]);
  assert.deepEqual(minimum(x, y).d, [0.5, 0.5]);
  assert.deepEqual(maximum(x, y).d, [0.5, 0.5]);
  assert.deepEqual(clampMin(x, 0).d, [1, 0]);
  assert.deepEqual(clampMax(x, 0).d, [1, 0]);
});

test("0 / 0 is 0 with the numerator's slope, detach keeps the value alone", () => {
  const [x, y] = variables([0, 0]);
  assert.deepEqual(quotient(x, y), { v: 0, d: [1, 0] });
  assert.deepEqual(detach(square(variables([3])[0])), { v: 9, d: [0] });
});
