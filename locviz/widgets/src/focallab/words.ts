/** Names and numbers as FocalLab writes them. */
import { fixed } from "../shared/format.ts";

/** The three losses. */
export const NAMES = ["cross entropy", "balanced", "focal loss"] as const;

/** Who holds the gradient. */
export const PARTS = ["easy negatives", "other negatives", "positives"] as const;

/** The same digits as `percent` of `words.py`. */
export const percent = (share: number | null): string =>
  share === null ? "undefined" : `${fixed(100 * share, 1)} %`;

/** As Python writes `{count:,}`. */
export const thousands = (count: number): string => count.toLocaleString("en");

/** Ten to a whole power. */
export function tenfold(power: number): string {
  const count = 10 ** power;
  return count >= 1e6 ? `${count / 1e6}M` : count >= 1000 ? `${count / 1000}k` : String(count);
}
