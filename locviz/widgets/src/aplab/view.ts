/** APLab's view: knobs move the point at once; every number shown is the kernel's. */
import { floats } from "../shared/buffers.ts";
import { button, html, setText } from "../shared/dom.ts";
import { fixed, share } from "../shared/format.ts";
import type { LatestWins } from "../shared/kernel.ts";
import { KnobStore } from "../shared/knobs.ts";
import { listen, type Model } from "../shared/model.ts";
import type { Patience } from "../shared/patience.ts";
import type { Root } from "../shared/root.ts";
import { SceneView } from "../shared/scene.ts";
import type { Slider } from "../shared/slider.ts";
import { legendOf, marksOf } from "../shared/marks.ts";
import { Bars } from "./bars.ts";
import { CurveChart } from "./chart.ts";
import { type Curve, turned } from "./curve.ts";
import { KNOBS, type Knobs, type KnobsQuestion, LIMITS, type Traits } from "./messages.ts";
import { Sweep } from "./sweep.ts";

const EMPTY: Curve = {
  recall: new Float32Array(),
  precision: new Float32Array(),
  score: new Float32Array(),
  envelope: new Float32Array(),
};

export class APLabView {
  private readonly store: KnobStore<Knobs>;
  private readonly scene: SceneView;
  private readonly chart: CurveChart;
  private readonly bars: Bars;
  private readonly score: Slider;
  private readonly iou: Slider;
  private readonly classes: HTMLSelectElement;
  private readonly area = html("strong", { class: "lv-ap" });
  private readonly averaged = html("span", {});
  private readonly swept = html("span", { class: "lv-so-far" });
  private readonly sweep: Sweep;
  private readonly sweepButton = button("Sweep", () => this.toggleSweep(), {
    title: "Lower the score threshold from 1 to 0 and watch the area fill",
  });
  private readonly says = html("div", { class: "lv-numbers" });
  private readonly page = html("span", { class: "lv-page" });
  private readonly legend = html("ul", { class: "lv-outcomes" });
  private readonly patience: Patience;
  private curve: Curve = EMPTY;
  private sweeping = false;
  private filling = false;

  constructor(
    private readonly model: Model<Traits>,
    private readonly root: Root,
    questions: LatestWins<KnobsQuestion>,
    signal: AbortSignal,
  ) {
    this.scene = new SceneView(signal);
    this.store = new KnobStore<Knobs>(KNOBS, model, questions, () => this.knobsMoved(), signal);
    this.patience = this.store.patience(root, () => model.get("reading").seq, signal);
    this.bars = new Bars((iou_threshold) => this.change({ iou_threshold }, "threshold"));
    this.chart = new CurveChart(
      {
        score: () => this.store.knobs.score_threshold,
        curve: () => this.curve,
        reading: () => model.get("reading"),
        move: (score_threshold, gesture) => this.store.change({ score_threshold }, gesture),
        reset: () => this.change({ score_threshold: this.store.initial.score_threshold }, "reset"),
        done: () => this.announce(),
      },
      signal,
    );
    this.sweep = new Sweep(
      {
        put: (score_threshold) => {
          this.sweeping = true;
          this.store.change({ score_threshold }, "sweep");
          this.sweeping = false;
        },
        turned: (running) => this.sweepTurned(running),
      },
      signal,
    );
    this.score = this.slider("score threshold", "score_threshold", LIMITS.score_threshold.low);
    this.iou = this.slider("IoU threshold", "iou_threshold", 0.05);
    this.score.element.title = "Boxes that score less than this are left out";
    this.iou.element.title = "A box is right from this overlap on";
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
    this.change(
      { image: turned(this.model.get("curve").pages, this.store.knobs.image, by) },
      "page",
    );
  }

  private toggleSweep(): void {
    if (this.sweep.running) this.sweep.stop();
    else this.sweep.start();
  }

  private sweepTurned(running: boolean): void {
    this.filling ||= running;
    setText(this.sweepButton, running ? "Stop" : "Sweep");
    if (!running) this.announce();
  }

  /** The user, or Python, moved a knob: that ends a sweep. */
  private knobsMoved(): void {
    if (!this.sweeping) {
      this.sweep.stop();
      this.filling = false;
    }
    this.showKnobs();
  }

  private showKnobs(): void {
    const { score_threshold, iou_threshold, label } = this.store.knobs;
    this.score.show(score_threshold);
    this.iou.show(iou_threshold);
    this.classes.value = label === null ? "" : String(label);
    this.showFilling();
    this.patience.wait();
  }

  // What the kernel says

  private curveArrived(): void {
    const sent = this.model.get("curve");
    const names = ["recall", "precision", "score", "envelope"] as const;
    this.curve = Object.fromEntries(
      names.map((name) => [name, floats(sent[name])]),
    ) as unknown as Curve;
    this.chart.showCurve(sent.num_gt ? this.curve : (this.curve = EMPTY));
    this.bars.show(sent.thresholds, sent.aps, sent.iou, sent.label === null);
    setText(this.area, sent.ap === null ? "undefined: nothing to find" : fixed(sent.ap, 3));
    const pooled = sent.label === null;
    setText(this.averaged, pooled ? "AP of all classes in one ranking:" : "average precision, the shaded area:");
    this.showKnobs();
    this.sceneArrived();
    this.readingArrived();
  }

  private photoArrived(): void {
    const { size, png } = this.model.get("photo");
    this.scene.showPhoto(size, png);
  }

  private sceneArrived(): void {
    const scene = this.model.get("scene");
    const names = this.model.get("classes").map(({ name }) => name);
    const { tally } = scene;
    const words = `Image ${scene.image + 1}: ${tally[0]} right, ${tally[1]} wrong, ${tally[2]} missed`;
    this.scene.show(marksOf(scene, names, this.store.knobs.label === null), words);
    const { pages } = this.model.get("curve");
    const at = pages.indexOf(scene.image) + 1;
    this.legend.replaceChildren(...legendOf(tally));
    setText(this.page, at ? `image ${at} of ${pages.length}` : "an image without this class");
  }

  private readingArrived(): void {
    const reading = this.model.get("reading");
    const { precision, recall, counts } = reading;
    const [right, wrong, missed] = counts;
    this.numbers([
      ["precision", share(precision), `${right} of ${right + wrong} predicted`],
      ["recall", share(recall), `${right} of ${right + missed} there`],
    ]);
    this.chart.showPoint();
    this.showFilling();
    if (reading.seq < this.store.seq) return;
    this.patience.end();
  }

  /** The area swept so far, in the picture and in words: both from one message. */
  private showFilling(): void {
    const { area } = this.model.get("reading");
    this.chart.showSwept(this.filling);
    setText(this.swept, this.filling ? `swept so far: ${share(area)}` : "");
  }

  private numbers(rows: [string, string, string][]): void {
    const items = rows.map(([name, value, why]) =>
      html("p", {}, html("span", {}, name), html("b", {}, value), html("span", {}, why)),
    );
    this.says.replaceChildren(...items);
  }

  private announce(): void {
    this.root.sayAnswer(() => {
      const { precision, recall } = this.model.get("reading");
      return `AP ${share(this.model.get("curve").ap)}, precision ${share(precision)}, recall ${share(recall)}`;
    });
  }

  // Layout

  private slider(label: string, knob: "score_threshold" | "iou_threshold", min: number): Slider {
    const fine = knob === "iou_threshold"; // where boxes are tight, AP falls fast
    return this.store.slider(knob, {
      label,
      min,
      max: LIMITS[knob].high,
      step: fine ? 0.005 : 0.01,
      format: (value) => fixed(value, fine ? 3 : 2),
      done: () => this.announce(),
    });
  }

  private classChoice(): HTMLSelectElement {
    const known = this.model.get("classes");
    const options = known.map(({ label, name, num_gt }) =>
      html("option", { value: String(label) }, `${name} (${num_gt})`),
    );
    const element = html(
      "select",
      { title: "The class whose boxes are ranked; pooled puts all classes in one ranking" },
      ...options,
      html("option", { value: "" }, "all classes, pooled"),
    );
    element.addEventListener("change", () => {
      this.change({ label: element.value === "" ? null : Number(element.value) }, "class");
      const { pages } = this.model.get("curve");
      if (pages.length && !pages.includes(this.store.knobs.image)) this.turn(1);
    });
    return element;
  }

  private layOut(): void {
    const previous = button("‹", () => this.turn(-1), { "aria-label": "Previous image" });
    const next = button("›", () => this.turn(1), { "aria-label": "Next image" });
    const pager = html("div", { class: "lv-pager" }, previous, this.page, next);
    const reset = button("Reset", () => this.change(this.store.initial, "reset"), {
      "aria-label": "Reset all",
      title: "Every knob goes back to where the cell put it",
    });
    const left = html("div", { class: "lv-left" }, pager, this.scene.element, this.legend);
    const headline = html(
      "p",
      { class: "lv-headline" },
      this.averaged,
      this.area,
      this.swept,
    );
    const middle = html("div", { class: "lv-middle" }, headline, this.chart.element, this.says);
    this.root.body.append(
      html("div", { class: "lv-main" }, left, middle, this.bars.element),
      html(
        "div",
        { class: "lv-controls" },
        html("label", {}, html("span", {}, "class"), this.classes),
        this.score.element,
        this.iou.element,
        this.sweepButton,
        reset,
      ),
      this.patience.element,
    );
  }
}
