/** Where a level's cells lie, and numbers on a logarithmic slider. */
import type { Box } from "../shared/boxes.ts";

/** The cell that holds a point, as a box; points outside belong to the last cell. */
export function cellAt(
  point: readonly number[],
  stride: number,
  [rows, columns]: readonly number[],
): Box {
  const index = (value: number, size: number) =>
    Math.min(Math.max(Math.floor(value / stride), 0), size - 1);
  const [j, i] = [index(point[0], columns), index(point[1], rows)];
  return [j * stride, i * stride, (j + 1) * stride, (i + 1) * stride];
}

/** A path of dots at the centres of the cells that are in one state. */
export function dots(
  cells: Uint8Array,
  [rows, columns]: readonly number[],
  stride: number,
  state: number,
): string {
  let path = "";
  for (let k = 0; k < rows * columns; k++) {
    if (cells[k] !== state) continue;
    path += `M${((k % columns) + 0.5) * stride} ${(Math.floor(k / columns) + 0.5) * stride}h0`;
  }
  return path;
}

/** A number from the logarithm that a slider holds, at three digits. */
export const unlog = (logarithm: number): number => Number((2 ** logarithm).toPrecision(3));

/** "8" and "0.707": a number of a design without idle zeros. */
export const plain = (value: number): string => String(Number(value.toPrecision(3)));

/** Where a new number goes: half as much again as the largest, or between if there is no room. */
export function another(values: readonly number[], high: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const next = sorted[sorted.length - 1] * 1.5;
  if (next <= high) return Number(next.toPrecision(3));
  return Number(Math.sqrt(sorted[0] * (sorted[1] ?? sorted[0] / 2)).toPrecision(3));
}

/** "2,307" and "77k": how many anchors, short enough for a chart. */
export function count(value: number): string {
  return value >= 1e4 ? `${Math.round(value / 1000)}k` : Math.round(value).toLocaleString("en");
}
