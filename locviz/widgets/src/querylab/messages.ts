/**
 * What QueryLab and its view send each other.
 *
 * Generated from locviz/widgets/querylab/wire.py: change it there, then `npm run build`.
 */
import type { Float32 } from "../shared/buffers.ts";
import type {
  CommonKernelTraits, CommonUserTraits, KnobsQuestion as SharedKnobsQuestion, Photo
} from "../shared/messages.ts";

/**
 * The step of the training, the query, the decoder layer and the head that are looked at.
 *
 * All count from 0; `head` None is the mean of all heads. `reference` is where the reference
 * point of deformable attention was dragged to, x and y or a time; empty where it is the
 * detector's.
 */
export interface Knobs {
  step: number;
  query: number;
  layer: number;
  head: number | null;
  reference: readonly number[];
}

/** What the user sets. */
export interface UserTraits extends Knobs, CommonUserTraits {}

/**
 * What is fixed: `objects` names each ground truth, `steps` are those of the training.
 *
 * `dim` is 2 for boxes, 1 for spans, which are drawn as boxes on a time line. `colours` number
 * the queries that have a colour of their own, -1 for the others. `owners` are by step, layer
 * and object the queries that are responsible for it, `since` by step and layer the objects that
 * have another query than at the step before: their matches have flipped.
 */
export interface Scene {
  source: string;
  objects: readonly string[];
  gt: readonly (readonly number[])[];
  dim: number;
  colours: readonly number[];
  owners: readonly (readonly (readonly (readonly number[])[])[])[];
  since: readonly (readonly (readonly number[])[])[];
  queries: number;
  layers: number;
  heads: number;
  steps: readonly number[];
}

/**
 * A query after the layer: its box in pixels, the object that it is responsible for, or -1.
 *
 * `brief` is its likeliest class and that class's probability, `words` all there is to say.
 */
export interface Query {
  box: readonly number[];
  object: number;
  brief: string;
  words: string;
}

/**
 * Who is responsible for an object in a layer; whether others were in the layer before, and at
 * the step before.
 */
export interface Cell {
  queries: readonly number[];
  flipped: boolean;
  since: boolean;
}

/**
 * All that the view draws and says, for the knobs beside it.
 *
 * `heat` are the weights of the chosen query over a map of `heat_size` rows and columns that
 * covers `extent` (width and height, in pixels); empty where attention is deformable, and then
 * `dots` hold x, y and weight. `between` (q, q) is self-attention, a row per query that takes.
 * `reference` is the detector's own reference point, x and y, empty without one; `trail` is
 * where the centre of the query's box was at each step of a training, after this layer.
 * `chain` are the boxes of the chosen query after each layer, `matches` a row per object with
 * a cell per layer.
 */
export interface Result {
  seq: number;
  of: Knobs;
  heat: Float32;
  heat_size: readonly [number, number];
  extent: readonly [number, number];
  dots: Float32;
  between: Float32;
  queries: readonly Query[];
  reference: readonly number[];
  trail: readonly (readonly number[])[];
  chain: readonly (readonly number[])[];
  matches: readonly (readonly Cell[])[];
  words: string;
  looks: string;
  takes: string;
  match: string;
}

/** What follows from the knobs, and the scene. */
export interface KernelTraits extends CommonKernelTraits {
  initial: Knobs;
  scene: Scene;
  photo: Photo;
  result: Result;
}

/** Every trait. */
export interface Traits extends UserTraits, KernelTraits {}

/** Asks for the result. */
export interface KnobsQuestion extends Knobs, SharedKnobsQuestion {}

/** Every knob by name. */
export const KNOBS = ["step", "query", "layer", "head", "reference"] as const;

/** What a knob may be. */
export const LIMITS = {
  step: { low: 0, high: Infinity },
  query: { low: 0, high: Infinity },
  layer: { low: 0, high: Infinity },
  head: { low: 0, high: Infinity },
} as const;
