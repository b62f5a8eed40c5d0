/** The precision-recall curve as the kernel sends it, and where a score threshold lies on it. */

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

/** The last corner that is said at this threshold; -1 where nothing is. Scores fall along the curve. */
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

/** Where the working point stands; with nothing said it rests at recall 0, precision 1, where the curve begins. */
export function pointAt(curve: Curve, threshold: number): Point {
  const i = cornerAt(curve.score, threshold);
  return i < 0
    ? { recall: 0, precision: 1 }
    : { recall: curve.recall[i], precision: curve.precision[i] };
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

/** The threshold after the working point was dragged: that of the corner nearest to where it went. */
export function dragged(
  curve: Curve,
  threshold: number,
  byRecall: number,
  byPrecision: number,
): number {
  if (byRecall === 0 && byPrecision === 0) return threshold;
  const start = pointAt(curve, threshold);
  const i = nearestCorner(curve, {
    recall: start.recall + byRecall,
    precision: start.precision + byPrecision,
  });
  return i < 0 ? threshold : curve.score[i];
}

/** The page `by` pages on; from an image between the pages the first step leads to the neighbour on that side. */
export function turned(pages: readonly number[], image: number, by: number): number {
  if (!pages.length) return image;
  const at = pages.indexOf(image);
  const between = pages.filter((page) => page < image).length;
  const next = at >= 0 ? at + by : between + by - Number(by > 0);
  return pages[((next % pages.length) + pages.length) % pages.length];
}

/** The threshold some corners further along: more is said for positive `by`. */
export function neighbour(curve: Curve, threshold: number, by: number): number {
  const i = cornerAt(curve.score, threshold) + by;
  if (!curve.score.length) return threshold;
  return curve.score[Math.min(Math.max(i, 0), curve.score.length - 1)];
}
