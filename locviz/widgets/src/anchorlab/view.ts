/** AnchorLab's view: boxes and sliders move at once; every number is the kernel's. */
import type { Box } from "../shared/boxes.ts";
import { bytes, floats } from "../shared/buffers.ts";
import { button, html, setText } from "../shared/dom.ts";
import { fixed } from "../shared/format.ts";
import { HintLine, hinted } from "../shared/hint_line.ts";
import type { LatestWins } from "../shared/kernel.ts";
import { KnobStore } from "../shared/knobs.ts";
import { listen, type Model } from "../shared/model.ts";
import type { Patience } from "../shared/patience.ts";
import type { Root } from "../shared/root.ts";
import { type Mark, rows } from "../shared/scene.ts";
import { Slider } from "../shared/slider.ts";
import { PriceChart, RecallChart } from "./charts.ts";
import { FLIPS, HINTS } from "./hints.ts";
import { Levels, stridesOf } from "./levels.ts";
import {
  type Command,
  KNOBS,
  type Knobs,
  type KnobsQuestion,
  LIMITS,
  type Result,
  type Survey,
  type Traits,
} from "./messages.ts";
import { Picture, type Point } from "./picture.ts";
import { Values } from "./values.ts";
import { bestInWords, headline, responsible, spokenResult, tally } from "./words.ts";

export class AnchorLabView {
  private readonly store: KnobStore<Knobs>;
  private readonly patience: Patience;
  private readonly picture: Picture;
  private readonly levels: Levels;
  private readonly recall = new RecallChart();
  private readonly price = new PriceChart();
  private readonly scales: Values;
  private readonly ratios: Values;
  private readonly positive: Slider;
  private readonly negative: Slider;
  private readonly forced = html("input", { type: "checkbox" });
  private readonly headline = html("p", { class: "lv-headline" });
  private readonly says = html("p", { class: "lv-says" });
  private readonly page = html("span", { class: "lv-page" });
  private readonly box = html("span", { class: "lv-page" });
  private readonly counts = html("ul", { class: "lv-counts" });
  private drawn: number[] = [];

  constructor(
    private readonly model: Model<Traits>,
    private readonly root: Root,
    questions: LatestWins<KnobsQuestion>,
    signal: AbortSignal,
  ) {
    this.store = new KnobStore<Knobs>(KNOBS, model, questions, () => this.knobsMoved(), signal);
    this.patience = this.store.patience(root, () => model.get("result").seq, signal);
    this.picture = new Picture(this.hooks(), signal);
    this.levels = new Levels({
      look: (level) => this.change({ level }, "level"),
      put: (strides) => this.change({ strides, level: null }, "strides"),
    });
    this.scales = this.values("scales", "scale", "scales (side in strides)");
    this.ratios = this.values("ratios", "ratio", "ratios (height / width)");
    this.positive = this.slider("positive from IoU", "positive");
    this.negative = this.slider("negative below IoU", "negative");
    this.layOut(signal);
    listen(model, "change:photo", () => this.photoArrived(), signal);
    listen(model, "change:curve", () => this.curveArrived(), signal);
    listen(model, "change:result", () => this.resultArrived(), signal);
    this.photoArrived();
    this.curveArrived();
    this.resultArrived();
    this.knobsMoved();
  }

  // What the user does

  private change(change: Partial<Knobs>, gesture: string): void {
    this.store.change(change, gesture);
    this.announce();
  }

  private command(name: Command["name"], ...args: number[]): void {
    const command: Command = { kind: "command", name, arguments: args };
    this.model.send(command);
    this.announce();
  }

  /** A threshold pushes the other one along: no anchor can be both. */
  private threshold(name: "positive" | "negative", value: number, gesture: string): void {
    const { positive, negative } = this.store.knobs;
    const pair =
      name === "positive"
        ? { positive: value, negative: Math.min(negative, value) }
        : { negative: value, positive: Math.max(positive, value) };
    this.store.change(pair, gesture);
  }

  private hooks() {
    const point = (): Point => {
      const { cell, target } = this.store.knobs;
      return cell ?? [(target[0] + target[2]) / 2, (target[1] + target[3]) / 2];
    };
    return {
      target: () => this.store.knobs.target,
      point,
      scale: () => this.model.get("scale"),
      moveTarget: (target: Box, gesture: string) => this.store.change({ target }, gesture),
      movePoint: (cell: Point, gesture: string) => this.store.change({ cell }, gesture),
      resetTarget: () => this.command("select", this.result.selected),
      free: () => this.store.knobs.cell === null,
      freePoint: () => this.change({ cell: null }, "reset"),
      done: () => this.announce(),
      select: (mark: number) =>
        this.drawn[mark] !== undefined && this.command("select", this.drawn[mark]),
    };
  }

  private knobsMoved(): void {
    const { scales, ratios, positive, negative, forced } = this.store.knobs;
    this.picture.showHandles();
    this.scales.show(scales);
    this.ratios.show(ratios);
    this.positive.show(positive);
    this.negative.show(negative);
    this.forced.checked = forced;
    this.showLevels();
    this.patience.wait();
  }

  // What the kernel says

  private get result() {
    return this.model.get("result");
  }

  private photoArrived(): void {
    const { size, png, image, num } = this.model.get("photo");
    this.picture.showPhoto(size, png);
    setText(this.page, `image ${image + 1} of ${num}`);
  }

  private curveArrived(): void {
    const curve = (sent: Survey) => ({ ious: floats(sent.ious), recall: floats(sent.recall) });
    this.recall.show(curve(this.model.get("curve")), curve(this.model.get("reference")));
    this.showHeadline();
  }

  private resultArrived(): void {
    const result = this.result;
    const { seq, design, best, shown_level: level, states, counts, positive } = result;
    const perCell = design.scales.length * design.ratios.length;
    const anchors = rows(floats(result.cell_anchors)).slice(level * perCell, (level + 1) * perCell);
    const cells = bytes(states.cells);
    this.picture.showLevel(
      { stride: design.strides[level], shape: states.shape, cells },
      result.point,
      anchors,
      best.region,
      `best IoU ${fixed(best.iou, 2)}`,
    );
    this.showTruths(result);
    this.recall.showThreshold(positive, result.recall);
    const { num_anchors } = this.model.get("reference");
    this.price.show(floats(result.tried), [num_anchors, result.default_recall ?? NaN]);
    setText(this.says, bestInWords(result));
    this.counts.replaceChildren(...tally(counts));
    this.showHeadline();
    this.showLevels();
    if (seq >= this.store.seq) this.patience.end();
  }

  /** The picture's other ground truths: solid where an anchor reaches them, dotted where none does. */
  private showTruths({ gt, gt_iou, gt_num, selected, positive }: Result): void {
    const ious = floats(gt_iou);
    const all = rows(floats(gt));
    const target = Math.min(selected, all.length - 1);
    this.drawn = all.map((_, i) => i).filter((i) => i !== target);
    const marks = this.drawn.map((i): Mark => {
      const reached = ious[i] >= positive;
      const title = `box ${i + 1}: best IoU ${fixed(ious[i], 2)}, ${responsible(gt_num[i])} for it; click to take it as the target`;
      return { box: all[i], kind: reached ? "right" : "missed", note: fixed(ious[i], 2), title };
    });
    const reached = [...ious].filter((iou) => iou >= positive).length;
    this.picture.showTruths(
      marks,
      `Image with ${all.length} boxes, ${reached} of them reached by an anchor`,
    );
    setText(this.box, `box ${target + 1} of ${all.length}`);
  }

  private showHeadline(): void {
    const [own, reference] = [this.model.get("curve"), this.model.get("reference")];
    this.headline.replaceChildren(...headline(this.result, own, reference));
  }

  private showLevels(): void {
    const { design, level_counts, shown_level, best } = this.result;
    const offered = stridesOf(this.model.get("reference").design.strides, this.store.knobs.strides);
    this.levels.show({
      offered,
      on: this.store.knobs.strides,
      known: design.strides,
      counts: level_counts,
      shown: shown_level,
      best: best.level,
      chosen: this.store.knobs.level,
    });
  }

  private announce(): void {
    this.root.sayAnswer(() => spokenResult(this.result, this.model.get("curve")));
  }

  // Layout

  private values(name: "scales" | "ratios", one: string, title: string): Values {
    return new Values({
      one,
      title,
      ...LIMITS[name],
      read: () => this.store.knobs[name],
      changed: (values, gesture) => this.store.change({ [name]: values }, gesture),
      reset: () => this.change({ [name]: this.store.initial[name] }, "reset"),
      done: () => this.announce(),
    });
  }

  private slider(label: string, name: "positive" | "negative"): Slider {
    return new Slider({
      label,
      min: 0.05,
      max: 0.95,
      step: 0.01,
      format: (value) => fixed(value, 2),
      changed: (value, gesture) => this.threshold(name, value, gesture),
      reset: () => this.threshold(name, this.store.initial[name], "reset"),
      done: () => this.announce(),
    });
  }

  private layOut(signal: AbortSignal): void {
    const turn = (by: number) => () => {
      const many = this.result.gt_num.length;
      this.command("select", (this.result.selected + by + many) % many);
    };
    const flip = (sign: string, label: keyof typeof FLIPS, act: () => void) =>
      hinted(button(sign, act, { "aria-label": label }), FLIPS[label]);
    const pager = html(
      "div",
      { class: "lv-pager" },
      html(
        "span",
        {},
        flip("‹", "Previous image", () => this.command("step", -1)),
        this.page,
        flip("›", "Next image", () => this.command("step", 1)),
      ),
      html(
        "span",
        {},
        flip("‹", "Previous box", turn(-1)),
        this.box,
        flip("›", "Next box", turn(1)),
      ),
    );
    const left = html(
      "div",
      { class: "lv-left" },
      pager,
      this.picture.scene.element,
      this.counts,
      this.says,
      this.levels.looks,
    );
    const right = html(
      "div",
      { class: "lv-right" },
      this.headline,
      this.recall.element,
      this.price.element,
      this.rule(),
    );
    const reset = button("Reset", () => this.command("reset"), { "aria-label": "Reset all" });
    this.levels.more.append(hinted(reset, HINTS.reset));
    this.root.body.append(
      html("div", { class: "lv-main" }, left, right),
      new HintLine(this.root.body, HINTS.rest, signal).element,
      html(
        "div",
        { class: "lv-design" },
        this.scales.element,
        this.ratios.element,
        this.levels.switches,
      ),
      this.patience.element,
    );
  }

  /** The thresholds, and what is forced. */
  private rule(): HTMLElement {
    this.forced.addEventListener("change", () =>
      this.change({ forced: this.forced.checked }, "setting"),
    );
    const forced = html(
      "label",
      {},
      this.forced,
      html("span", {}, "every box gets its best anchors"),
    );
    return html(
      "div",
      { class: "lv-controls" },
      hinted(this.positive.element, HINTS.positive),
      hinted(this.negative.element, HINTS.negative),
      hinted(forced, HINTS.forced),
    );
  }
}
