/** What travels between AssignLab and its view (`assign_wire.py`), decoded. */
import { fixed } from "../shared/format.ts";
import { floats } from "../shared/kernel.ts";

export interface Knobs {
  image: number;
  training_step: number;
  boxes: number[][];
  assigner: string;
  second: string | null;
  settings: Settings;
  second_settings: Settings;
  selected: number;
  against: Reference;
  frame: number;
  second_frame: number;
}

export type Settings = Record<string, Record<string, number>>;
export type Reference = "previous" | "pinned" | "step" | "other";

export const KNOBS = [
  "image", "training_step", "boxes", "assigner", "second", "settings", "second_settings", "selected", "against", "frame", "second_frame",
] as const;

/** What the answer can be held against: in the list, and after "changed owner". */
export const REFERENCES: Record<Reference, [string, string]> = {
  previous: ["before the last move", "with the last move"],
  pinned: ["the pinned answer", "since the pin"],
  step: ["the training step before", "since the step before"],
  other: ["the other assigner", "between the two"],
};

export interface KnobInfo {
  name: string;
  label: string;
  low: number;
  high: number;
  step: number;
  default: number;
  whole: boolean;
}

export interface RuleInfo {
  name: string;
  title: string;
  says: string;
  dynamic: boolean;
  measure: string;
  film: string;
  knobs: KnobInfo[];
}

export interface SceneInfo {
  dim: number;
  /** Height and width of the drawing, in the units of the boxes. */
  size: [number, number];
  places: DataView;
  strides: DataView;
  levels: number[];
  steps: number[];
  images: number;
  labels: number[][];
  apart: boolean[][];
  class_names: string[];
  boxes: number[][][];
}

interface SentSide {
  assigner: string;
  measure: string;
  owner: DataView;
  ambiguous: DataView;
  flipped: DataView;
  positives: number[];
  num_ambiguous: number | null;
  ignored: number;
  background: number;
  rows: DataView;
  values: DataView;
  flips: number | null;
  settings: Record<string, number>;
  by_step: { positives: number[]; flips: number[] } | null;
}

export interface Sent {
  seq: number;
  image: number;
  pinned: boolean;
  sides: SentSide[];
}

export interface Side extends Omit<SentSide, "owner" | "ambiguous" | "flipped" | "rows" | "values"> {
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

export function shorts(buffer: DataView): Int16Array {
  return new Int16Array(buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength));
}

export function bytes(buffer: DataView): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

export function decoded(sent: SentSide): Side {
  const matrix = { rows: shorts(sent.rows), values: floats(sent.values), columns: sent.positives.length };
  return { ...sent, owner: shorts(sent.owner), ambiguous: bytes(sent.ambiguous), flipped: bytes(sent.flipped), matrix };
}

export interface Film {
  kind: string;
  /** The state that it is of. */
  at: number;
  side: number;
  rows: Int16Array;
  owners: Int16Array[];
  values: Float32Array[];
  columns: number;
  totals: Float32Array[];
  gap: Float32Array;
  says: string[];
}

/** A film from an answer and its buffers; null where the assigner has no iterations. */
export function filmOf(answer: Record<string, unknown>, buffers: readonly DataView[]): Film | null {
  const kind = String(answer.film ?? "");
  if (!kind || buffers.length !== 5) return null;
  const frames = Number(answer.frames);
  const [rows, owners, values, totals, gap] = [shorts(buffers[0]), shorts(buffers[1]), ...buffers.slice(2).map(floats)] as [Int16Array, Int16Array, Float32Array, Float32Array, Float32Array];
  const cut = <A extends Int16Array | Float32Array>(all: A): A[] => {
    const size = all.length / Math.max(frames, 1);
    return Array.from({ length: frames }, (_, i) => all.subarray(i * size, (i + 1) * size) as A);
  };
  const whole = { rows, owners: cut(owners), values: cut(values), totals: cut(totals), gap };
  return { kind, at: Number(answer.at), side: Number(answer.side), columns: Number(answer.columns), says: answer.says as string[], ...whole };
}

/** A number of the matrix: a cost that means "never" is a dash, an overlap that is none a plain zero. */
export function cell(value: number, measure = "cost"): string {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e5) return "–";
  if (measure !== "cost" && Math.abs(value) < 0.005) return "0";
  return fixed(value, Math.abs(value) < 9.995 ? 2 : Math.abs(value) < 99.95 ? 1 : 0);
}

/** How good each number is, 0..1, the best of the whole matrix 1; what means "never" is 0. */
export function shades(values: ArrayLike<number>, measure: string): number[] {
  const usable = Array.from(values).filter((value) => Number.isFinite(value) && Math.abs(value) < 1e5);
  const [low, high] = [Math.min(...usable), Math.max(...usable)];
  return Array.from(values, (value) => {
    if (!Number.isFinite(value) || Math.abs(value) >= 1e5) return 0;
    if (measure !== "cost") return high > 0 ? Math.max(value, 0) / high : 0;
    return high > low ? (high - value) / (high - low) : 1;
  });
}
