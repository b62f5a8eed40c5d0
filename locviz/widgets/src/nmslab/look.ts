/** What a candidate looks like, for boxes, bars and dots alike, and which lines and labels are drawn. */
import type { Candidate, Side } from "./messages.ts";

const SIGNS = new Map([
  [1, "✓ "],
  [0, "✗ "],
]);
const RANKS = { kept: 0, open: 1, below: 2, suppressed: 3 } as const;

/** What stands at a box: its sign, its number, and whether a better one lies there. */
export function noteOf(one: Candidate, row: number): string {
  if (one.fate !== "kept") return String(row);
  return `${SIGNS.get(one.outcome) ?? ""}${row}${one.repeated ? " 2×" : ""}`;
}

/** The rows in the order in which they are drawn: what is kept lies on top, the best score last. */
export function fromBelow(candidates: readonly Candidate[]): number[] {
  const order = candidates.map((_, row) => row);
  const rank = (row: number) => RANKS[candidates[row].fate];
  return order.sort((a, b) => rank(b) - rank(a) || candidates[a].score - candidates[b].score || b - a);
}

/** Whether a candidate's number is written at its box: not of those that went out in an earlier step. */
export function isNamed(one: Candidate, side: Pick<Side, "at">): boolean {
  return one.fate === "kept" || one.fate === "open" || (one.when === side.at && side.at > 0);
}

export interface Link {
  row: number;
  by: number;
  out: boolean;
}

/** Who is tied to what suppressed or lowered it: those of the step, all of them at the end, and those of `looked`. */
export function linksOf({ candidates, at, steps }: Pick<Side, "candidates" | "at" | "steps">, looked: number): Link[] {
  return candidates.flatMap(({ by, when, fate }, row) => {
    const shown = when === at || at === steps || row === looked || by === looked;
    return by < 0 || by === row || !shown ? [] : [{ row, by, out: fate === "suppressed" }];
  });
}

/** The candidate whose outline is nearest to a place, of those that hold it or lie within `reach`; -1 where none does. */
export function nearestBox(boxes: readonly (readonly number[])[], x: number, y: number, reach: number): number {
  let [found, least] = [-1, Infinity];
  boxes.forEach(([x1, y1, x2, y2], row) => {
    const outside = Math.hypot(Math.max(x1 - x, 0, x - x2), Math.max(y1 - y, 0, y - y2));
    const far = outside || Math.min(x - x1, x2 - x, y - y1, y2 - y);
    if (outside <= reach && far < least) [found, least] = [row, far];
  });
  return found;
}
