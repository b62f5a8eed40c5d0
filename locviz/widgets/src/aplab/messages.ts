/**
 * What APLab and its view send each other.
 *
 * Generated from locviz/widgets/aplab/wire.py: change it there, then `npm run build`.
 */
import type { Float32 } from "../shared/buffers.ts";
import type {
  CommonKernelTraits, CommonUserTraits, KnobsQuestion as SharedKnobsQuestion, Photo as SharedPhoto,
  Scene as SharedScene
} from "../shared/messages.ts";

/** Both thresholds, the class (None: all classes in one ranking) and the image. */
export interface Knobs {
  score_threshold: number;
  iou_threshold: number;
  label: number | null;
  image: number;
}

/** What the user sets. */
export interface UserTraits extends Knobs, CommonUserTraits {}

/** A class, and how many ground truths of it count. */
export interface ClassInfo {
  label: number;
  name: string;
  num_gt: number;
}

/**
 * Precision against recall of the class at one IoU threshold.
 *
 * `recall`, `precision` and `score` at the corners of the curve, best score first;
 * `envelope` (101,) COCO's interpolated precision; `ap` its mean, None without ground truths;
 * `aps` the same at each of COCO's `thresholds`; `pages` the images that hold the class.
 */
export interface Curve {
  label: number | null;
  iou: number;
  ap: number | null;
  num_gt: number;
  pages: readonly number[];
  thresholds: readonly number[];
  aps: readonly (number | null)[];
  recall: Float32;
  precision: Float32;
  score: Float32;
  envelope: Float32;
}

/**
 * The working point; `counts` are right, wrong and missed over all images.
 *
 * The dot, its words and the numbers beside the chart all come from here. `precision` is None
 * where nothing is predicted. `area` is the part of AP between recall 0 and this recall.
 */
export interface Reading {
  seq: number;
  score_threshold: number;
  precision: number | null;
  recall: number | null;
  area: number | null;
  counts: readonly [number, number, number];
}

/** What became of the image `image`. */
export interface Scene extends SharedScene {
  image: number;
}

/** The image `image` of `num`. */
export interface Photo extends SharedPhoto {
  image: number;
  num: number;
}

/** What follows from the knobs, and the classes. */
export interface KernelTraits extends CommonKernelTraits {
  initial: Knobs;
  classes: readonly ClassInfo[];
  curve: Curve;
  reading: Reading;
  scene: Scene;
  photo: Photo;
}

/** Every trait. */
export interface Traits extends UserTraits, KernelTraits {}

/** Asks for the curve, the reading and the scene. */
export interface KnobsQuestion extends Knobs, SharedKnobsQuestion {}

/** Every knob by name. */
export const KNOBS = ["score_threshold", "iou_threshold", "label", "image"] as const;

/** What a knob may be. */
export const LIMITS = {
  score_threshold: { low: 0, high: 1 },
  iou_threshold: { low: 0, high: 1, aboveLow: true },
} as const;
