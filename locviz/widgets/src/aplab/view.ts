/** APLab's view: knobs move the point at once; every number shown is the kernel's. */
import { attributes, html, setText } from "../shared/dom.ts";
import { fixed } from "../shared/format.ts";
import { floats, type LatestWins } from "../shared/kernel.ts";
import { KnobStore } from "../shared/knobs.ts";
import { listen, type Model } from "../shared/model.ts";
import { Patience } from "../shared/patience.ts";
import type { Root } from "../shared/root.ts";
import { SceneView } from "../shared/scene.ts";
import { Slider } from "../shared/slider.ts";
import { Bars } from "./bars.ts";
import { CurveChart } from "./chart.ts";
import type { Curve } from "./curve.ts";
import { legendOf, marksOf, type Scene } from "../shared/marks.ts";

interface Knobs {
  score_threshold: number;
  iou_threshold: number;
  label: number | null;
  image: number;
}

interface KernelCurve extends Record<keyof Curve, DataView> {
  ap: number | null;
  iou: number;
  num_gt: number;
  pages: number[];
  thresholds: number[];
  aps: (number | null)[];
}

interface Reading {
  seq: number;
  precision: number | null;
  recall: number | null;
  counts: [number, number, number];
}

interface ShownScene extends Scene {
  image: number;
  tally: [number, number, number];
}

interface ClassInfo {
  label: number;
  name: string;
  num_gt: number;
}

const EMPTY: Curve = { recall: new Float32Array(), precision: new Float32Array(), score: new Float32Array(), envelope: new Float32Array() };
const KNOBS = ["score_threshold", "iou_threshold", "label", "image"] as const;

export class APLabView {
  private readonly store: KnobStore<Knobs>;
  private readonly scene: SceneView;
  private readonly chart: CurveChart;
  private readonly bars: Bars;
  private readonly score: Slider;
  private readonly iou: Slider;
  private readonly classes: HTMLSelectElement;
  private readonly area = html("strong", { class: "lv-ap" });
  private readonly says = html("div", { class: "lv-numbers" });
  private readonly page = html("span", { class: "lv-page" });
  private readonly legend = html("ul", { class: "lv-outcomes" });
  private readonly patience: Patience;
  private curve: Curve = EMPTY;

  constructor(
    private readonly model: Model,
    private readonly root: Root,
    questions: LatestWins<Record<string, unknown>>,
    signal: AbortSignal,
  ) {
    this.patience = new Patience(() => this.late(), signal);
    this.store = new KnobStore(KNOBS, model, questions, () => this.knobsMoved(), signal);
    this.scene = new SceneView(signal);
    this.bars = new Bars((iou_threshold) => this.change({ iou_threshold }, "threshold"));
    this.chart = new CurveChart(
      {
        score: () => this.store.knobs.score_threshold,
        curve: () => this.curve,
        move: (score_threshold, gesture) => this.store.change({ score_threshold }, gesture),
        reset: () => this.change({ score_threshold: this.store.initial.score_threshold }, "reset"),
        done: () => this.announce(),
      },
      signal,
    );
    this.score = this.slider("score threshold", "score_threshold", 0, 0.01);
    this.iou = this.slider("IoU threshold", "iou_threshold", 0.05, 0.01);
    this.classes = this.classChoice();
    this.layOut();
    listen(model, "change:curve", () => this.curveArrived(), signal);
    listen(model, "change:photo", () => this.photoArrived(), signal);
    listen(model, "change:scene", () => this.sceneArrived(), signal);
    listen(model, "change:reading", () => this.readingArrived(), signal);
    this.photoArrived();
    this.curveArrived();
  }

  // What the user does

  private change(change: Partial<Knobs>, gesture: string): void {
    this.store.change(change, gesture);
    this.announce();
  }

  private turn(by: number): void {
    const { pages } = this.kernelCurve;
    if (!pages.length) return;
    const at = pages.indexOf(this.store.knobs.image);
    const next = at < 0 ? pages.findIndex((page) => page > this.store.knobs.image) : at + by;
    this.change({ image: pages[(next + pages.length) % pages.length] }, "page");
  }

  private knobsMoved(): void {
    const { score_threshold, iou_threshold, label } = this.store.knobs;
    this.score.show(score_threshold);
    this.iou.show(iou_threshold);
    this.classes.value = label === null ? "" : String(label);
    this.chart.showPoint();
    this.patience.wait();
  }

  // What the kernel says

  private get kernelCurve(): KernelCurve {
    return this.model.get<KernelCurve>("curve");
  }

  private curveArrived(): void {
    const sent = this.kernelCurve;
    const names = ["recall", "precision", "score", "envelope"] as const;
    this.curve = Object.fromEntries(names.map((name) => [name, floats(sent[name])])) as unknown as Curve;
    this.chart.showCurve(sent.num_gt ? this.curve : (this.curve = EMPTY));
    this.bars.show(sent.thresholds, sent.aps, sent.iou);
    setText(this.area, sent.ap === null ? "undefined: nothing to find" : fixed(sent.ap, 3));
    this.knobsMoved();
    this.sceneArrived();
    this.readingArrived();
  }

  private photoArrived(): void {
    const { size, png } = this.model.get<{ size: number[]; png?: DataView }>("photo");
    this.scene.showPhoto(size, png);
  }

  private sceneArrived(): void {
    const scene = this.model.get<ShownScene>("scene");
    const names = this.model.get<ClassInfo[]>("classes").map(({ name }) => name);
    const { tally } = scene;
    const words = `Image ${scene.image + 1}: ${tally[0]} right, ${tally[1]} wrong, ${tally[2]} missed`;
    this.scene.show(marksOf(scene, names, this.store.knobs.label === null), words);
    const { pages } = this.kernelCurve;
    const at = pages.indexOf(scene.image) + 1;
    this.legend.replaceChildren(...legendOf(tally));
    setText(this.page, at ? `image ${at} of ${pages.length}` : "an image without this class");
  }

  private readingArrived(): void {
    const reading = this.model.get<Reading>("reading");
    const { precision, recall, counts } = reading;
    const [right, wrong, missed] = counts;
    this.numbers([
      ["precision", share(precision), `${right} of ${right + wrong} said`],
      ["recall", share(recall), `${right} of ${right + missed} there`],
    ]);
    if (reading.seq < this.store.seq) return;
    this.patience.end();
  }

  /** An answer is due and will come: no error and no lost kernel explains why it is not here. */
  private late(): boolean {
    const silent = !this.root.connected() || this.model.get<string>("last_error") !== "";
    return this.model.get<Reading>("reading").seq < this.store.seq && !silent;
  }

  private numbers(rows: [string, string, string][]): void {
    const items = rows.map(([name, value, why]) => html("p", {}, html("span", {}, name), html("b", {}, value), html("span", {}, why)));
    this.says.replaceChildren(...items);
  }

  private announce(): void {
    setTimeout(() => {
      const { precision, recall } = this.model.get<Reading>("reading");
      this.root.say(`AP ${share(this.kernelCurve.ap)}, precision ${share(precision)}, recall ${share(recall)}`);
    }, 250);
  }

  // Layout

  private slider(label: string, knob: "score_threshold" | "iou_threshold", min: number, step: number): Slider {
    return new Slider({
      label,
      min,
      max: 1,
      step,
      format: (value) => fixed(value, 2),
      changed: (value, gesture) => this.store.change({ [knob]: value }, gesture),
      reset: () => this.change({ [knob]: this.store.initial[knob] }, "reset"),
      done: () => this.announce(),
    });
  }

  private classChoice(): HTMLSelectElement {
    const known = this.model.get<ClassInfo[]>("classes");
    const options = known.map(({ label, name, num_gt }) => html("option", { value: String(label) }, `${name} (${num_gt})`));
    const element = html("select", {}, ...options, html("option", { value: "" }, "all classes, pooled"));
    element.addEventListener("change", () => {
      this.change({ label: element.value === "" ? null : Number(element.value) }, "class");
      const { pages } = this.kernelCurve;
      if (pages.length && !pages.includes(this.store.knobs.image)) this.turn(1);
    });
    return element;
  }

  private layOut(): void {
    const button = (text: string, label: string, act: () => void) => {
      const element = attributes(html("button", { type: "button" }, text), { "aria-label": label });
      element.addEventListener("click", act);
      return element;
    };
    const pager = html("div", { class: "lv-pager" }, button("‹", "Previous image", () => this.turn(-1)), this.page, button("›", "Next image", () => this.turn(1)));
    const reset = button("Reset", "Reset all", () => this.change(this.store.initial, "reset"));
    const left = html("div", { class: "lv-left" }, pager, this.scene.element, this.legend);
    const headline = html("p", { class: "lv-headline" }, html("span", {}, "average precision, the shaded area:"), this.area);
    const middle = html("div", { class: "lv-middle" }, headline, this.chart.element, this.says);
    this.root.body.append(
      html("div", { class: "lv-main" }, left, middle, this.bars.element),
      html("div", { class: "lv-controls" }, html("label", {}, html("span", {}, "class"), this.classes), this.score.element, this.iou.element, reset),
      this.patience.element,
    );
  }
}

function share(value: number | null): string {
  return value === null ? "undefined" : fixed(value, 3);
}
