/**
 * What AssignLab and its view send each other.
 *
 * Generated from locviz/widgets/assignlab/wire.py: change it there, then `npm run build`.
 */
import type { Float32, Int16, Png, UInt8 } from "../shared/buffers.ts";
import type {
  Answer, Command as SharedCommand, CommonKernelTraits, CommonUserTraits, KnobsQuestion as
  SharedKnobsQuestion
} from "../shared/messages.ts";

export type Reference = "previous" | "pinned" | "step" | "other";

export type FilmKind = "sinkhorn" | "auction" | "";

export type SquareKind = "anchor" | "cell";

/** The scene with its objects, both assigners with their turned knobs, and what is selected. */
export interface Knobs {
  image: number;
  training_step: number;
  boxes: readonly (readonly number[])[];
  assigner: string;
  second: string | null;
  settings: Record<string, Record<string, number>>;
  second_settings: Record<string, Record<string, number>>;
  selected: number;
  looked: number;
  against: Reference;
  frame: number;
  second_frame: number;
}

/** What the user sets. */
export interface UserTraits extends Knobs, CommonUserTraits {}

/** A number of an assigner: its limits, its step, where it stands at first, and what it does. */
export interface KnobInfo {
  name: string;
  label: string;
  low: number;
  high: number;
  step: number;
  default: number;
  whole: boolean;
  help: string;
}

/**
 * An assigner on offer; `measure` is what its matrix holds and `caption` says it in words,
 * `film` what can be played.
 */
export interface RuleInfo {
  name: string;
  title: string;
  says: string;
  dynamic: boolean;
  measure: string;
  caption: string;
  film: FilmKind;
  knobs: readonly KnobInfo[];
}

/**
 * What stays the same while an image is looked at.
 *
 * `size` (h, w) of the drawing in units of the boxes; `places` (p, 2) and `strides` (p,) of
 * the priors, `levels` how many each level has; for every image the `labels`, the `boxes`
 * and which objects are set `apart` (crowds, ignored ones).
 */
export interface SceneInfo {
  dim: number;
  size: readonly [number, number];
  places: Float32;
  strides: Float32;
  levels: readonly number[];
  steps: readonly number[];
  images: number;
  labels: readonly (readonly number[])[];
  apart: readonly (readonly boolean[])[];
  class_names: readonly string[];
  boxes: readonly (readonly (readonly number[])[])[];
}

/** The image `image`. */
export interface Photo {
  image: number;
  png: Png;
}

/** Positives at every training step, and priors that change owner on the way to it. */
export interface BySteps {
  positives: readonly number[];
  flips: readonly number[];
}

/** What became of the prior that is looked at and one object, and why, in a sentence. */
export interface Verdict {
  won: boolean;
  says: string;
  values: readonly (number | null)[];
}

/**
 * Why the prior that is looked at is responsible for what it is responsible for.
 *
 * `square` is the region that the rule compares, or the prior's cell (`square_is`),
 * `predicted` what the network predicts there (empty without predictions), `columns` what the
 * values of each object's verdict are, `rule` what the rule asks of all priors.
 */
export interface Why {
  prior: number;
  says: string;
  square: readonly number[];
  square_is: SquareKind;
  predicted: readonly number[];
  columns: readonly string[];
  rule: string;
  verdicts: readonly Verdict[];
}

/**
 * One assigner's answer.
 *
 * `owner` (p,) the object that each prior is responsible for, -1 background, -2 ignored;
 * `ambiguous` (p,) empty while an object is dragged, `flipped` (p,) empty where there is
 * nothing to compare; `rows` (r,) the priors of the matrix and `values` (r, g) its numbers.
 */
export interface Side {
  assigner: string;
  measure: string;
  owner: Int16;
  ambiguous: UInt8;
  flipped: UInt8;
  positives: readonly number[];
  num_ambiguous: number | null;
  ignored: number;
  background: number;
  rows: Int16;
  values: Float32;
  flips: number | null;
  settings: Record<string, number>;
  by_step: BySteps | null;
  why: Why | null;
}

/**
 * How many priors differ between the two rules: `count` in all, `first` and `second` are
 * responsible for an object under that rule alone, `other` for another object under each.
 */
export interface Difference {
  count: number;
  first: number;
  second: number;
  other: number;
}

/** The answer of one assigner, or of two; `of` are the knobs that it is the answer to. */
export interface Result {
  seq: number;
  image: number;
  of: Knobs;
  pinned: boolean;
  difference: Difference | null;
  sides: readonly Side[];
}

/** What follows from the knobs, and what there is to choose from. */
export interface KernelTraits extends CommonKernelTraits {
  initial: Knobs;
  offered: readonly RuleInfo[];
  scene: SceneInfo;
  photo: Photo;
  result: Result;
}

/** Every trait. */
export interface Traits extends UserTraits, KernelTraits {}

/** Asks for the result. */
export interface KnobsQuestion extends Knobs, SharedKnobsQuestion {}

/** Asks for the iterations inside a side's assigner, of the state that travels with it. */
export interface FilmQuestion extends Knobs {
  name: "film";
  side: number;
  gesture: string;
  at: number;
}

/** `film` is empty where there is nothing to play; otherwise a `Film` with its buffers. */
export interface FilmAnswer extends Answer {
  name: "film";
  side: number;
  at: number;
  film: FilmKind;
}

/**
 * `frames` n and `columns` c, and a sentence per frame.
 *
 * Its buffers: int16 `rows` (r,) and `owners` (n, p); float32 `values` (n, r, c),
 * `totals` (n, r) and `gap` (n,).
 */
export interface Film extends FilmAnswer {
  frames: number;
  columns: number;
  says: readonly string[];
}

/** Remember the present answer, or forget it. */
export interface Command extends SharedCommand {
  name: "pin" | "unpin";
}

/** Every knob by name. */
export const KNOBS = [
  "image", "training_step", "boxes", "assigner", "second", "settings", "second_settings",
  "selected", "looked", "against", "frame", "second_frame"
] as const;
