/** What the numbers mean, in words: where nothing pulls and why. */
import { isCoordinateLoss, type LossName, TITLES } from "../shared/losses.ts";
import type { Reading } from "../shared/parameters.ts";
import { type Box, intersection } from "../shared/boxes.ts";

/** Below this a derivative is rounding, not a pull. */
export const ZERO = 1e-12;

export const isZero = (value: number): boolean => Math.abs(value) < ZERO;
export const hasNoPull = (reading: Reading): boolean => reading.gradient.every(isZero);

/** On which numbers the loss pulls and on which not; where on none, why. */
export function pullInWords(
  loss: LossName,
  reading: Reading,
  prediction: Box,
  target: Box,
  symbols: readonly string[],
): string {
  if (!hasNoPull(reading)) {
    const still = symbols.filter((_, i) => isZero(reading.gradient[i]));
    const pulled = symbols.filter((_, i) => !isZero(reading.gradient[i]));
    const but = still.length ? `, but not on ${listed(still)}: no gradient there` : "";
    return `The ${TITLES[loss]} loss pulls on ${listed(pulled)}${but}.`;
  }
  return `No gradient here: ${reason(loss, reading, prediction, target)}`;
}

/** "x1", "x1 and y2", "x1, y1 and y2". */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function reason(loss: LossName, reading: Reading, prediction: Box, target: Box): string {
  if (loss === "focal_eiou" && !intersection(prediction, target)) {
    return "the boxes share no area, so IoU, the weight of the Focal-EIoU loss, is 0 whichever way the box moves a little.";
  }
  if (isZero(reading.value))
    return "prediction and target are equal, there is nothing left to pull.";
  if (!isCoordinateLoss(loss) && !intersection(prediction, target)) {
    const stays = `the ${TITLES[loss]} loss stays ${reading.value.toFixed(0)}`;
    return `the boxes share no area, so ${stays} whichever way the box moves a little.`;
  }
  return "the pulls of all parts cancel.";
}

/** The loss as a formula: d differences, I intersection, U union, C hull, c its diagonal, ρ centre distance, β 0.8, a = eβ. */
export const FORMULAS: Record<LossName, string> = {
  l1: "Σ |d|",
  smooth_l1: "Σ d²/2 where |d| < 1, else |d| − ½",
  l2: "Σ d²",
  iou: "1 − I/U",
  giou: "1 − I/U + (C − U)/C",
  diou: "1 − I/U + ρ²/c²",
  ciou: "1 − I/U + ρ²/c² + α v",
  eiou: "1 − I/U + ρ²/c² + Δw²/Cw² + Δh²/Ch²",
  focal_l1: "Σ a d² (1 − 2 ln β|d|)/4 where |d| < 1, else a line",
  focal_eiou: "√(I/U) (1 − I/U + ρ²/c² + Δw²/Cw² + Δh²/Ch²)",
};
