/** The three losses: their names, their curves over p_t, and the point's numbers in a table. */
import { line } from "../shared/axes.ts";
import { attributes, html, setText, svg } from "../shared/dom.ts";
import { short } from "../shared/format.ts";
import { Chart, type ChartOptions, type RuleHooks } from "./chart.ts";
import type { Point } from "./messages.ts";
import { NAMES } from "./words.ts";

/** Curves over 0..1 in the styles of the three losses, each with a dot where the kernel says. */
export class CurveChart extends Chart {
  private readonly curves = NAMES.map((_, i) => svg("path", { class: `lv-curve lv-loss-${i}` }));
  private readonly dots = NAMES.map((_, i) => svg("circle", { class: `lv-dot lv-loss-${i}`, r: 4.5 }));

  constructor(options: ChartOptions, hooks: RuleHooks, signal: AbortSignal) {
    super(options, hooks, signal);
    this.marks.append(...this.curves, ...this.dots);
  }

  /** `rows` holds the three curves one after another. */
  showCurves(xs: Float32Array, rows: Float32Array): void {
    const { x, y } = this.axes;
    this.curves.forEach((path, i) => {
      const row = rows.subarray(i * xs.length, (i + 1) * xs.length);
      attributes(path, { d: line(xs, row, x, y) });
    });
  }

  showDots(at: number, values: readonly (number | null)[]): void {
    this.dots.forEach((dot, i) => {
      const value = values[i];
      attributes(dot, {
        cx: this.axes.x(at),
        cy: this.axes.y(value ?? 0),
        display: value === null ? "none" : null,
      });
    });
  }
}

/** A row for each loss: its value, its gradient, and how many times less than cross entropy it is. */
export class PointTable {
  readonly element: HTMLElement;
  private readonly cells = NAMES.map(() => [html("td"), html("td"), html("td")]);

  constructor() {
    const heads = ["", "loss", "gradient", "times less"];
    const head = html("tr", {}, ...heads.map((text) => (text ? html("th", { scope: "col" }, text) : html("td"))));
    const rows = NAMES.map((name, i) =>
      html("tr", {}, html("th", { scope: "row" }, sample(i), name), ...this.cells[i]),
    );
    this.element = html("table", { class: "lv-numbers" }, html("thead", {}, head), html("tbody", {}, ...rows));
  }

  show({ loss, gradient, times }: Point): void {
    this.cells.forEach(([value, slope, less], i) => {
      setText(value, short(loss[i]));
      setText(slope, short(gradient[i]));
      setText(less, times[i] === null ? "∞" : short(times[i]));
    });
  }
}

/** A piece of a loss's curve. */
export const sample = (i: number): SVGSVGElement =>
  svg(
    "svg",
    { class: "lv-sample", viewBox: "0 0 28 6", "aria-hidden": "true" },
    svg("path", { class: `lv-curve lv-loss-${i}`, d: "M0 3H28" }),
  );
