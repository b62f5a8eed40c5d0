/** The precision-recall curve as the kernel sends it, and where a score threshold lies on it. */

import { fixed, share } from "../shared/format.ts";
import type { Reading } from "./messages.ts";

export interface Curve {
  recall: Float32Array;
  precision: Float32Array;
  score: Float32Array;
  /** COCO's interpolated precision at recall 0, 0.01 .. 1. */
  envelope: Float32Array;
}

export interface Point {
  recall: number;
  precision: number;
}

/** The last corner that is predicted at this threshold; -1 where nothing is. Scores fall along the curve. */
export function cornerAt(score: ArrayLike<number>, threshold: number): number {
  let low = 0;
  let high = score.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (score[middle] >= threshold) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Where the working point stands: where the kernel says. The corners do not tell, for between two of them lie wrong
 * boxes that were left out. With nothing predicted the point rests at recall 0, precision 1, where the curve begins.
 */
export function standing({ recall, precision }: Pick<Reading, "recall" | "precision">): Point {
  return precision === null || recall === null ? { recall: 0, precision: 1 } : { recall, precision };
}

/** The working point in words. */
export function pointInWords({ score_threshold, precision, recall }: Reading): string {
  return `score at least ${fixed(score_threshold, 2)}: precision ${share(precision)}, recall ${share(recall)}`;
}

/** How many of the envelope's 101 points lie at this recall or before it; none where nothing is predicted. */
export function sweptPoints({ recall, precision }: Pick<Reading, "recall" | "precision">): number {
  return precision === null || recall === null ? 0 : Math.floor(recall * 100 + 1e-6) + 1;
}

/** The corner nearest to a point; -1 where there is no curve. */
export function nearestCorner(curve: Curve, { recall, precision }: Point): number {
  let best = -1;
  let least = Infinity;
  for (let i = 0; i < curve.score.length; i++) {
    const distance = (curve.recall[i] - recall) ** 2 + (curve.precision[i] - precision) ** 2;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

/** Where a drag of the working point began. */
export interface Grip extends Point {
  threshold: number;
}

/** Where the working point goes when it is dragged: to the corner nearest to the pointer. */
export function dragged(curve: Curve, start: Grip, byRecall: number, byPrecision: number): Grip {
  if (byRecall === 0 && byPrecision === 0) return start;
  const i = nearestCorner(curve, {
    recall: start.recall + byRecall,
    precision: start.precision + byPrecision,
  });
  if (i < 0) return start;
  return { threshold: curve.score[i], recall: curve.recall[i], precision: curve.precision[i] };
}

/** The page `by` pages on; from an image between the pages the first step leads to the neighbour on that side. */
export function turned(pages: readonly number[], image: number, by: number): number {
  if (!pages.length) return image;
  const at = pages.indexOf(image);
  const between = pages.filter((page) => page < image).length;
  const next = at >= 0 ? at + by : between + by - Number(by > 0);
  return pages[((next % pages.length) + pages.length) % pages.length];
}

/** The threshold some corners further along: more is predicted for positive `by`. */
export function neighbour(curve: Curve, threshold: number, by: number): number {
  const i = cornerAt(curve.score, threshold) + by;
  if (!curve.score.length) return threshold;
  return curve.score[Math.min(Math.max(i, 0), curve.score.length - 1)];
}
