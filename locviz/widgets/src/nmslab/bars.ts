/** Each candidate's score: a slider for what it is before suppression, a bar for what is left of it. */
import { html, setText } from "../shared/dom.ts";
import { fixed } from "../shared/format.ts";
import { hinted } from "../shared/hint_line.ts";
import { Slider } from "../shared/slider.ts";
import { HINTS } from "./hints.ts";
import type { Candidate, Scene, Side } from "./messages.ts";

export interface BarHooks {
  score(row: number): number;
  write(row: number, score: number, gesture: string): void;
  reset(row: number): void;
  done(): void;
  look(row: number): void;
}

export class Bars {
  readonly element = html("div", { class: "lv-bars" });
  private readonly rows: HTMLElement[];
  private readonly sliders: Slider[];
  private readonly says: HTMLElement[][];

  constructor(info: Scene, hooks: BarHooks, signal: AbortSignal) {
    this.sliders = info.classes.map(
      (name, row) =>
        new Slider({
          label: `${row} ${name}`,
          min: 0,
          max: 1,
          step: 0.01,
          format: (value) => fixed(value, 2),
          changed: (value, gesture) => hooks.write(row, value, gesture),
          reset: () => hooks.reset(row),
          done: () => hooks.done(),
        }),
    );
    this.says = info.classes.map(() => [html("span"), html("span")]);
    this.rows = this.sliders.map(({ element }, row) => {
      hinted(element, HINTS.score);
      const line = html("div", { class: "lv-bar", "data-row": row }, element, ...this.says[row]);
      for (const name of ["pointerenter", "focusin"])
        line.addEventListener(name, () => hooks.look(row), { signal });
      for (const name of ["pointerleave", "focusout"])
        line.addEventListener(name, () => hooks.look(-1), { signal });
      return line;
    });
    const head = html("p", { class: "lv-bars-title" }, "Score before (line) and now (bar)");
    this.element.append(head, html("div", { class: "lv-bars-rows" }, ...this.rows));
  }

  /** The sliders, at once. */
  showScores(scores: readonly number[]): void {
    scores.forEach((score, row) => this.sliders[row].show(score));
  }

  /** What the kernel says is left of each; one bar for each method. */
  show(sides: readonly Side[], differs: readonly boolean[]): void {
    this.rows.forEach((line, row) => {
      const ones = sides.map(({ candidates }) => candidates[row]);
      line.classList.toggle("lv-differs", differs[row] ?? false);
      [ones[0], ones[1] ?? ones[0]].forEach((one, i) => this.fill(line, one, i));
      this.says[row].forEach((cell, i) => {
        setText(cell, ones[i]?.brief ?? "");
        cell.className = `lv-brief lv-fate-${ones[i]?.fate ?? "none"}`;
      });
    });
  }

  private fill(line: HTMLElement, one: Candidate, i: number): void {
    const names = ["first", "second"];
    line.style.setProperty(`--lv-${names[i]}`, String(Math.min(one.score, 1)));
    line.style.setProperty(`--lv-${names[i]}-ink`, `var(--lv-ink-${one.fate})`);
  }

  highlight(row: number): void {
    this.rows.forEach((line, i) => line.classList.toggle("lv-lit", i === row));
  }
}
