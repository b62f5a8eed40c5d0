/** What the drawing of a query needs: places in the matrix and the picture, dashes, opacities. */

/** The dash of a layer's box: the later the layer, the longer; the last has none. Its twin is `dash_of` in Python. */
export const dashOf = (layer: number, layers: number): string | null =>
  layer === layers - 1 ? null : `${2 + 3 * layer} 3`;

/**
 * How opaque each weight of a whole is drawn, up to `most` for the greatest. Among `num` places a weight has to be four
 * times the equal share to be the most opaque: equal weights are pale. Its twin is `opacities` in Python.
 */
export function opacities(weights: ArrayLike<number>, num: number, most: number): number[] {
  const all = Array.from(weights);
  const top = Math.max(...all, 4 / num);
  return all.map((weight) => (most * weight) / top);
}

/** The query whose box has its centre nearest to a place; -1 where there is none. */
export function nearestCentre(boxes: readonly (readonly number[])[], x: number, y: number): number {
  let [found, least] = [-1, Infinity];
  boxes.forEach(([x1, y1, x2, y2], row) => {
    const far = Math.hypot((x1 + x2) / 2 - x, (y1 + y2) / 2 - y);
    if (far < least) [found, least] = [row, far];
  });
  return found;
}

/** The number after a key: arrows by 1, page keys by 5, Home and End to the ends; null for other keys. */
export function afterKey(key: string, now: number, num: number): number | null {
  const steps: Record<string, number> = {
    ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 5, PageDown: -5, Home: -num, End: num,
  };
  return key in steps ? Math.min(Math.max(now + steps[key], 0), num - 1) : null;
}

/** What a table cell says: the queries, and what has changed. */
export function cellWords(queries: readonly number[], flipped: boolean, since: boolean): string {
  return (queries.join(",") || "–") + (flipped ? "*" : "") + (since ? "′" : "");
}

/** Sampling places, x, y and weight each, around another reference point: all move as it does. Its twin is `Look.dots`. */
export function shifted(dots: ArrayLike<number>, from: readonly number[], to: readonly number[]): number[] {
  const [dx, dy] = [to[0] - from[0], (to[1] ?? from[1]) - from[1]];
  return Array.from(dots, (value, i) => value + [dx, dy, 0][i % 3]);
}

/** What of the knobs a drawing depends on, to be compared: while the reference point is dragged most stays as it is. */
export const keyOf = (...parts: readonly (number | null)[]): string => parts.join(" ");

/** How many colours there are for queries; with more queries than that they come again, and the number tells them apart. */
const COLOURS = 6;

/** A query's colour, by its number among the queries that have one. */
export const colourOf = (number: number | undefined): string =>
  number === undefined || number < 0 ? "var(--lv-soft)" : `var(--lv-query-${number % COLOURS})`;
