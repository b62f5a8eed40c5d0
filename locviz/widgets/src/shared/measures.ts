/** IoU, GIoU, DIoU, CIoU and EIoU of two regions of any dim: `locviz/boxes/overlap.py`, operation by operation. */
import {
  add,
  atan2,
  clampMin,
  constant,
  type Dual,
  detach,
  maximum,
  minimum,
  mul,
  oneMinus,
  product,
  quotient,
  scale,
  square,
  sub,
  sum,
  TINY,
} from "./dual.ts";

/** Low corner, then high corner: 2 * dim numbers. */
export type Region = readonly Dual[];

/** What all measures are made of. Lengths are per axis. */
export interface Pair {
  lengthsA: Dual[];
  lengthsB: Dual[];
  lengthsHull: Dual[];
  twiceOffset: Dual[];
  intersection: Dual;
  union: Dual;
}

export function compare(a: Region, b: Region): Pair {
  const dim = a.length / 2;
  const [lowA, highA, lowB, highB] = [a.slice(0, dim), a.slice(dim), b.slice(0, dim), b.slice(dim)];
  const lengthsA = lowA.map((low, i) => sub(highA[i], low));
  const lengthsB = lowB.map((low, i) => sub(highB[i], low));
  // Signed: negative is a gap.
  const overlaps = lowA.map((low, i) => sub(minimum(highA[i], highB[i]), maximum(low, lowB[i])));
  const intersection = product(overlaps.map((overlap) => clampMin(overlap, 0)));
  return {
    lengthsA,
    lengthsB,
    lengthsHull: overlaps.map((overlap, i) => sub(add(lengthsA[i], lengthsB[i]), overlap)),
    twiceOffset: lowA.map((low, i) => add(sub(low, lowB[i]), sub(highA[i], highB[i]))),
    intersection,
    union: sub(add(product(lengthsA), product(lengthsB)), intersection),
  };
}

export const iou = (pair: Pair): Dual => quotient(pair.intersection, pair.union);

export const giou = (pair: Pair): Dual => {
  const hull = product(pair.lengthsHull);
  return sub(iou(pair), quotient(sub(hull, pair.union), hull));
};

/** Squared distance of the centres over the squared diagonal of the hull. */
const distanceTerm = (pair: Pair): Dual =>
  quotient(scale(sum(pair.twiceOffset.map(square)), 1 / 4), sum(pair.lengthsHull.map(square)));

export const diou = (pair: Pair): Dual => sub(iou(pair), distanceTerm(pair));

const isPoint = ([width, height]: Dual[]): boolean => width.v * width.v + height.v * height.v < TINY;

/** CIoU's v, from arctan of width over height of both; 0 where either is a point, which has no such angle. */
function aspectDifference(a: Dual[], b: Dual[]): Dual {
  if (isPoint(a) || isPoint(b)) return constant(0, a[0].d.length);
  return scale(square(sub(atan2(b[0], b[1]), atan2(a[0], a[1]))), 4 / Math.PI ** 2);
}

export const ciou = (pair: Pair): Dual => {
  if (pair.lengthsA.length === 1) return diou(pair); // a span has no aspect ratio
  const overlap = iou(pair);
  const v = aspectDifference(pair.lengthsA, pair.lengthsB);
  const alpha = detach(quotient(v, add(oneMinus(overlap), v)));
  return sub(sub(overlap, distanceTerm(pair)), mul(alpha, v));
};

export const eiou = (pair: Pair): Dual => {
  const terms = pair.lengthsHull.map((hull, i) =>
    square(quotient(sub(pair.lengthsA[i], pair.lengthsB[i]), hull)),
  );
  return sub(diou(pair), sum(terms));
};
