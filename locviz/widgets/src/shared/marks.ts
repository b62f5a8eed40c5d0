/** The kernel's scene as boxes to draw. */
import { floats } from "./buffers.ts";
import { html } from "./dom.ts";
import { fixed } from "./format.ts";
import type { Scene } from "./messages.ts";
import { type Kind, type Mark, rows } from "./scene.ts";

const OUTCOMES = new Map<number, [Kind, string, string]>([
  [1, ["right", "✓ ", "right (true positive)"]],
  [0, ["wrong", "✗ ", "wrong (false positive)"]],
  [-1, ["ignored", "· ", "does not count"]],
]);

const LONGEST = 12; // letters of a class name at a box; the tooltip has all of it

/**
 * Ground truths first, so that detections lie on top. `names` are shown only where classes are mixed.
 * Of the detections the wrong ones lie below, so that none hides a right one.
 */
export function marksOf(scene: Scene, names: readonly string[], mixed: boolean): Mark[] {
  const truths = rows(floats(scene.gt)).map((box, i): Mark => {
    const name = names[scene.gt_labels[i]];
    const missed = scene.found[i] === 0;
    const title = `${name}: ${missed ? "missed (false negative)" : scene.found[i] < 0 ? "does not count" : "found"}`;
    return {
      box,
      kind: missed ? "missed" : scene.found[i] < 0 ? "ignored" : "found",
      note: missed ? withName("missed", name, mixed) : "",
      title,
    };
  });
  const scores = floats(scene.scores);
  const overlap = floats(scene.overlap);
  const said = rows(floats(scene.detections)).map((box, i): Mark => {
    const [kind, sign, words] = OUTCOMES.get(scene.outcome[i])!;
    const name = names[scene.labels[i]];
    const title = `${name}, ${words}: score ${fixed(scores[i], 2)}, IoU ${fixed(overlap[i], 2)}`;
    return { box, kind, note: withName(sign + fixed(scores[i], 2), name, mixed), title };
  });
  return [...truths, ...fromBelow(scene.outcome, scores).map((i) => said[i])];
}

/** The order in which detections are drawn: what does not count, wrong, right; the best score of each last. */
export function fromBelow(outcome: readonly number[], scores: ArrayLike<number>): number[] {
  const order = outcome.map((_, i) => i);
  return order.sort((i, j) => outcome[i] - outcome[j] || scores[i] - scores[j] || j - i);
}

function withName(note: string, name: string, mixed: boolean): string {
  return mixed
    ? `${note} ${name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name}`
    : note;
}

/** What the boxes' colours and dashes mean, with how many there are of each. */
export function legendOf(tally: readonly number[]): HTMLElement[] {
  const words = tallyInWords(tally);
  return TALLIED.map((kind, i) => html("li", { class: `lv-key-${kind}` }, html("i", {}), words[i]));
}

const TALLIED = ["right", "wrong", "missed"] as const;

export function tallyInWords(tally: readonly number[]): string[] {
  return TALLIED.map((kind, i) => `${["✓", "✗", ""][i]} ${tally[i]} ${kind}`.trim());
}
