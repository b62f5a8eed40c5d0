/**
 * Forward-mode dual numbers: a value and its derivatives by the parameters of a box.
 *
 * Each loss is written once, on these; its gradient follows. At kinks they follow torch: `abs` has slope 0 at 0, a tie
 * of `minimum` or `maximum` gives each side half, `clampMin` passes the gradient at the bound.
 */

export interface Dual {
  readonly v: number;
  /** Derivatives; empty for plain values, which makes evaluating a landscape cheap. */
  readonly d: readonly number[];
}

/** The smallest normal float64, below which a denominator counts as zero: torch.finfo(float64).tiny. */
export const TINY = 2 ** -1022;

export function constant(v: number, size = 0): Dual {
  return { v, d: new Array<number>(size).fill(0) };
}

/** Numbers with derivatives by themselves: the independent variables. */
export function variables(values: readonly number[]): Dual[] {
  return values.map((v, i) => ({ v, d: values.map((_, j) => (i === j ? 1 : 0)) }));
}

/** a's derivatives times p plus b's times q: the chain rule of every function of two. */
function chain(v: number, a: Dual, p: number, b: Dual, q: number): Dual {
  const d = new Array<number>(a.d.length);
  for (let i = 0; i < d.length; i++) d[i] = a.d[i] * p + b.d[i] * q;
  return { v, d };
}

/** Derivatives times p: the chain rule of every function of one. */
function along(v: number, a: Dual, p: number): Dual {
  const d = new Array<number>(a.d.length);
  for (let i = 0; i < d.length; i++) d[i] = a.d[i] * p;
  return { v, d };
}

export const add = (a: Dual, b: Dual): Dual => chain(a.v + b.v, a, 1, b, 1);
export const sub = (a: Dual, b: Dual): Dual => chain(a.v - b.v, a, 1, b, -1);
export const mul = (a: Dual, b: Dual): Dual => chain(a.v * b.v, a, b.v, b, a.v);
export const scale = (a: Dual, factor: number): Dual => along(a.v * factor, a, factor);
export const shift = (a: Dual, offset: number): Dual => along(a.v + offset, a, 1);
export const square = (a: Dual): Dual => along(a.v * a.v, a, 2 * a.v);
export const exp = (a: Dual): Dual => along(Math.exp(a.v), a, Math.exp(a.v));
export const log = (a: Dual): Dual => along(Math.log(a.v), a, 1 / a.v);
export const abs = (a: Dual): Dual => along(Math.abs(a.v), a, Math.sign(a.v));
export const oneMinus = (a: Dual): Dual => along(1 - a.v, a, -1);
/** The value without its derivatives: torch's detach. */
export const detach = (a: Dual): Dual => along(a.v, a, 0);

export const minimum = (a: Dual, b: Dual): Dual => {
  const share = a.v < b.v ? 1 : a.v > b.v ? 0 : 0.5;
  return chain(Math.min(a.v, b.v), a, share, b, 1 - share);
};

export const maximum = (a: Dual, b: Dual): Dual => {
  const share = a.v > b.v ? 1 : a.v < b.v ? 0 : 0.5;
  return chain(Math.max(a.v, b.v), a, share, b, 1 - share);
};

export const clampMin = (a: Dual, bound: number): Dual =>
  along(Math.max(a.v, bound), a, a.v >= bound ? 1 : 0);
export const clampMax = (a: Dual, bound: number): Dual =>
  along(Math.min(a.v, bound), a, a.v <= bound ? 1 : 0);

/** a / b, with 0 / 0 = 0: a denominator that is not a normal number counts as the constant 1. */
export const quotient = (a: Dual, b: Dual): Dual =>
  b.v < TINY ? a : chain(a.v / b.v, a, 1 / b.v, b, -(a.v / b.v) / b.v);

export const atan2 = (y: Dual, x: Dual): Dual => {
  const size = x.v * x.v + y.v * y.v;
  return chain(Math.atan2(y.v, x.v), y, x.v / size, x, -y.v / size);
};

export const sum = (terms: readonly Dual[]): Dual => terms.reduce(add);
export const product = (factors: readonly Dual[]): Dual => factors.reduce(mul);
