/**
 * What every widget and its view send each other, declared once.
 *
 * Generated from locviz/widgets/core/wire.py: change it there, then `npm run build`.
 */
import type { Float32, Png } from "./buffers.ts";

/** The size of text, the browser's count of its own changes, and what the user did last. */
export interface CommonUserTraits {
  scale: number;
  seq: number;
  gesture: string;
}

/** A challenge that watches the widget: its goals in words, and which of them are met now. */
export interface Watched {
  title: string;
  proved: boolean;
  goals: readonly string[];
  met: readonly boolean[];
}

/** What went wrong in the last handler, empty if nothing did, and the challenges' goals. */
export interface CommonKernelTraits {
  last_error: string;
  challenges: readonly Watched[];
}

/** The traits of every widget. */
export interface CommonTraits extends CommonUserTraits, CommonKernelTraits {}

/** The kernel is asked: it answers with the same `seq`, and the latest question wins. */
export interface Asked {
  kind: "ask";
  seq: number;
}

/** Asks for what follows from the knobs beside it, in the state that the view counts `at`. */
export interface KnobsQuestion {
  name: "knobs";
  gesture: string;
  at: number;
}

/** Every question is answered; `error` says what went wrong. */
export interface Answer {
  kind: "answer";
  seq: number;
  error?: string;
}

/** A button was pressed. Commands are never dropped. */
export interface Command {
  kind: "command";
}

/** An image to draw on: height and width in pixels, and the file. */
export interface Photo {
  size: readonly [number, number];
  png: Png;
}

/**
 * What became of the detections and the ground truths of one image.
 *
 * `detections` (d, 4) and `gt` (g, 4) in pixels; `outcome` 1 right, 0 wrong, -1 does not
 * count; `overlap` the IoU with the ground truth; `found` 1 found, 0 missed, -1 does not
 * count; `tally` how many are right, wrong and missed.
 */
export interface Scene {
  detections: Float32;
  scores: Float32;
  labels: readonly number[];
  outcome: readonly number[];
  overlap: Float32;
  gt: Float32;
  gt_labels: readonly number[];
  found: readonly number[];
  tally: readonly [number, number, number];
}
