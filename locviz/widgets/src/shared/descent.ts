/** Gradient descent of one region: `locviz.experiments.box_descent`, step by step. */
import { constant } from "./dual.ts";
import type { LossName } from "./losses.ts";
import {
  decode,
  encode,
  evaluateOne,
  inUnits,
  iou,
  type Numbers,
  type Setting,
} from "./parameters.ts";

/**
 * Steps are taken in units of the target's size (root of its area, or its length), so that one learning rate suits
 * every loss and every picture.
 */
export function targetUnit(target: Numbers): number {
  const dim = target.length / 2;
  const lengths = target.slice(dim).map((high, i) => high - target[i]);
  const measure = lengths.reduce((a, b) => a * b, 1);
  const size = dim === 2 ? Math.sqrt(measure) : measure;
  return size > 0 ? size : Math.max(...lengths) || 1;
}

/** The region after one step of `rate` against the gradient of `loss`. */
export function descend(
  loss: LossName,
  region: Numbers,
  target: Numbers,
  setting: Setting,
  rate: number,
): number[] {
  const unit = targetUnit(target);
  const scaled: Setting = { ...setting, unit: [unit] };
  const { gradient } = evaluateOne(loss, region, target, scaled);
  const parameters = encode(inUnits(region, [unit]), scaled).map((value, i) =>
    constant(value - rate * gradient[i]),
  );
  return upright(decode(parameters, scaled).map((dual) => dual.v * unit));
}

/** Corners that passed each other change places: a step never turns a region inside out. */
function upright(region: Numbers): number[] {
  const dim = region.length / 2;
  const [low, high] = [region.slice(0, dim), region.slice(dim)];
  return [...low.map((l, i) => Math.min(l, high[i])), ...low.map((l, i) => Math.max(l, high[i]))];
}

/** Learning rate of step `index` of a race. It falls linearly to nothing: at a constant one most never settle. */
export function raceRate(rate: number, index: number, steps: number): number {
  return rate * (1 - index / steps);
}

export interface Run {
  /** The region before the first step and after each. */
  regions: number[][];
  ious: number[];
}

export function race(
  losses: readonly LossName[],
  start: Numbers,
  target: Numbers,
  setting: Setting,
  { steps, rate }: { steps: number; rate: number },
): Map<LossName, Run> {
  const runs = new Map<LossName, Run>();
  for (const loss of losses) {
    const regions = [[...start]];
    for (let i = 0; i < steps; i++)
      regions.push(descend(loss, regions[i], target, setting, raceRate(rate, i, steps)));
    runs.set(loss, { regions, ious: regions.map((region) => iou(region, target)) });
  }
  return runs;
}
