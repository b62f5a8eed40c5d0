/** What AnchorLab says of the kernel's numbers. */
import { html } from "../shared/dom.ts";
import { fixed, share } from "../shared/format.ts";
import { count, plain } from "./lattice.ts";
import type { Outcome, Result, Survey } from "./messages.ts";

const OUTCOMES: readonly Outcome[] = ["positive", "ignored", "negative"];

/** The recall of this design and of the default one, with their price. */
export function headline(result: Result, own: Survey, reference: Survey): HTMLElement[] {
  const mine = html("b", { class: "lv-recall" }, share(result.recall));
  const theirs = html("b", {}, share(result.default_recall));
  const line = (kind: string, word: string, recall: HTMLElement, tail: string) =>
    html("span", { class: `lv-line lv-line-${kind}` }, html("i", {}), word, recall, tail);
  return [
    line("own", "recall ", mine, ` with ${count(own.num_anchors)} anchors`),
    line("default", "default ", theirs, ` with ${count(reference.num_anchors)}`),
    html("span", { class: "lv-at" }, `at IoU ${fixed(result.positive, 2)}`),
  ];
}

/** How many anchors are positive, ignored and negative. */
export function tally(counts: Result["counts"]): HTMLElement[] {
  return OUTCOMES.map((name, i) => {
    const number = html("b", {}, counts[i].toLocaleString("en"));
    return html("li", { class: `lv-key-${name}` }, html("i", {}), number, ` ${name}`);
  });
}

/** The target's best anchor, and how many anchors are responsible for the target. */
export function bestInWords({ best, design, gt_num, selected }: Result): string {
  const stride = design.strides[best.level];
  const anchor = `stride ${stride}, scale ${plain(best.scale)}, ratio ${plain(best.ratio)}`;
  const said = `Best anchor of the target: IoU ${fixed(best.iou, 3)} (${anchor}), ${best.outcome}`;
  return `${said} by the thresholds; ${responsible(gt_num[selected] ?? gt_num[0])} for it.`;
}

/** "1 anchor is responsible", "5 anchors are responsible". */
export const responsible = (count: number): string =>
  count === 1 ? "1 anchor is responsible" : `${count} anchors are responsible`;

/** What a screen reader hears after a gesture. */
export function spokenResult({ recall, best, counts }: Result, own: Survey): string {
  const price = `Recall ${share(recall)} with ${count(own.num_anchors)} anchors`;
  return `${price}; best IoU of the target ${fixed(best.iou, 2)}; ${counts[0]} positive`;
}
