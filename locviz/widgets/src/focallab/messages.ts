/**
 * What FocalLab and its view send each other.
 *
 * Generated from locviz/widgets/focallab/wire.py: change it there, then `npm run build`.
 */
import type { Float32 } from "../shared/buffers.ts";
import type {
  CommonKernelTraits, CommonUserTraits, KnobsQuestion as SharedKnobsQuestion
} from "../shared/messages.ts";

export type Side = "positive" | "negative";

/**
 * The loss, the prediction that the curves' point stands for, and the batch.
 *
 * `alpha` None is off; `imbalance` None keeps all negatives.
 */
export interface Knobs {
  gamma: number;
  alpha: number | null;
  side: Side;
  p_t: number;
  threshold: number;
  training_step: number;
  imbalance: number | null;
}

/** What the user sets. */
export interface UserTraits extends Knobs, CommonUserTraits {}

/**
 * What is fixed: where the predictions come from, and what sliders stop at.
 *
 * `predictions` counts a prior and a class; `imbalances` are negatives per positive, None (all
 * of them) last.
 */
export interface Batch {
  source: string;
  predictions: number;
  positives: number;
  steps: readonly number[];
  imbalances: readonly (number | null)[];
}

/**
 * Loss and size of its gradient at each `p_t` (n,): `loss` and `gradient` are (3, n).
 *
 * The three are cross entropy, balanced cross entropy and focal loss, as everywhere.
 */
export interface Curves {
  p_t: Float32;
  loss: Float32;
  gradient: Float32;
}

/**
 * One prediction under the three losses.
 *
 * `times` says how many times less than cross entropy each of them is, None where it is 0.
 */
export interface Point {
  p_t: number;
  loss: readonly [number, number, number];
  gradient: readonly [number, number, number];
  times: readonly [number | null, number | null, number | null];
  words: string;
}

/** How many of the predictions kept have a `p_t` in each of equal parts of 0..1. */
export interface Histogram {
  positive: readonly number[];
  negative: readonly number[];
}

/**
 * Who holds the gradient under the three losses.
 *
 * `bars` give the shares of the easy negatives (p_t above `threshold`), of the other negatives
 * and of the positives, None where there is no gradient. `above` (3, n) is the first share at
 * each of `thresholds` (n,). `words` begin with `counted`, how many negatives are easy.
 */
export interface Shares {
  threshold: number;
  bars: readonly (readonly [number | null, number | null, number | null])[];
  thresholds: Float32;
  above: Float32;
  counted: string;
  words: string;
}

/** All that the view draws and says, for the knobs beside it. */
export interface Result {
  seq: number;
  gamma: number;
  alpha: number | null;
  side: Side;
  training_step: number;
  imbalance: number | null;
  curves: Curves;
  point: Point;
  histogram: Histogram;
  shares: Shares;
}

/** What follows from the knobs, and the batch. */
export interface KernelTraits extends CommonKernelTraits {
  initial: Knobs;
  batch: Batch;
  result: Result;
}

/** Every trait. */
export interface Traits extends UserTraits, KernelTraits {}

/** Asks for the result. */
export interface KnobsQuestion extends Knobs, SharedKnobsQuestion {}

/** Every knob by name. */
export const KNOBS = [
  "gamma", "alpha", "side", "p_t", "threshold", "training_step", "imbalance"
] as const;

/** What a knob may be. */
export const LIMITS = {
  gamma: { low: 0, high: 5 },
  alpha: { low: 0, high: 1 },
  p_t: { low: 0.01, high: 0.999 },
  threshold: { low: 0, high: 1 },
  imbalance: { low: 1, high: Infinity },
} as const;
