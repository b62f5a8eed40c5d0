/**
 * What BoxLab and its view send each other.
 *
 * Generated from locviz/widgets/boxlab/wire.py: change it there, then `npm run build`.
 */
import type { Answer, CommonKernelTraits, CommonUserTraits } from "../shared/messages.ts";

export type Loss =
  "l1" | "smooth_l1" | "l2" | "iou" | "giou" | "diou" | "ciou" | "eiou" | "focal_l1" | "focal_eiou"
;

export type Parametrisation = "corners" | "center_size" | "offsets";

export type Units = "pixels" | "normalised";

export type Landscape = "off" | "center" | "size";

/** Three boxes in pixels, the loss that is drawn, and how boxes become numbers. */
export interface Knobs {
  target: readonly number[];
  prediction: readonly number[];
  anchor: readonly number[];
  loss: Loss;
  focal: boolean;
  parametrisation: Parametrisation;
  units: Units;
  landscape: Landscape;
  learning_rate: number;
  race_steps: number;
}

/** `size` is (h, w) of the picture in pixels; `simple` shows IoU and nothing else. */
export interface UserTraits extends Knobs, CommonUserTraits {
  size: readonly [number, number];
  simple: boolean;
}

/** The boxes of the constructor. */
export interface Initial {
  target: readonly number[];
  prediction: readonly number[];
}

/**
 * Torch's values of `boxes` (target, prediction, anchor), which confirm those of the view.
 *
 * `values` and `gradients` in the order of `losses`, the losses that were shown;
 * `measures` are IoU, GIoU, DIoU, CIoU and EIoU; `areas` those of the intersection and of
 * the union in square pixels.
 */
export interface Result {
  seq: number;
  boxes: readonly number[];
  setting: readonly [Parametrisation, Units];
  losses: readonly Loss[];
  iou: number;
  measures: readonly number[];
  areas: readonly [number, number];
  values: readonly number[];
  gradients: readonly (readonly number[])[];
}

/** `raced` counts the races that Python started; 0 when the boxes have changed since. */
export interface KernelTraits extends CommonKernelTraits {
  initial: Initial;
  result: Result;
  raced: number;
}

/** Every trait. */
export interface Traits extends UserTraits, KernelTraits {}

/** Asks for the race that the view shows, from the very boxes that it started with. */
export interface RaceQuestion {
  name: "race";
  prediction: readonly number[];
  target: readonly number[];
  focal: boolean;
}

/** Comes with one float32 buffer of this `shape`: the IoU of every loss after every step. */
export interface RaceAnswer extends Answer {
  shape: readonly [number, number];
}

/** Every knob by name. */
export const KNOBS = [
  "target", "prediction", "anchor", "loss", "focal", "parametrisation", "units", "landscape",
  "learning_rate", "race_steps"
] as const;

/** What a knob may be. */
export const LIMITS = {
  learning_rate: { low: 0, high: Infinity, aboveLow: true },
  race_steps: { low: 1, high: 2000 },
} as const;
