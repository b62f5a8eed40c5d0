/** The levels: which are on, and which one is looked at. */
import { button, html, setText } from "../shared/dom.ts";
import { hinted } from "../shared/hint_line.ts";
import { HINTS } from "./hints.ts";
import { LIMITS } from "./messages.ts";

const { low: LEAST, high: GREATEST } = LIMITS.strides;
const USUAL = [4, 8, 16, 32, 64, 128];

export interface LevelHooks {
  look(level: number | null): void;
  put(strides: number[]): void;
}

export interface LevelState {
  /** Strides that can be switched on. */
  offered: readonly number[];
  on: readonly number[];
  /** The strides that `counts`, `shown` and `chosen` speak of, as the kernel has them. */
  known: readonly number[];
  counts: readonly (readonly number[])[];
  shown: number;
  /** The level of the target's best anchor. */
  best: number;
  chosen: number | null;
}

/** The usual strides and those of the design, in rising order. */
export function stridesOf(...designs: (readonly number[])[]): number[] {
  return [...new Set([...USUAL, ...designs.flat()])].sort((a, b) => a - b);
}

/** The strides with one more, or one less; null where the last would go. */
export function toggled(on: readonly number[], stride: number): number[] | null {
  const kept = on.filter((other) => other !== stride);
  if (kept.length === on.length) return [...on, stride].sort((a, b) => a - b);
  return kept.length ? kept : null;
}

export class Levels {
  readonly looks = html("div", {
    class: "lv-looks",
    role: "group",
    "aria-label": "Level whose anchors are drawn",
  });
  readonly switches = html("div", { class: "lv-set" });
  /** The last row below the switches. */
  readonly more = html("div", { class: "lv-more" });
  private readonly buttons = html("div", {
    class: "lv-strides",
    role: "group",
    "aria-label": "Strides that are on",
  });
  private readonly extra = html("input", {
    type: "number",
    min: LEAST,
    max: GREATEST,
    step: 1,
    placeholder: "24",
  });
  private offered = "";
  private looked = "";
  private on: readonly number[] = [];

  constructor(private readonly hooks: LevelHooks) {
    const add = button("+ stride", () => this.add(), { class: "lv-add" });
    this.extra.addEventListener("keydown", (event) => {
      event.stopPropagation(); // the notebook has shortcuts on letters and arrows
      if (event.key === "Enter") this.add();
    });
    const field = html("label", { class: "lv-field" }, html("span", {}, "another"), this.extra);
    this.switches.append(
      html("h4", {}, "strides (pixels per cell)"),
      this.buttons,
      this.more,
    );
    this.more.append(hinted(field, HINTS.another), hinted(add, HINTS.addStride));
  }

  show(state: LevelState): void {
    this.on = state.on;
    this.showSwitches(state);
    this.showLooks(state);
  }

  private add(): void {
    const stride = Math.round(Number(this.extra.value));
    if (!(stride >= LEAST && stride <= GREATEST) || this.on.includes(stride)) return;
    this.extra.value = "";
    this.hooks.put(toggled(this.on, stride)!);
  }

  private showSwitches({ offered, on }: LevelState): void {
    if (this.offered !== String(offered)) {
      this.offered = String(offered);
      this.buttons.replaceChildren(...offered.map((stride) => this.switch(stride)));
    }
    for (const button of this.buttons.querySelectorAll("button")) {
      const stride = Number(button.dataset.stride);
      button.setAttribute("aria-pressed", String(on.includes(stride)));
      button.disabled = on.length === 1 && on[0] === stride;
    }
  }

  private switch(stride: number): HTMLButtonElement {
    const button = html(
      "button",
      { type: "button", "data-stride": stride, "aria-label": `Stride ${stride}` },
      String(stride),
    );
    button.addEventListener("click", () => {
      const strides = toggled(this.on, stride);
      if (strides) this.hooks.put(strides);
    });
    return hinted(button, HINTS.stride);
  }

  private showLooks({ known, counts, shown, best, chosen }: LevelState): void {
    if (this.looked !== String(known)) {
      this.looked = String(known);
      const all = [null, ...known.map((_, level) => level)];
      this.looks.replaceChildren(
        html("span", {}, "stride"),
        ...all.map((level) => this.look(level, known)),
      );
    }
    this.looks.querySelectorAll("button").forEach((button, i) => {
      const level = i === 0 ? null : i - 1;
      button.setAttribute(
        "aria-pressed",
        String(level === chosen || (chosen !== null && level === shown && chosen >= known.length)),
      );
      const positive = level === null ? "" : counts[level][0].toLocaleString("en");
      const count = button.querySelector(".lv-count");
      if (count) setText(count, level === null ? String(known[best]) : `${positive} +`);
    });
  }

  private look(level: number | null, known: readonly number[]): HTMLButtonElement {
    const title = level === null ? "the best’s" : String(known[level]);
    const unseen = (words: string) => html("span", { class: "lv-hidden" }, words);
    const button = html(
      "button",
      { type: "button" },
      html("span", {}, ...(level === null ? [] : [unseen("stride ")]), title),
      " ",
      html("small", {}, html("span", { class: "lv-count" }), ...(level === null ? [] : [unseen(" positive")])),
    );
    button.addEventListener("click", () => this.hooks.look(level));
    return hinted(button, level === null ? HINTS.best : HINTS.looks);
  }
}
