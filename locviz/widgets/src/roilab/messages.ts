/**
 * What RoILab and its view send each other.
 *
 * Generated from locviz/widgets/roilab/wire.py: change it there, then `npm run build`.
 */
import type { Float32 } from "../shared/buffers.ts";
import type {
  CommonKernelTraits, CommonUserTraits, KnobsQuestion as SharedKnobsQuestion
} from "../shared/messages.ts";

/** The region in pixels of the image, and how it is pooled from which map. */
export interface Knobs {
  region: readonly number[];
  output_size: number;
  sampling_ratio: number;
  aligned: boolean;
  function: string;
  stride: number;
}

/** `size` is (h, w) of the map in cells. */
export interface UserTraits extends Knobs, CommonUserTraits {
  size: readonly [number, number];
}

/** The feature map: the function that it holds, (h, w), and its values row by row. */
export interface Features {
  function: string;
  size: readonly [number, number];
  values: Float32;
}

/** Mean absolute error of both layers, and of RoIPool's rounding alone. */
export interface Errors {
  pool: number;
  align: number;
  rounding: number;
}

/** Pixels between what a layer looks at and its bin, in the worst bin. */
export interface Misalignment {
  pool: number;
  align: number;
}

/**
 * RoIAlign's samples on one axis, `samples` per bin, in index units: cell 3 lies at 3.
 *
 * A sample interpolates the cells `low` and `high` with their weights.
 */
export interface AxisSamples {
  samples: number;
  position: Float32;
  low: Float32;
  high: Float32;
  low_weight: Float32;
  high_weight: Float32;
}

/**
 * What the layers give for these knobs, n = `output_size`.
 *
 * `values` (3, n, n): exact, RoIPool, RoIAlign; `rounded` (n, n, 4) RoIPool's bins in cells;
 * `argmax` (n, n, 2) column and row of each bin's greatest cell, -1 in an empty bin.
 */
export interface Result extends Knobs {
  seq: number;
  errors: Errors;
  misalignment: Misalignment;
  values: Float32;
  rounded: Float32;
  argmax: Float32;
  rows: AxisSamples;
  columns: AxisSamples;
}

/** What follows from the knobs, and the functions that a map can hold. */
export interface KernelTraits extends CommonKernelTraits {
  initial: Knobs;
  functions: readonly string[];
  features: Features;
  result: Result;
}

/** Every trait. */
export interface Traits extends UserTraits, KernelTraits {}

/** Asks for the result. */
export interface KnobsQuestion extends Knobs, SharedKnobsQuestion {}

/** Every knob by name. */
export const KNOBS = [
  "region", "output_size", "sampling_ratio", "aligned", "function", "stride"
] as const;

/** What a knob may be. */
export const LIMITS = {
  output_size: { low: 1, high: 7 },
  sampling_ratio: { low: 0, high: 4 },
  stride: { low: 1, high: 64 },
} as const;
