/** FocalLab's view: grips and sliders move at once; every number and sentence is the kernel's newest result. */
import { floats } from "../shared/buffers.ts";
import { attributes, button, html, setText, setVisible } from "../shared/dom.ts";
import { fixed } from "../shared/format.ts";
import { HintLine, hinted } from "../shared/hint_line.ts";
import type { LatestWins } from "../shared/kernel.ts";
import { KnobStore } from "../shared/knobs.ts";
import { listen, type Model } from "../shared/model.ts";
import type { Patience } from "../shared/patience.ts";
import type { Root } from "../shared/root.ts";
import { Slider } from "../shared/slider.ts";
import { Bars, HistogramChart, partsLegend } from "./batch.ts";
import type { RuleHooks } from "./chart.ts";
import { CurveChart, PointTable } from "./losses.ts";
import { KNOBS, type Knobs, type KnobsQuestion, LIMITS, type Side, type Traits } from "./messages.ts";
import { nearestStop } from "./stops.ts";
import { thousands } from "./words.ts";

const SIDES: readonly Side[] = ["positive", "negative"];
const USUAL_ALPHA = 0.25; // where alpha stands when it is switched on and was never set

const REST = "Point at a control to read what it does; the ? at the top says what mouse and keys do.";
const HINTS = {
  p_t: "The probability that one prediction gives to the true answer: drag it to read its loss and gradient.",
  threshold: "A negative with a p_t above this line is easy: drag it to draw the border elsewhere.",
  side: "Whose curves are drawn: alpha weighs positives, 1 − alpha weighs negatives.",
  gamma: "How strongly focal loss turns down predictions that are already right; 0 not at all.",
  alpha: "The weight of positives; negatives get 1 − alpha.",
  alphaOn: "Without alpha positives and negatives weigh the same.",
  training_step: "The same batch, predicted by the detector after so many steps of its training.",
  imbalance: "How many negatives are kept per positive, drawn at random.",
  reset: "Every knob goes back to where the cell put it.",
};

export class FocalLabView {
  private readonly store: KnobStore<Knobs>;
  private readonly patience: Patience;
  private readonly loss: CurveChart;
  private readonly gradient: CurveChart;
  private readonly histogram: HistogramChart;
  private readonly share: CurveChart;
  private readonly table = new PointTable();
  private readonly bars = new Bars();
  private readonly pointWords = html("p", { class: "lv-words" });
  private readonly shareWords = html("p", { class: "lv-words" });
  private readonly gamma: Slider;
  private readonly alpha: Slider;
  private readonly alphaOn = html("input", { type: "checkbox" });
  private readonly step: Slider;
  private readonly imbalance: Slider;
  private readonly sides: HTMLButtonElement[];
  private alphaBefore = USUAL_ALPHA;

  constructor(
    private readonly model: Model<Traits>,
    private readonly root: Root,
    questions: LatestWins<KnobsQuestion>,
    private readonly signal: AbortSignal,
  ) {
    this.store = new KnobStore<Knobs>(KNOBS, model, questions, () => this.showKnobs(), signal);
    this.patience = this.store.patience(root, () => this.result.seq, signal);
    const [point, border] = [this.pointHooks(), this.borderHooks()];
    const below = "p_t: probability of the true answer";
    const whole = (value: number) => fixed(value, 0);
    const losses = { title: "loss", y: [0, 5] as const, yTicks: 5, yFormat: whole, below };
    const slopes = { title: "size of its gradient by the logit", y: [0, 1.4] as const, below };
    const title = "share of the whole gradient held by …";
    const shares = { title, y: [0, 1] as const, yTicks: 5, below: "… negatives with a p_t above this" };
    this.loss = new CurveChart(losses, point("loss"), signal);
    this.gradient = new CurveChart(slopes, point("gradient"), signal);
    const { predictions } = model.get("batch");
    this.histogram = new HistogramChart(predictions, border("histogram"), signal);
    this.share = new CurveChart(shares, border("share"), signal);
    this.gamma = this.slider("gamma", "gamma", 0.05, 2);
    this.alpha = this.slider("alpha", "alpha", 0.01, 2);
    this.step = this.stopped("training step", "training_step", String);
    this.imbalance = this.stopped("negatives per positive", "imbalance", (value) =>
      value === null ? "all" : String(value),
    );
    this.sides = SIDES.map((side) =>
      button(`${side}s`, () => this.change({ side }, "side"), { "data-side": side }),
    );
    this.alphaOn.addEventListener("change", () => this.switchAlpha());
    this.layOut();
    listen(model, "change:result", () => this.resultArrived(), signal);
    this.showKnobs();
    this.resultArrived();
  }

  private get result() {
    return this.model.get("result");
  }

  // What the user does

  private change(change: Partial<Knobs>, gesture: string): void {
    this.store.change(change, gesture);
    this.announce(Object.keys(change)[0]);
  }

  private switchAlpha(): void {
    const { alpha } = this.store.knobs;
    if (alpha !== null) this.alphaBefore = alpha;
    this.change({ alpha: alpha === null ? this.alphaBefore : null }, "switch");
  }

  private pointHooks(): (where: string) => RuleHooks {
    const words = () => this.result.point.words;
    return (where) => this.ruleHooks("p_t", `p_t of the point, on the ${where} chart`, 0.001, words);
  }

  private borderHooks(): (where: string) => RuleHooks {
    const label = "Border of the easy negatives, on the";
    const words = () => this.result.shares.words;
    return (where) => this.ruleHooks("threshold", `${label} ${where} chart`, 0.01, words);
  }

  private ruleHooks(
    knob: "p_t" | "threshold",
    label: string,
    grain: number,
    words: () => string,
  ): RuleHooks {
    return {
      ...LIMITS[knob],
      grain,
      label,
      hint: HINTS[knob],
      beyond: knob === "threshold",
      words,
      read: () => this.store.knobs[knob],
      write: (value, gesture) => this.store.change({ [knob]: value }, gesture),
      reset: () => this.change({ [knob]: this.store.initial[knob] }, "reset"),
      done: () => this.announce(knob),
    };
  }

  // What shows at once

  private showKnobs(): void {
    const { gamma, alpha, side, training_step, imbalance } = this.store.knobs;
    const { steps, imbalances } = this.model.get("batch");
    this.showRules();
    this.gamma.show(gamma);
    this.alpha.show(alpha ?? this.alphaBefore);
    this.alphaOn.checked = alpha !== null;
    attributes(this.alpha.element.querySelector("input")!, { disabled: alpha === null });
    this.alpha.element.classList.toggle("lv-off", alpha === null);
    this.step.show(nearestStop(steps, training_step));
    this.imbalance.show(nearestStop(imbalances, imbalance));
    for (const one of this.sides)
      attributes(one, { "aria-pressed": String(one.dataset.side === side) });
    this.patience.wait();
  }

  private showRules(): void {
    for (const chart of [this.loss, this.gradient, this.histogram, this.share]) chart.showRule();
  }

  // What the kernel says

  private resultArrived(): void {
    const { seq, curves, point, histogram, shares } = this.result;
    const xs = floats(curves.p_t);
    this.loss.showCurves(xs, floats(curves.loss));
    this.gradient.showCurves(xs, floats(curves.gradient));
    this.loss.showDots(point.p_t, point.loss);
    this.gradient.showDots(point.p_t, point.gradient);
    this.table.show(point);
    setText(this.pointWords, point.words);
    this.histogram.showCounts(histogram);
    this.share.showCurves(floats(shares.thresholds), floats(shares.above));
    this.share.showDots(shares.threshold, shares.bars.map(([easy]) => easy));
    this.bars.show(shares);
    setText(this.shareWords, shares.counted);
    this.showRules();
    if (seq >= this.store.seq) this.patience.end();
  }

  /** Read out what a knob changed most of. */
  private announce(knob: string): void {
    const single = knob === "p_t" || knob === "side";
    this.root.sayAnswer(() => (single ? this.result.point : this.result.shares).words);
  }

  // Layout

  private slider(knob: "gamma" | "alpha", label: string, step: number, digits: number): Slider {
    const { low: min, high: max } = LIMITS[knob];
    const off = () => knob === "alpha" && this.store.knobs.alpha === null;
    const format = (value: number) => (off() ? "off" : fixed(value, digits));
    const done = () => this.announce(knob);
    const slider = this.store.slider(knob, { label, min, max, step, format, done });
    hinted(slider.element, HINTS[knob]);
    return slider;
  }

  /** A slider that stops at the kernel's values. */
  private stopped(
    label: string,
    knob: "training_step" | "imbalance",
    format: (value: number | null) => string,
  ): Slider {
    const batch = this.model.get("batch");
    const stops: readonly (number | null)[] = knob === "imbalance" ? batch.imbalances : batch.steps;
    const put = (value: number | null, gesture: string) => this.store.change({ [knob]: value }, gesture);
    const slider = new Slider({
      label,
      min: 0,
      max: stops.length - 1,
      step: 1,
      // Python may have set a value between two stops.
      format: () => format(this.store.knobs[knob]),
      changed: (at, gesture) => put(stops[at], gesture),
      reset: () => {
        put(this.store.initial[knob], "reset");
        this.announce(knob);
      },
      done: () => this.announce(knob),
    });
    hinted(slider.element, HINTS[knob]);
    setVisible(slider.element, stops.length > 1);
    return slider;
  }

  private layOut(): void {
    const reset = button("Reset", () => this.change(this.store.initial, "reset"), {
      "aria-label": "Reset all",
    });
    const sides = html("div", { class: "lv-sides", role: "group", "aria-label": "Curves for" }, ...this.sides);
    const alphaOn = html("label", { class: "lv-switch" }, this.alphaOn, html("span", {}, "use alpha"));
    const { source, predictions, positives } = this.model.get("batch");
    const counted = `${source}: ${thousands(predictions)} predictions`;
    this.root.body.append(
      heading("One prediction", "a positive and a negative differ by alpha alone", hinted(sides, HINTS.side)),
      row(this.loss.element, this.gradient.element, html("div", {}, this.table.element, this.pointWords)),
      heading("A whole batch", counted, partsLegend(positives)),
      row(this.histogram.element, this.share.element, html("div", {}, this.bars.element, this.shareWords)),
      html(
        "div",
        { class: "lv-controls" },
        this.gamma.element,
        html("div", { class: "lv-alpha" }, hinted(alphaOn, HINTS.alphaOn), this.alpha.element),
        this.step.element,
        this.imbalance.element,
      ),
      html("div", { class: "lv-foot" }, new HintLine(this.root.body, REST, this.signal).element, hinted(reset, HINTS.reset)),
      this.patience.element,
    );
  }
}

const row = (...children: HTMLElement[] | Element[]): HTMLElement =>
  html("div", { class: "lv-row" }, ...children);

const heading = (title: string, words: string, aside: HTMLElement): HTMLElement =>
  html("div", { class: "lv-head" }, html("h4", {}, title), html("span", {}, words), aside);
