/** The kernel's torch values arrive behind the browser's own and confirm them, or contradict them loudly. */
import { areas } from "../shared/boxes.ts";
import { type LossName, MEASURE_NAMES, shownLosses, TITLES } from "../shared/losses.ts";
import type { Evaluation } from "../shared/parameters.ts";
import type { Result } from "./messages.ts";
import type { State } from "./state.ts";

/** Whether a result belongs to this state and is not a stale one. */
export function answers(result: Result, state: State): boolean {
  const boxes = [...state.target, ...state.prediction, ...state.anchor];
  const setting = [state.parametrisation, state.units];
  const same = boxes.every((value, i) => value === result.boxes[i]);
  const shown = shownLosses(state.focal);
  const complete =
    shown.length === result.losses.length && shown.every((name, i) => name === result.losses[i]);
  return same && complete && setting.every((value, i) => value === result.setting[i]);
}

export interface Verdict {
  agrees: boolean;
  difference: number;
  worst: LossName;
}

/** Values may differ by this times the larger of 1 and the value. */
export const TOLERANCE = 1e-6;

/** NaN counts as a difference without end. */
function apart(a: number, b: number): number {
  const difference = Math.abs(a - b) / Math.max(1, Math.abs(b));
  return Number.isNaN(difference) ? Infinity : difference;
}

export function compareWithTorch(evaluation: Evaluation, result: Result): Verdict {
  let [difference, worst]: [number, LossName] = [apart(evaluation.iou, result.iou), "iou"];
  const own = areas(result.boxes.slice(0, 4), result.boxes.slice(4, 8));
  difference = Math.max(difference, ...own.map((value, i) => apart(value, result.areas[i])));
  MEASURE_NAMES.forEach((name, i) => {
    const here = apart(evaluation.measures[name], result.measures[i]);
    if (here > difference) [difference, worst] = [here, name];
  });
  result.losses.forEach((name, i) => {
    const reading = evaluation.losses[name];
    const here = Math.max(
      apart(reading.value, result.values[i]),
      ...reading.gradient.map((slope, k) => apart(slope, result.gradients[i][k])),
    );
    if (here > difference) [difference, worst] = [here, name];
  });
  return { agrees: difference <= TOLERANCE, difference, worst };
}

export function verdictInWords({ agrees, difference, worst }: Verdict): string {
  if (agrees)
    return `✓ torch agrees, largest difference ${difference === 0 ? 0 : difference.toExponential(0)}`;
  return `✗ torch disagrees on ${TITLES[worst]} by ${difference.toExponential(1)}: please report this`;
}
