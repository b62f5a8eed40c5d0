/** Where the chosen loss pulls: an arrow per edge, or from the centre and across the sizes. */
import type { LossName } from "../shared/losses.ts";
import {
  evaluateOne,
  type Numbers,
  type Parametrisation,
  type Reading,
  type Setting,
} from "../shared/parameters.ts";
import { type Box, center } from "../shared/boxes.ts";
import { isZero } from "./words.ts";

export interface Arrow {
  x: number;
  y: number;
  /** Direction of descent: against the gradient. */
  dx: number;
  dy: number;
}

/** Arrows as long as the root of the pull (in units of `reference`) times `full`, between 10 and 1.4 full. */
export function arrows(
  box: Box,
  reading: Reading,
  kind: Parametrisation,
  reference: number,
  full: number,
): Arrow[] {
  const length = (pull: number) =>
    Math.min(1.4 * full, Math.max(10, full * Math.sqrt(pull / reference)));
  const along = (x: number, y: number, dx: number, dy: number): Arrow[] => {
    const pull = Math.hypot(dx, dy);
    if (isZero(pull)) return [];
    const size = length(pull) / pull;
    return [{ x, y, dx: dx * size, dy: dy * size }];
  };
  const [cx, cy] = center(box);
  const [a, b, c, d] = reading.gradient.map((slope) => -slope);
  const [left, top, right, bottom] = [
    [box[0], cy],
    [cx, box[1]],
    [box[2], cy],
    [cx, box[3]],
  ];
  if (kind === "corners") {
    return [
      ...along(left[0], left[1], a, 0),
      ...along(top[0], top[1], 0, b),
      ...along(right[0], right[1], c, 0),
      ...along(bottom[0], bottom[1], 0, d),
    ];
  }
  // A size pulls both of its edges, each by half, in opposite directions.
  return [
    ...along(cx, cy, a, b),
    ...along(left[0], left[1], -c / 2, 0),
    ...along(right[0], right[1], c / 2, 0),
    ...along(top[0], top[1], 0, -d / 2),
    ...along(bottom[0], bottom[1], 0, d / 2),
  ];
}

/** A loss's usual pull: its largest derivative for a box a quarter of the target's size away and a quarter larger. */
export function referencePull(loss: LossName, target: Numbers, setting: Setting): number {
  const [w, h] = [Math.max(target[2] - target[0], 1), Math.max(target[3] - target[1], 1)];
  const beside = [target[0] + w / 4, target[1] + h / 4, target[0] + 1.5 * w, target[1] + 1.5 * h];
  return Math.max(...evaluateOne(loss, beside, target, setting).gradient.map(Math.abs)) || 1;
}
