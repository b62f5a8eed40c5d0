/** Monitor's two charts: every loss term, and the figures of each evaluation. */
import { axes, line } from "../shared/axes.ts";
import { html, svg } from "../shared/dom.ts";
import { share, short } from "../shared/format.ts";
import type { FigureRow } from "./messages.ts";

export interface Series {
  name: string;
  colour: string;
  dash: string | null;
  xs: number[];
  ys: number[];
}

const VIEW = [420, 236];
const BOX = { left: 40, top: 24, right: 408, bottom: 196 };
const DASHES = [null, "7 3", "2 2", "8 3 2 3", "12 4", "5 2"];
const FIGURE_COLOURS = [3, 4, 5, 1];
const FIGURE_DASHES = [null, "7 3", "2 2", "8 3 2 3"];

/** Rows of (step, term, term, ..., total), as the kernel bins them. */
export function lossSeries(names: readonly string[], rows: Float32Array): Series[] {
  const width = names.length + 1;
  const column = (j: number) =>
    Array.from({ length: Math.floor(rows.length / width) }, (_, i) => rows[i * width + j]);
  return names.map((name, i) => {
    const total = name === "total";
    const colour = total ? "var(--lv-text)" : `var(--lv-series-${1 + (i % 7)})`;
    return {
      name,
      colour,
      dash: total ? null : DASHES[1 + (i % 5)],
      xs: column(0),
      ys: column(i + 1),
    };
  });
}

export function figureSeries(rows: readonly FigureRow[]): Series[] {
  const names = rows.length ? Object.keys(rows[rows.length - 1].figures) : [];
  return names.map((name, i) => ({
    name,
    colour: `var(--lv-series-${FIGURE_COLOURS[i % 4]})`,
    dash: FIGURE_DASHES[i % 4],
    xs: rows.map(({ step }) => step),
    ys: rows.map(({ figures }) => figures[name] ?? NaN),
  }));
}

/** The top of the loss chart: the highest finite value after the first steps, which tower over all others. */
export function ceiling(series: readonly Series[]): number {
  const later = series
    .flatMap(({ ys }) => ys.slice(Math.min(Math.floor(ys.length / 20), ys.length - 1)))
    .filter(Number.isFinite);
  return later.length ? Math.max(...later) * 1.05 || 1 : 1;
}

export interface ChartOptions {
  title: string;
  /** Top of the y axis. */
  high: number;
  steps: number;
  points: boolean;
}

/** A chart and its legend, drawn anew with each message: a few times a second. */
export class StepChart {
  readonly element: HTMLElement;
  private readonly drawing = svg("svg", {
    class: "lv-chart",
    viewBox: `0 0 ${VIEW[0]} ${VIEW[1]}`,
    role: "img",
  });
  private readonly legend = html("ul", { class: "lv-series" });

  constructor() {
    this.element = html("div", {}, this.drawing, this.legend);
  }

  show(series: readonly Series[], { title, high, steps, points }: ChartOptions): void {
    const x = [0, Math.max(steps, 1)] as const;
    const frame = axes({
      ...BOX,
      x,
      y: [0, high],
      xLabel: "step",
      yLabel: title,
      yTicks: 5,
      format: String,
    });
    const cut = (y: number) => frame.y(Math.min(y, high));
    const curves = series.map(({ colour, dash, xs, ys, name }) =>
      svg("path", {
        class: "lv-curve",
        d: line(xs, ys, frame.x, cut),
        stroke: colour,
        "stroke-dasharray": dash,
        "stroke-width": name === "total" ? 2.2 : 1.8,
      }),
    );
    const dots = points
      ? series.flatMap(({ colour, xs, ys }) =>
          xs.flatMap((step, i) =>
            Number.isFinite(ys[i])
              ? [svg("circle", { cx: frame.x(step), cy: cut(ys[i]), r: 3, fill: colour })]
              : [],
          ),
        )
      : [];
    this.drawing.replaceChildren(frame.group, ...curves, ...dots);
    const latest = series.map(({ name, ys }) => `${name} ${value(ys.at(-1), points)}`);
    this.drawing.setAttribute("aria-label", `${title}: ${latest.join(", ") || "nothing yet"}`);
    this.legend.replaceChildren(...series.map((one, i) => entry(one, latest[i])));
  }
}

function value(latest: number | undefined, inShares: boolean): string {
  if (latest === undefined || Number.isNaN(latest)) return "undefined";
  return inShares ? share(latest) : short(latest);
}

function entry({ colour, dash }: Series, text: string): HTMLElement {
  const key = svg("svg", { viewBox: "0 0 24 8", width: 24, height: 8, "aria-hidden": "true" });
  key.append(
    svg("line", {
      x1: 0,
      x2: 24,
      y1: 4,
      y2: 4,
      stroke: colour,
      "stroke-width": 2.4,
      "stroke-dasharray": dash,
    }),
  );
  return html("li", {}, key, text);
}
