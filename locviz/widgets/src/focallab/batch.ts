/** The batch: how easy its predictions are, and who holds the gradient. */
import { attributes, html, setText, svg, uniqueName } from "../shared/dom.ts";
import { Chart, EDGES, FLOOR, type RuleHooks } from "./chart.ts";
import type { Histogram, Shares } from "./messages.ts";
import { NAMES, PARTS, percent, tenfold, thousands } from "./words.ts";

const LOWEST = -0.3; // half a prediction: one has a column that can be seen

/** Columns of positives and negatives, tenfold counts equally high; negatives beyond the rule are the easy ones. */
export class HistogramChart extends Chart {
  private readonly clip = svg("rect", { y: EDGES[0] - 1, height: FLOOR - EDGES[0] + 1 });
  private readonly easy = svg("path", { class: "lv-part-0" });
  private readonly other = svg("path", { class: "lv-part-1" });
  private readonly positive = svg("path", { class: "lv-part-2" });

  constructor(most: number, hooks: RuleHooks, signal: AbortSignal) {
    const top = Math.ceil(Math.log10(Math.max(most, 10)));
    const counts = { y: [LOWEST, top] as const, yTicks: top + 1, yFormat: tenfold };
    const title = "number of predictions, logarithmic";
    super({ title, below: "p_t: probability of the true answer", ...counts }, hooks, signal);
    const id = uniqueName("easy");
    attributes(this.easy, { "clip-path": `url(#${id})` });
    const defs = svg("defs", {}, svg("clipPath", { id }, this.clip));
    this.marks.append(defs, this.other, this.easy, this.positive);
  }

  override showRule(): number {
    const x = super.showRule();
    attributes(this.clip, { x, width: EDGES[1] - x });
    return x;
  }

  showCounts({ negative, positive }: Histogram): void {
    const d = this.path(negative, 0);
    for (const part of [this.easy, this.other]) attributes(part, { d });
    attributes(this.positive, { d: this.path(positive, 1) });
  }

  private path(counts: readonly number[], place: number): string {
    const { x, y } = this.axes;
    const wide = (x(1) - x(0)) / counts.length;
    const column = (count: number, i: number) => {
      const left = x(0) + wide * (i + 0.1 + 0.42 * place);
      const top = y(Math.log10(count));
      return `M${left.toFixed(2)} ${FLOOR}V${top.toFixed(2)}h${(wide * 0.38).toFixed(2)}V${FLOOR}Z`;
    };
    return counts.map((count, i) => (count ? column(count, i) : "")).join("");
  }
}

/** A stacked bar per loss: easy negatives, other negatives, positives. */
export class Bars {
  readonly element: HTMLElement;
  private readonly rows = NAMES.map((name) => {
    const parts = PARTS.map((_, i) => html("i", { class: `lv-part-${i}` }));
    const value = html("b");
    const rest = html("span", { class: "lv-rest" });
    const bar = html("span", { class: "lv-stack", "aria-hidden": "true" }, ...parts);
    const head = html("span", { class: "lv-bar-name" }, html("span", {}, name), value);
    return { row: html("li", {}, head, bar, rest), parts, value, rest };
  });

  constructor() {
    this.element = html("ul", { class: "lv-bars" }, ...this.rows.map(({ row }) => row));
  }

  show({ bars }: Shares): void {
    this.rows.forEach(({ parts, value, rest }, k) => {
      const [easy, other, positive] = bars[k];
      parts.forEach((part, i) => (part.style.width = `${100 * (bars[k][i] ?? 0)}%`));
      setText(value, percent(easy));
      setText(rest, `other negatives ${percent(other)}, positives ${percent(positive)}`);
    });
  }
}

/** What the colours of columns and bars mean, and how many positives there are. */
export function partsLegend(positives: number): HTMLElement {
  const names = [...PARTS.slice(0, 2), `${thousands(positives)} positives`];
  const keys = names.map((name, i) => html("li", {}, html("i", { class: `lv-part-${i}` }), name));
  return html("ul", { class: "lv-parts" }, ...keys);
}
