/**
 * What a model predicts: corners, centre and size, or an anchor's offsets, in pixels or normalised.
 *
 * Coordinate losses compare these numbers; overlap losses compare the regions they mean. Gradients are by the numbers.
 */
import { add, constant, type Dual, exp, scale, shift, sub, TINY, variables } from "./dual.ts";
import { compare, iou as iouOf, type Region } from "./measures.ts";
import {
  ALL_LOSSES,
  coordinateLoss,
  isCoordinateLoss,
  type LossName,
  type MeasureName,
  measuresOf,
  overlapLoss,
} from "./losses.ts";

export const PARAMETRISATIONS = ["corners", "center_size", "offsets"] as const;
export type Parametrisation = (typeof PARAMETRISATIONS)[number];

export type Numbers = readonly number[];

/** Everything that decides what the numbers mean. `unit` divides each axis: 1 for pixels, the canvas if normalised. */
export interface Setting {
  parametrisation: Parametrisation;
  unit: Numbers;
  anchor: Numbers;
}

/** The longest log size ratio that offsets decode, log(1000 / 16), as in locviz.boxes.CenterSizeCoder. */
const CLAMP = Math.log(1000 / 16);

const SYMBOLS: Record<number, Record<Parametrisation, readonly string[]>> = {
  1: { corners: ["start", "end"], center_size: ["c", "len"], offsets: ["tc", "tlen"] },
  2: {
    corners: ["x1", "y1", "x2", "y2"],
    center_size: ["cx", "cy", "w", "h"],
    offsets: ["tx", "ty", "tw", "th"],
  },
};

export const symbols = (parametrisation: Parametrisation, dim: number): readonly string[] =>
  SYMBOLS[dim][parametrisation];

/** A region in the units of the setting. */
export const inUnits = (region: Numbers, unit: Numbers): number[] =>
  region.map((value, i) => value / unit[i % unit.length]);

/** Regions to parameters; a side of zero counts as the smallest positive number, so offsets stay finite. */
export function encode(region: Numbers, setting: Setting): number[] {
  if (setting.parametrisation === "corners") return [...region];
  const { center, size } = centerSize(region);
  if (setting.parametrisation === "center_size") return [...center, ...size];
  const prior = centerSize(inUnits(setting.anchor, setting.unit));
  return [
    ...center.map((c, i) => (c - prior.center[i]) / prior.size[i]),
    ...size.map((s, i) => Math.log(Math.max(s, TINY)) - Math.log(prior.size[i])),
  ];
}

/** Offsets that differ from their goals by rounding alone, made equal to them: logarithms round as machines please. */
function snapped(parameters: Numbers, goals: Numbers, setting: Setting): Numbers {
  if (setting.parametrisation !== "offsets") return parameters;
  const close = (value: number, goal: number) =>
    Math.abs(value - goal) < 1e-12 * Math.max(Math.abs(goal), 1);
  return parameters.map((value, i) => (close(value, goals[i]) ? goals[i] : value));
}

/** Parameters to regions, with derivatives. */
export function decode(parameters: readonly Dual[], setting: Setting): Dual[] {
  if (setting.parametrisation === "corners") return [...parameters];
  const dim = parameters.length / 2;
  let [center, size] = [parameters.slice(0, dim), parameters.slice(dim)];
  if (setting.parametrisation === "offsets") {
    const prior = centerSize(inUnits(setting.anchor, setting.unit));
    center = center.map((c, i) => shift(scale(c, prior.size[i]), prior.center[i]));
    size = size.map((s, i) => scale(exp(clampRatio(s)), prior.size[i]));
  }
  return [
    ...center.map((c, i) => sub(c, scale(size[i], 0.5))),
    ...center.map((c, i) => add(c, scale(size[i], 0.5))),
  ];
}

const clampRatio = (ratio: Dual): Dual =>
  ratio.v <= CLAMP ? ratio : constant(CLAMP, ratio.d.length);

function centerSize(region: Numbers): { center: number[]; size: number[] } {
  const dim = region.length / 2;
  const [low, high] = [region.slice(0, dim), region.slice(dim)];
  return { center: low.map((l, i) => (l + high[i]) / 2), size: low.map((l, i) => high[i] - l) };
}

export interface Reading {
  value: number;
  /** By the parameters of the setting, in its units. */
  gradient: number[];
}

export interface Evaluation {
  iou: number;
  measures: Record<MeasureName, number>;
  losses: Record<LossName, Reading>;
}

/** Prediction and target, ready for the losses: the region exactly as it is, its derivatives by the chain rule. */
function prepare(prediction: Numbers, target: Numbers, setting: Setting) {
  const [region, goal] = [inUnits(prediction, setting.unit), inUnits(target, setting.unit)];
  const goals = encode(goal, setting);
  const parameters = variables(snapped(encode(region, setting), goals, setting));
  const slopes = decode(parameters, setting);
  const zero = (value: number) => constant(value, region.length);
  return {
    region: region.map((v, i): Dual => ({ v, d: slopes[i].d })),
    goal: goal.map(zero) as Region,
    parameters,
    goals: goals.map(zero),
  };
}

/** Value and gradient of every loss, focal variants included, and the IoU. Regions in pixels. */
export function evaluate(prediction: Numbers, target: Numbers, setting: Setting): Evaluation {
  const { region, goal, parameters, goals } = prepare(prediction, target, setting);
  const pair = compare(region, goal);
  const losses = {} as Record<LossName, Reading>;
  for (const name of ALL_LOSSES) {
    const loss = isCoordinateLoss(name)
      ? coordinateLoss(name, parameters, goals)
      : overlapLoss(name, pair);
    losses[name] = { value: loss.v, gradient: [...loss.d] };
  }
  return { iou: iouOf(pair).v, measures: measuresOf(pair), losses };
}

/** One loss, value and gradient. */
export function evaluateOne(
  name: LossName,
  prediction: Numbers,
  target: Numbers,
  setting: Setting,
): Reading {
  const { region, goal, parameters, goals } = prepare(prediction, target, setting);
  const loss = isCoordinateLoss(name)
    ? coordinateLoss(name, parameters, goals)
    : overlapLoss(name, compare(region, goal));
  return { value: loss.v, gradient: [...loss.d] };
}

/** One loss without its gradient, several times cheaper: for landscapes. */
export function valueOf(
  name: LossName,
  prediction: Numbers,
  target: Numbers,
  setting: Setting,
): number {
  const [region, goal] = [inUnits(prediction, setting.unit), inUnits(target, setting.unit)];
  const plain = (values: number[]) => values.map((v) => constant(v));
  return isCoordinateLoss(name)
    ? coordinateLoss(name, plain(encode(region, setting)), plain(encode(goal, setting))).v
    : overlapLoss(name, compare(plain(region), plain(goal))).v;
}

export function iou(a: Numbers, b: Numbers): number {
  const plain = (values: Numbers) => values.map((v) => constant(v));
  return iouOf(compare(plain(a), plain(b))).v;
}
