/** Score before suppression against IoU, a dot for each candidate; what suppression did to it is in its form. */
import { axes } from "../shared/axes.ts";
import { attributes, html, onResize, setText, svg } from "../shared/dom.ts";
import { placeIn } from "../shared/drag.ts";
import { fixed } from "../shared/format.ts";
import type { Agreement, Candidate, Side } from "./messages.ts";

const VIEW = [300, 226];
const FRAME = { left: 30, top: 10, right: 290, bottom: 190 };
const HOVER = 14; // units within which the pointer takes a dot

export interface ScatterHooks {
  look(row: number): void;
  select(row: number): void;
}

export class Scatter {
  readonly element: HTMLElement;
  private readonly drawing: SVGSVGElement;
  private readonly dots: SVGGElement[];
  private readonly words = html("p", { class: "lv-agreement" });
  private readonly axes;
  private places: [number, number][] = [];

  constructor(num: number, hooks: ScatterHooks, signal: AbortSignal) {
    const format = (value: number) => fixed(value, 1);
    const labels = { xLabel: "score before suppression", yLabel: "" };
    this.axes = axes({ ...FRAME, x: [0, 1], y: [0, 1], ...labels, yTicks: 5, format });
    this.dots = Array.from({ length: num }, () =>
      svg("g", {}, svg("circle", { class: "lv-ring", r: 7.5 }), svg("circle", { class: "lv-dot", r: 4.2 }), svg("path", { class: "lv-cross", d: "M-6-6L6 6M6-6L-6 6" })),
    );
    const frame = { class: "lv-scatter", viewBox: `0 0 ${VIEW[0]} ${VIEW[1]}`, role: "img" };
    this.drawing = svg("svg", frame, this.axes.group, ...this.dots);
    const title = html("p", { class: "lv-bars-title" }, "IoU with its object");
    this.element = html("div", { class: "lv-chart" }, title, this.drawing, legend(), this.words);
    const point = (event: PointerEvent) => hooks.look(this.at(event));
    this.drawing.addEventListener("pointermove", point, { signal });
    this.drawing.addEventListener("pointerleave", () => hooks.look(-1), { signal });
    this.drawing.addEventListener("click", (event) => hooks.select(this.at(event)), { signal });
    const keep = () =>
      this.drawing.style.setProperty("--lv-zoom", String(this.drawing.getBoundingClientRect().width / VIEW[0] || 1));
    onResize(this.drawing, keep, signal);
  }

  show({ candidates, outranked }: Side, { overlap, words }: Agreement, scores: readonly number[]): void {
    this.places = scores.map((score, row) => [this.axes.x(score), this.axes.y(overlap[row])]);
    this.dots.forEach((dot, row) => {
      const [x, y] = this.places[row];
      const lit = dot.classList.contains("lv-lit") ? " lv-lit" : "";
      attributes(dot, { transform: `translate(${x.toFixed(2)} ${y.toFixed(2)})`, class: classOf(candidates[row]) + lit });
    });
    setText(this.words, `${words} ${outranked}`);
    attributes(this.drawing, { "aria-label": `Score against IoU. ${words} ${outranked}` });
  }

  highlight(row: number): void {
    this.dots.forEach((dot, i) => dot.classList.toggle("lv-lit", i === row));
  }

  private at(event: MouseEvent): number {
    const [x, y] = placeIn(this.drawing, event);
    const far = this.places.map(([px, py]) => Math.hypot(px - x, py - y));
    const least = Math.min(...far);
    return least <= HOVER ? far.indexOf(least) : -1;
  }
}

const classOf = (one: Candidate): string =>
  `lv-fate-${one.fate}${one.outranked ? " lv-outranked" : ""}${one.victim ? " lv-victim" : ""}`;

const KEYS = [
  ["lv-fate-kept", "kept"],
  ["lv-fate-open", "not yet decided"],
  ["lv-fate-below", "scores too little to be reported"],
  ["lv-fate-suppressed", "suppressed"],
  ["lv-fate-suppressed lv-outranked", "lay better than what suppressed it"],
  ["lv-fate-suppressed lv-victim", "its object is lost"],
] as const;

function legend(): HTMLElement {
  const sample = (kind: string) =>
    svg(
      "svg",
      { class: "lv-sample", viewBox: "-9 -9 18 18", "aria-hidden": "true" },
      svg("g", { class: kind }, svg("circle", { class: "lv-ring", r: 7.5 }), svg("circle", { class: "lv-dot", r: 4.2 }), svg("path", { class: "lv-cross", d: "M-6-6L6 6M6-6L-6 6" })),
    );
  return html("ul", { class: "lv-legend" }, ...KEYS.map(([kind, words]) => html("li", {}, sample(kind), words)));
}
