/**
 * What AnchorLab and its view send each other.
 *
 * Generated from locviz/widgets/anchorlab/wire.py: change it there, then `npm run build`.
 */
import type { Float32, UInt8 } from "../shared/buffers.ts";
import type {
  Command as SharedCommand, CommonKernelTraits, CommonUserTraits, KnobsQuestion as
  SharedKnobsQuestion, Photo as SharedPhoto
} from "../shared/messages.ts";

export type Outcome = "positive" | "ignored" | "negative";

/** The design, the thresholds, the box that is dragged, and which cell and level are looked at. */
export interface Knobs {
  scales: readonly number[];
  ratios: readonly number[];
  strides: readonly number[];
  positive: number;
  negative: number;
  forced: boolean;
  target: readonly number[];
  cell: readonly [number, number] | null;
  level: number | null;
}

/** The knobs, and those that the view changes by commands. */
export interface Settings extends Knobs {
  image: number;
  selected: number;
}

/** What the user sets. */
export interface UserTraits extends Settings, CommonUserTraits {}

/** Scales in strides, ratios as height over width, strides in pixels; in rising order. */
export interface Design {
  scales: readonly number[];
  ratios: readonly number[];
  strides: readonly number[];
}

/** What a design reaches: `recall` at each of `ious`, and its anchors per image. */
export interface Survey {
  num_anchors: number;
  ious: Float32;
  recall: Float32;
}

/** The default design and what it reaches, on how many boxes. */
export interface Reference extends Survey {
  design: Design;
  num_boxes: number;
}

/** The image `image` of `num`. */
export interface Photo extends SharedPhoto {
  image: number;
  num: number;
}

/** The target's best anchor, and what the thresholds make of its IoU. */
export interface Best {
  region: readonly number[];
  iou: number;
  level: number;
  scale: number;
  ratio: number;
  outcome: Outcome;
}

/** The best state among the anchors of each cell: 2 positive, 1 ignored, 0 negative. */
export interface States {
  shape: readonly [number, number];
  cells: UInt8;
}

/**
 * What the design does to the picture.
 *
 * `tried` (n, 2) anchors per image and recall of every design so far; `gt` (g, 4) the ground
 * truths with `gt_iou` and `gt_num`, the best IoU of each and how many anchors are responsible
 * for it; `counts` positive, ignored and negative anchors, `level_counts` by level;
 * `states` of the level that is shown; `cell_anchors` (a, 4) of the cells that hold `point`.
 */
export interface Result extends Settings {
  seq: number;
  design: Design;
  recall: number | null;
  default_recall: number | null;
  tried: Float32;
  best: Best;
  gt: Float32;
  gt_iou: Float32;
  gt_num: readonly number[];
  counts: readonly [number, number, number];
  level_counts: readonly (readonly [number, number, number])[];
  shown_level: number;
  point: readonly [number, number];
  states: States;
  cell_anchors: Float32;
  cell_iou: Float32;
}

/** What follows from the knobs, and the default design. */
export interface KernelTraits extends CommonKernelTraits {
  initial: Settings;
  photo: Photo;
  reference: Reference;
  curve: Survey;
  result: Result;
}

/** Every trait. */
export interface Traits extends UserTraits, KernelTraits {}

/** Asks for the result. */
export interface KnobsQuestion extends Knobs, SharedKnobsQuestion {}

/** `step` turns by so many images, `select` makes a box the target, `reset` takes none. */
export interface Command extends SharedCommand {
  name: "step" | "select" | "reset";
  arguments: readonly number[];
}

/** Every knob by name. */
export const KNOBS = [
  "scales", "ratios", "strides", "positive", "negative", "forced", "target", "cell", "level"
] as const;

/** What a knob may be. */
export const LIMITS = {
  scales: { low: 0.25, high: 64, most: 6 },
  ratios: { low: 0.05, high: 20, most: 7 },
  strides: { low: 2, high: 256, most: 7 },
  positive: { low: 0, high: 1, aboveLow: true },
  negative: { low: 0, high: 1, aboveLow: true },
  level: { low: 0, high: Infinity },
} as const;
