/**
 * The eight losses shown live and their focal variants: `locviz.losses.LIVE_LOSSES` and `FOCAL_LOSSES`, name for name
 * and operation by operation.
 */
import {
  abs,
  constant,
  detach,
  type Dual,
  log,
  mul,
  oneMinus,
  scale,
  shift,
  square,
  sub,
  sum,
  TINY,
} from "./dual.ts";
import { ciou, compare, diou, eiou, giou, iou, type Pair, type Region } from "./measures.ts";

export const LOSSES = ["l1", "smooth_l1", "l2", "iou", "giou", "diou", "ciou", "eiou"] as const;
/** Shown by choice. */
export const FOCAL_LOSSES = ["focal_l1", "focal_eiou"] as const;
export const ALL_LOSSES = [...LOSSES, ...FOCAL_LOSSES] as const;
export type LossName = (typeof ALL_LOSSES)[number];

/** What is shown, in order. */
export const shownLosses = (focal: boolean): readonly LossName[] => (focal ? ALL_LOSSES : LOSSES);

/** What each focal variant is a variant of. */
const PLAIN: Partial<Record<LossName, LossName>> = { focal_l1: "l1", focal_eiou: "eiou" };

export const isFocal = (name: LossName): boolean => name in PLAIN;

/** The loss itself, or the one that a focal variant is a variant of. */
export const plainLoss = (name: LossName): LossName => PLAIN[name] ?? name;

export const TITLES: Record<LossName, string> = {
  l1: "L1",
  smooth_l1: "Smooth L1",
  l2: "L2",
  iou: "IoU",
  giou: "GIoU",
  diou: "DIoU",
  ciou: "CIoU",
  eiou: "EIoU",
  focal_l1: "Focal-L1",
  focal_eiou: "Focal-EIoU",
};

const BETA = 1; // where Smooth L1's parabola meets its line: the default of smooth_l1_loss

function smooth(difference: Dual): Dual {
  const error = abs(difference);
  return error.v < BETA ? scale(square(error), 1 / (2 * BETA)) : shift(error, -BETA / 2);
}

const FOCAL_BETA = 0.8; // the default of focal_l1_loss
const FOCAL_SCALE = Math.E * FOCAL_BETA; // makes the largest slope 1

/** The slope is -FOCAL_SCALE d ln(FOCAL_BETA d) up to an error d of 1, constant from there on. */
function focal(difference: Dual): Dual {
  const error = abs(difference);
  const level = Math.log(FOCAL_BETA);
  if (error.v >= 1)
    return shift(scale(error, -FOCAL_SCALE * level), (FOCAL_SCALE * (2 * level + 1)) / 4);
  // d squared times ln d is 0 at 0 and so is its slope, but the logarithm alone has none there.
  const logarithm =
    error.v < TINY ? constant(level, error.d.length) : log(scale(error, FOCAL_BETA));
  return scale(mul(square(error), shift(scale(logarithm, 2), -1)), -FOCAL_SCALE / 4);
}

const GAMMA = 0.5; // the default of focal_eiou_loss

/** EIoU weighted by a power of IoU. The weight is a constant for the gradient: focal_eiou_loss detaches it. */
function focalEiou(pair: Pair): Dual {
  const { v, d } = detach(iou(pair));
  return mul({ v: v ** GAMMA, d }, oneMinus(eiou(pair)));
}

/** Losses of numbers one by one: coordinates, or a coder's deltas. */
const COORDINATE: Partial<Record<LossName, (difference: Dual) => Dual>> = {
  l1: abs,
  smooth_l1: smooth,
  l2: square,
  focal_l1: focal,
};

const MEASURES: Partial<Record<LossName, (pair: Pair) => Dual>> = { iou, giou, diou, ciou, eiou };

/** 1 minus one of these is the overlap loss of the same name: `locviz.widgets.boxlab.reading.MEASURES`. */
export const MEASURE_NAMES = ["iou", "giou", "diou", "ciou", "eiou"] as const;
export type MeasureName = (typeof MEASURE_NAMES)[number];

export const hasMeasure = (name: LossName): name is MeasureName => name in MEASURES;

/** What a loss is called where its measure stands beside it: "IoU loss". */
export const lossTitle = (name: LossName): string =>
  hasMeasure(name) ? `${TITLES[name]} loss` : TITLES[name];

export const measuresOf = (pair: Pair): Record<MeasureName, number> => ({
  iou: iou(pair).v,
  giou: giou(pair).v,
  diou: diou(pair).v,
  ciou: ciou(pair).v,
  eiou: eiou(pair).v,
});

/** True for losses that compare numbers one by one, false for those that compare regions as a whole. */
export const isCoordinateLoss = (name: LossName): boolean => name in COORDINATE;

export function coordinateLoss(
  name: LossName,
  predicted: readonly Dual[],
  target: readonly Dual[],
): Dual {
  return sum(predicted.map((value, i) => COORDINATE[name]!(sub(value, target[i]))));
}

export function overlapLoss(name: LossName, pair: Pair): Dual {
  return name === "focal_eiou" ? focalEiou(pair) : oneMinus(MEASURES[name]!(pair));
}

/** Any loss on regions in corners. */
export function regionLoss(name: LossName, predicted: Region, target: Region): Dual {
  return isCoordinateLoss(name)
    ? coordinateLoss(name, predicted, target)
    : overlapLoss(name, compare(predicted, target));
}
