/** The losses side by side, the focal variants by choice: value, gradient as bars, and where there is none, the words. */
import { attributes, html, setText, svg, uniqueName } from "../shared/dom.ts";
import { fixed, short } from "../shared/format.ts";
import {
  ALL_LOSSES,
  FOCAL_LOSSES,
  hasMeasure,
  isCoordinateLoss,
  LOSSES,
  type LossName,
  lossTitle,
  shownLosses,
} from "../shared/losses.ts";
import { type Evaluation, type Reading, symbols } from "../shared/parameters.ts";
import type { HintLine } from "./hints.ts";
import type { State } from "./state.ts";
import { FORMULAS, hasNoPull, isZero } from "./words.ts";

const BAR = { width: 15, gap: 4, half: 11 };

interface Row {
  element: HTMLTableRowElement;
  radio: HTMLInputElement;
  measure: HTMLTableCellElement;
  value: HTMLTableCellElement;
  chart: SVGSVGElement;
  bars: SVGRectElement[];
  none: HTMLSpanElement;
  words: HTMLSpanElement;
}

export class LossTable {
  readonly element: HTMLElement;
  private readonly body = html("tbody");
  private readonly rows = {} as Record<LossName, Row>;
  private readonly heads: SVGTextElement[];
  private readonly formula = html("span", { class: "lv-formula" });
  private readonly slopes = html("dl", { class: "lv-slopes" });

  constructor(
    private readonly choose: (loss: LossName) => void,
    private readonly hints: HintLine,
  ) {
    const group = uniqueName("lv-loss");
    this.heads = [0, 1, 2, 3].map((i) =>
      svg("text", { x: barX(i) + BAR.width / 2, y: 10, "text-anchor": "middle" }),
    );
    const width = 4 * (BAR.width + BAR.gap);
    const names = svg(
      "svg",
      { viewBox: `0 0 ${width} 13`, class: "lv-bars", "aria-hidden": "true" },
      ...this.heads,
    );
    const head = html(
      "tr",
      {},
      html("th", { scope: "col" }, "loss"),
      html("th", { scope: "col", class: "lv-measure" }, "measure"),
      html("th", { scope: "col", class: "lv-number" }, "value"),
      html("th", { scope: "col" }, html("span", { class: "lv-hidden" }, "gradient"), names),
    );
    for (const name of ALL_LOSSES) this.rows[name] = this.row(name, group, width);
    this.body.append(...LOSSES.map((name) => this.rows[name].element));
    const caption = html(
      "caption",
      { class: "lv-hidden" },
      "Every regression loss of the present boxes",
    );
    this.element = html(
      "div",
      { class: "lv-losses" },
      html("table", {}, caption, html("thead", {}, head), this.body),
      html("div", { class: "lv-chosen" }, this.formula, this.slopes),
    );
  }

  draw(state: State, evaluation: Evaluation): void {
    const names = symbols(state.parametrisation, 2);
    this.heads.forEach((head, i) => setText(head, names[i]));
    this.showFocal(state.focal);
    for (const name of shownLosses(state.focal)) {
      if (hasMeasure(name)) setText(this.rows[name].measure, fixed(evaluation.measures[name], 3));
      this.drawRow(name, evaluation.losses[name], names, state.loss === name);
    }
    const chosen = evaluation.losses[state.loss];
    const means = isCoordinateLoss(state.loss) ? ` with d by ${names.join(", ")}` : "";
    setText(this.formula, `${lossTitle(state.loss)} = ${FORMULAS[state.loss]}${means}`);
    this.drawSlopes(names, chosen);
  }

  /** Rows come and go without touching the others, one of which may have the focus. */
  private showFocal(focal: boolean): void {
    if (focal === this.body.contains(this.rows[FOCAL_LOSSES[0]].element)) return;
    for (const name of FOCAL_LOSSES) {
      if (focal) this.body.append(this.rows[name].element);
      else this.rows[name].element.remove();
    }
  }

  private row(name: LossName, group: string, width: number): Row {
    const radio = html("input", { type: "radio", name: group, value: name });
    const measure = html("td", { class: "lv-measure" });
    const value = html("td", { class: "lv-number" });
    const bars = [0, 1, 2, 3].map((i) => svg("rect", { x: barX(i), width: BAR.width, rx: 1.5 }));
    const zero = svg("line", {
      class: "lv-zero",
      x1: 0,
      x2: width - BAR.gap,
      y1: BAR.half,
      y2: BAR.half,
    });
    const frame = {
      viewBox: `0 0 ${width} ${2 * BAR.half}`,
      class: "lv-bars",
      "aria-hidden": "true",
    };
    const chart = svg("svg", frame, zero, ...bars);
    const none = html("span", { class: "lv-none" }, "no gradient");
    const words = html("span", { class: "lv-hidden" });
    const index = ALL_LOSSES.indexOf(name);
    const line = {
      viewBox: "0 0 18 6",
      class: `lv-swatch lv-series-${index}`,
      "aria-hidden": "true",
    };
    const swatch = svg("svg", line, svg("path", { d: "M0 3H18" }));
    const element = html(
      "tr",
      {},
      html("th", { scope: "row" }, html("label", {}, radio, lossTitle(name), swatch)),
      measure,
      value,
      html("td", {}, html("span", { class: "lv-gradient" }, chart, none, words)),
    );
    const chosen = `Choose ${lossTitle(name)}: its pull is drawn, and Step and Descend follow it.`;
    this.hints.explain(element, chosen);
    radio.addEventListener("change", () => this.choose(name));
    element.addEventListener("click", (event) => {
      if (!(event.target instanceof Element && event.target.closest("label"))) this.choose(name);
    });
    return { element, radio, measure, value, chart, bars, none, words };
  }

  private drawRow(
    name: LossName,
    reading: Reading,
    names: readonly string[],
    chosen: boolean,
  ): void {
    const row = this.rows[name];
    const none = hasNoPull(reading);
    row.element.classList.toggle("lv-chosen-row", chosen);
    row.element.classList.toggle("lv-no-pull", none);
    row.radio.checked = chosen;
    setText(row.value, short(isZero(reading.value) ? 0 : reading.value, 4));
    const largest = Math.max(...reading.gradient.map(Math.abs));
    row.bars.forEach((bar, i) => drawBar(bar, none ? 0 : reading.gradient[i] / largest));
    setText(
      row.words,
      none ? "" : reading.gradient.map((slope, i) => `${names[i]} ${short(slope, 2)}`).join(", "),
    );
  }

  private drawSlopes(names: readonly string[], reading: Reading): void {
    while (this.slopes.children.length < names.length) {
      this.slopes.append(html("div", {}, html("dt"), html("dd")));
    }
    names.forEach((name, i) => {
      const [term, value] = this.slopes.children[i].children;
      setText(term, `∂/∂${name}`);
      setText(value, short(isZero(reading.gradient[i]) ? 0 : reading.gradient[i]));
    });
  }
}

const barX = (i: number) => i * (BAR.width + BAR.gap);

/** Up is positive; a share of the row's largest derivative, at least a pixel where it is not zero. */
function drawBar(bar: SVGRectElement, share: number): void {
  const height = share === 0 || isZero(share) ? 0 : Math.max(1.5, Math.abs(share) * (BAR.half - 1));
  attributes(bar, {
    y: share > 0 ? BAR.half - height : BAR.half,
    height,
    class: share > 0 ? "lv-up" : "lv-down",
  });
}
