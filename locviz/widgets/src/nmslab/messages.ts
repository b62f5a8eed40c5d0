/**
 * What NMSLab and its view send each other.
 *
 * Generated from locviz/widgets/nmslab/wire.py: change it there, then `npm run build`.
 */
import type {
  CommonKernelTraits, CommonUserTraits, KnobsQuestion as SharedKnobsQuestion, Photo
} from "../shared/messages.ts";

export type MethodName =
  "none" | "greedy" | "soft_linear" | "soft_gaussian" | "diou" | "iou_guided" | "matrix" | "fusion"
  | "balanced"
;

export type MethodKnob = "" | "sigma" | "beta" | "weight";

export type Fate = "open" | "kept" | "below" | "suppressed";

export type Truth = "found" | "lost" | "missed" | "apart";

export type FindingKind = "lost" | "missed" | "wrong" | "repeated" | "fine";

/**
 * The candidates as they are dragged, two methods and their numbers, and how far they are played.
 *
 * `second` None is no second method; `second_threshold` None is that of the first; `played`
 * None is the end.
 */
export interface Knobs {
  boxes: readonly (readonly number[])[];
  scores: readonly number[];
  method: MethodName;
  second: MethodName | null;
  threshold: number;
  second_threshold: number | null;
  sigma: number;
  beta: number;
  weight: number;
  score_threshold: number;
  all_labels: boolean;
  played: number | null;
}

/** What the user sets. */
export interface UserTraits extends Knobs, CommonUserTraits {}

/** A method that is offered; `knob` is its own, `thresholded` says whether it has the other. */
export interface MethodInfo {
  name: MethodName;
  title: string;
  says: string;
  knob: MethodKnob;
  thresholded: boolean;
}

/** What is fixed: `classes` names each candidate's class, `objects` each ground truth. */
export interface Scene {
  source: string;
  classes: readonly string[];
  objects: readonly string[];
  gt: readonly (readonly number[])[];
  methods: readonly MethodInfo[];
}

/**
 * What has become of a candidate under a method.
 *
 * `fate` "below" was kept with a score too low to be reported; `score` and `region` are those
 * after the step; `by` who suppressed or last lowered it, -1 for nobody,
 * `when` in which step, 0 in none; `outcome` 1 right, 0 wrong, -1 does not count, -2 not
 * reported; `repeated`: a better one lies there; `victim`: it had found an object that is
 * lost; `outranked`: what suppressed it lies worse on its object. `brief` is its score and by
 * whom it was changed, `words` all there is to say.
 */
export interface Candidate {
  score: number;
  region: readonly number[];
  fate: Fate;
  by: number;
  when: number;
  outcome: number;
  repeated: boolean;
  victim: boolean;
  outranked: boolean;
  brief: string;
  words: string;
}

/** Something that is wrong, or that nothing is, in a sentence. */
export interface Finding {
  kind: FindingKind;
  words: string;
}

/** How many candidates are reported, right, wrong, repeated; how many objects lost and missed. */
export interface Tally {
  reported: number;
  right: number;
  wrong: number;
  repeated: number;
  lost: number;
  missed: number;
}

/**
 * One method after step `at` of `steps`.
 *
 * `picked` is whom that step is about, -1 for nobody; `center` where the method believes the
 * object's centre to be, empty where it has no belief; `truth` what became of each object;
 * `counts` is the tally in words.
 */
export interface Side {
  method: MethodName;
  threshold: number;
  steps: number;
  at: number;
  picked: number;
  center: readonly number[];
  words: string;
  candidates: readonly Candidate[];
  truth: readonly Truth[];
  tally: Tally;
  counts: string;
  findings: readonly Finding[];
  outranked: string;
}

/**
 * Score and IoU before suppression: each candidate's object (-1 none) and its IoU with it.
 *
 * `spearman` is over all candidates of objects, `mean` the mean over the objects, None where
 * too few have one.
 */
export interface Agreement {
  owner: readonly number[];
  overlap: readonly number[];
  spearman: number | null;
  mean: number | null;
  words: string;
}

/**
 * All that the view draws and says, for the knobs beside it.
 *
 * `differs` says which candidates only one of two methods reports, and `difference` says it in
 * words; without a second method they are empty.
 */
export interface Result {
  seq: number;
  of: Knobs;
  sides: readonly Side[];
  agreement: Agreement;
  differs: readonly boolean[];
  difference: string;
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
export const KNOBS = [
  "boxes", "scores", "method", "second", "threshold", "second_threshold", "sigma", "beta", "weight",
  "score_threshold", "all_labels", "played"
] as const;

/** What a knob may be. */
export const LIMITS = {
  threshold: { low: 0, high: 1 },
  second_threshold: { low: 0, high: 1 },
  sigma: { low: 0.05, high: 2 },
  beta: { low: 0.1, high: 2 },
  weight: { low: 0, high: 5 },
  score_threshold: { low: 0, high: 1 },
  played: { low: 0, high: Infinity },
} as const;
