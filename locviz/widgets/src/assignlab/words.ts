/** What AssignLab says in whole sentences. */
import { letter } from "./marks.ts";
import type { Difference, Why } from "./messages.ts";

export const priors = (count: number): string => `${count} prior${count === 1 ? "" : "s"}`;
/** "1 prior is responsible", "2 of 189 priors are responsible". */
export const responsible = (count: number, of?: number): string => {
  const many = of === undefined ? priors(count) : `${count} of ${priors(of)}`;
  return `${many} ${count === 1 ? "is" : "are"} responsible`;
};

/** How many priors differ between two rules, and how. */
export function inWords({ count, first, second, other }: Difference): string {
  const one = count === 1 ? "1 prior" : `${count} priors`;
  const side = (many: number) => `${many} ${many === 1 ? "is" : "are"} responsible`;
  return (
    `The two rules differ at ${one}: ${side(first)} for an object under the first only, ` +
    `${second} under the second only, ${other} for another object.`
  );
}

/** The kernel's reason as a sentence. */
export function sentence(says: string): string {
  return `${says.charAt(0).toUpperCase()}${says.slice(1)}${/[.!?]$/.test(says) ? "" : "."}`;
}

/** "Prior 7 is responsible for C: ..", "Prior 7 is background: .." */
export function headline({ prior, says, verdicts }: Pick<Why, "prior" | "says" | "verdicts">): string {
  const won = verdicts.findIndex((verdict) => verdict.won);
  const reason = /^(won|background|ignored): (.*)$/s.exec(says);
  if (!reason) return sentence(`prior ${prior}: ${says}`);
  const what = won >= 0 ? `responsible for ${letter(won)}` : reason[1];
  return sentence(`prior ${prior} is ${what}: ${reason[2]}`);
}

/** Which outline is which. */
export function drawnInWords({ square_is, predicted }: Why): string {
  const square = square_is === "anchor" ? "its anchor, which the rule compares" : "its cell";
  return `Solid square: ${square}.${predicted.length ? " Dashed: the box that is predicted there." : ""}`;
}
