/** The story of the match: whose each object was at every look of a training; play, step, or click to go there. */
import { attributes, button, html, setText, setVisible } from "../shared/dom.ts";
import { hinted } from "../shared/hint_line.ts";
import { HINTS } from "./hints.ts";
import { colourOf, keyOf } from "./marks.ts";
import type { Scene } from "./messages.ts";

const PAUSE = 700; // milliseconds per look: long enough to see a line jump
const MOST = 40; // looks whose cells have room for a number

export interface TimelineHooks {
  step(): number;
  show(step: number, gesture: string): void;
  pick(step: number, query: number): void;
  /** It stands still: say what there is. */
  settled(): void;
}

export class Timeline {
  private readonly play = html("button", { type: "button", "aria-label": "Play" }, "▶");
  private readonly grid = html("div", { class: "lv-story", "aria-hidden": "true" });
  private readonly title = html("h4");
  private readonly cells: HTMLElement[][]; // by look: a cell per object, and the number of flips
  private readonly heads: HTMLElement[];
  private layer = -1;
  private drawn = "";
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly info: Scene,
    private readonly hooks: TimelineHooks,
    signal: AbortSignal,
  ) {
    const { objects, steps } = info;
    this.heads = steps.map((step) => html("span", { class: "lv-look" }, String(step)));
    this.cells = steps.map((_, at) => [...objects, ""].map((_, row) => this.cell(at, row)));
    this.grid.style.setProperty("--lv-looks", String(steps.length));
    this.grid.classList.toggle("lv-many", steps.length > MOST);
    const name = (text: string) => html("span", { class: "lv-name" }, text);
    this.grid.append(name("step"), ...this.heads);
    objects.forEach((object, row) => this.grid.append(name(object), ...this.cells.map((column) => column[row])));
    this.grid.append(name("flipped"), ...this.cells.map((column) => column[objects.length]));
    this.play.addEventListener("click", () => (this.timer ? this.pause() : this.run()), { signal });
    signal.addEventListener("abort", () => clearInterval(this.timer));
    hinted(this.play, HINTS.play);
    hinted(this.grid, HINTS.story);
  }

  /** Put round the slider of the steps; nothing shows without a training. */
  make(slider: HTMLElement): HTMLElement {
    const controls = html(
      "div",
      { class: "lv-controls lv-film" },
      this.play,
      hinted(button("‹", () => this.nudge(-1), { "aria-label": "One look back" }), HINTS.back),
      hinted(button("›", () => this.nudge(1), { "aria-label": "One look on" }), HINTS.on),
      slider,
    );
    const element = html(
      "section",
      { class: "lv-timeline", "aria-label": "Training" },
      controls,
      this.title,
      this.grid,
      html(
        "p",
        { class: "lv-caption" },
        "A match has flipped when an object went to another query than at the look before (framed). ",
        "Then another query has to learn it. Underlined: the chosen query.",
      ),
    );
    setVisible(element, this.info.steps.length > 1);
    return element;
  }

  show(step: number, layer: number, query: number): void {
    const key = keyOf(step, layer, query);
    if (key === this.drawn) return;
    this.drawn = key;
    if (layer !== this.layer) this.fill(layer);
    this.layer = layer;
    this.cells.forEach((column, at) => {
      const owners = this.info.owners[at][layer];
      owners.forEach((queries, row) => column[row].classList.toggle("lv-mine", queries.includes(query)));
      for (const one of [this.heads[at], ...column]) one.classList.toggle("lv-now", at === step);
    });
  }

  /** Play no further. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    attributes(this.play, { "aria-label": "Play" });
    setText(this.play, "▶");
  }

  private cell(at: number, row: number): HTMLElement {
    const element = html("span", { class: row < this.info.objects.length ? "lv-whose" : "lv-flips" });
    element.addEventListener("click", () => {
      const query = this.info.owners[at][Math.max(this.layer, 0)][row]?.[0];
      this.stop();
      if (query === undefined) this.hooks.show(at, "pick");
      else this.hooks.pick(at, query);
    });
    return element;
  }

  private fill(layer: number): void {
    const { colours, objects, owners, since, steps } = this.info;
    setText(this.title, `Whose is each object? The responsible query by training step, after layer ${layer + 1}`);
    this.cells.forEach((column, at) => {
      const flipped = since[at][layer];
      objects.forEach((object, row) => {
        const queries = owners[at][layer][row];
        const text = queries.join(",");
        const before = at ? owners[at - 1][layer][row].join(", ") || "no query" : "";
        const told = flipped.includes(row) ? `; flipped: it was ${before}’s at step ${steps[at - 1]}` : "";
        setText(column[row], text || "–");
        column[row].style.setProperty("--lv-own", colourOf(colours[queries[0]]));
        column[row].classList.toggle("lv-flip", flipped.includes(row));
        attributes(column[row], { title: `step ${steps[at]}: ${object} is ${text ? `query ${text}` : "no query"}’s${told}` });
      });
      const last = column[objects.length];
      setText(last, at ? String(flipped.length) : "");
      last.style.setProperty("--lv-share", String(flipped.length / Math.max(objects.length, 1)));
      attributes(last, { title: at ? `${flipped.length} of ${objects.length} flipped since step ${steps[at - 1]}` : null });
    });
  }

  private run(): void {
    const last = this.info.steps.length - 1;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.hooks.show(last, "play"); // no motion: straight to the end, steps remain for whoever wants them
      return this.hooks.settled();
    }
    if (this.hooks.step() >= last) this.hooks.show(0, "play");
    attributes(this.play, { "aria-label": "Pause" });
    setText(this.play, "❚❚");
    this.timer = setInterval(() => {
      if (this.hooks.step() < last) this.hooks.show(this.hooks.step() + 1, "play");
      else this.pause();
    }, PAUSE);
  }

  private pause(): void {
    this.stop();
    this.hooks.settled();
  }

  private nudge(by: number): void {
    this.stop();
    const there = Math.min(Math.max(this.hooks.step() + by, 0), this.info.steps.length - 1);
    this.hooks.show(there, "step");
    this.hooks.settled();
  }
}
