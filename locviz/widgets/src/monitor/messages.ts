/**
 * What Monitor and its view send each other.
 *
 * Generated from locviz/widgets/monitor/wire.py: change it there, then `npm run build`.
 */
import type { Float32 } from "../shared/buffers.ts";
import type {
  Command as SharedCommand, CommonKernelTraits, CommonUserTraits, Photo, Scene
} from "../shared/messages.ts";

export type Status = "idle" | "running" | "paused" | "finished" | "stopped" | "failed";

/** Predictions that score less than `score_threshold` are not drawn. */
export interface UserTraits extends CommonUserTraits {
  score_threshold: number;
}

/** Steps done and to do, total loss, learning rate, seconds gone and left; empty at first. */
export interface Progress {
  step?: number;
  num_steps?: number;
  total?: number;
  lr?: number;
  seconds?: number;
  left?: number;
}

/** `rows`, of shape `shape`: the step, then each loss term in the order of `names`. */
export interface Losses {
  names?: readonly string[];
  shape?: readonly [number, number];
  rows?: Float32;
}

/** The figures of one evaluation; None where one is undefined. */
export interface FigureRow {
  step: number;
  figures: Record<string, number | null>;
}

/** The predictions on the fixed scenes after `step` steps; empty before the first. */
export interface Found {
  step?: number;
  scenes?: readonly Scene[];
}

/** What the training cell publishes, and the widget (`remote`) that takes the commands. */
export interface KernelTraits extends CommonKernelTraits {
  status: Status;
  progress: Progress;
  losses: Losses;
  figures: readonly FigureRow[];
  scenes: readonly Photo[];
  found: Found;
  past: readonly Found[];
  classes: readonly string[];
  remote: string;
}

/** Every trait. */
export interface Traits extends UserTraits, KernelTraits {}

/** Goes to `remote`, on which the kernel never publishes. */
export interface Command extends SharedCommand {
  name: "pause" | "resume" | "stop";
}
