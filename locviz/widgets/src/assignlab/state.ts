/** What travels between AssignLab and its view (`messages.ts`), decoded. */
import { bytes, floats, shorts } from "../shared/buffers.ts";
import { fixed } from "../shared/format.ts";
import type * as messages from "./messages.ts";

/** What the answer can be held against: in the list, and after "changed owner". */
export const REFERENCES: Record<messages.Reference, [string, string]> = {
  previous: ["before the last move", "with the last move"],
  pinned: ["the pinned answer", "since the pin"],
  step: ["the training step before", "since the step before"],
  other: ["the other assigner", "between the two"],
};

export interface Side extends Omit<
  messages.Side,
  "owner" | "ambiguous" | "flipped" | "rows" | "values"
> {
  owner: Int16Array;
  ambiguous: Uint8Array;
  flipped: Uint8Array;
  matrix: Matrix;
}

/** Some priors' numbers for every object, row by row. */
export interface Matrix {
  rows: Int16Array;
  values: Float32Array;
  columns: number;
}

export function decoded(sent: messages.Side): Side {
  const matrix = {
    rows: shorts(sent.rows),
    values: floats(sent.values),
    columns: sent.positives.length,
  };
  return {
    ...sent,
    owner: shorts(sent.owner),
    ambiguous: bytes(sent.ambiguous),
    flipped: bytes(sent.flipped),
    matrix,
  };
}

export interface Film extends Pick<messages.Film, "at" | "side" | "columns" | "says"> {
  kind: messages.FilmKind;
  rows: Int16Array;
  owners: Int16Array[];
  values: Float32Array[];
  totals: Float32Array[];
  gap: Float32Array;
}

/** A film from an answer and its buffers; null where the assigner has no iterations. */
export function filmOf(answer: messages.FilmAnswer, buffers: readonly DataView[]): Film | null {
  if (!answer.film || buffers.length !== 5) return null;
  const { film: kind, frames, ...rest } = answer as messages.Film;
  const [rows, owners] = [shorts(buffers[0]), shorts(buffers[1])];
  const [values, totals, gap] = buffers.slice(2).map(floats);
  const cut = <A extends Int16Array | Float32Array>(all: A): A[] => {
    const size = all.length / Math.max(frames, 1);
    return Array.from({ length: frames }, (_, i) => all.subarray(i * size, (i + 1) * size) as A);
  };
  return {
    ...rest,
    kind,
    rows,
    owners: cut(owners),
    values: cut(values),
    totals: cut(totals),
    gap,
  };
}

/** Whether a high number of the matrix is a good one; of costs and areas the lowest wins. */
const lowestLoses = (measure: string): boolean => measure !== "cost" && measure !== "area";

/** A number of the matrix: a cost that means "never" is a dash, an overlap that is none a plain zero. */
export function cell(value: number, measure = "cost"): string {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e5) return "–";
  if (lowestLoses(measure) && Math.abs(value) < 0.005) return "0";
  return fixed(value, Math.abs(value) < 9.995 ? 2 : Math.abs(value) < 99.95 ? 1 : 0);
}

/** How good each number is, 0..1, the best of the whole matrix 1; what means "never" is 0. */
export function shades(values: ArrayLike<number>, measure: string): number[] {
  const usable = Array.from(values).filter(
    (value) => Number.isFinite(value) && Math.abs(value) < 1e5,
  );
  const [low, high] = [Math.min(...usable), Math.max(...usable)];
  return Array.from(values, (value) => {
    if (!Number.isFinite(value) || Math.abs(value) >= 1e5) return 0;
    if (lowestLoses(measure)) return high > 0 ? Math.max(value, 0) / high : 0;
    return high > low ? (high - value) / (high - low) : 1;
  });
}
