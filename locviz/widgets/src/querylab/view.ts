/** QueryLab's view: what is chosen moves at once; every map, box and sentence is the kernel's newest result. */
import { button, html, setText, setVisible } from "../shared/dom.ts";
import { HintLine, hinted } from "../shared/hint_line.ts";
import type { LatestWins } from "../shared/kernel.ts";
import { KnobStore } from "../shared/knobs.ts";
import { listen, type Model } from "../shared/model.ts";
import type { Patience } from "../shared/patience.ts";
import type { Root } from "../shared/root.ts";
import { Slider } from "../shared/slider.ts";
import { HINTS } from "./hints.ts";
import { Matrix } from "./matrix.ts";
import { KNOBS, type Knobs, type KnobsQuestion, type Scene, type Traits } from "./messages.ts";
import { Reference } from "./reference.ts";
import { QueryScene } from "./scene.ts";
import { MatchTable } from "./table.ts";
import { Timeline } from "./timeline.ts";

type Slid = "step" | "layer" | "query";

export class QueryLabView {
  private readonly store: KnobStore<Knobs>;
  private readonly patience: Patience;
  private readonly info: Scene;
  private readonly scene: QueryScene;
  private readonly matrix: Matrix;
  private readonly table: MatchTable;
  private readonly timeline: Timeline;
  private readonly reference: Reference;
  private readonly sliders: Record<Slid, Slider>;
  private readonly head: HTMLSelectElement;
  private readonly words = html("p", { class: "lv-words" });
  private readonly looks = html("p", { class: "lv-looks" });
  private readonly match = html("p", { class: "lv-match" });

  constructor(
    private readonly model: Model<Traits>,
    private readonly root: Root,
    questions: LatestWins<KnobsQuestion>,
    private readonly signal: AbortSignal,
  ) {
    this.info = model.get("scene");
    this.store = new KnobStore<Knobs>(KNOBS, model, questions, () => this.knobsMoved(), signal);
    this.patience = this.store.patience(root, () => this.result.seq, signal);
    const { queries, layers, steps } = this.info;
    const hooks = {
      query: () => this.store.knobs.query,
      pick: (query: number, gesture: string) => this.change({ query }, gesture),
      reset: () => this.change({ query: this.store.initial.query }, "reset"),
      scale: () => this.model.get("scale"),
    };
    this.scene = new QueryScene(this.info, model.get("photo"), hooks, signal);
    this.matrix = new Matrix(queries, (query) => this.change({ query }, "pick"), signal);
    this.reference = new Reference(
      model.get("photo").size,
      {
        read: () => this.place(),
        write: (place, gesture) => this.drag(place.slice(0, this.info.dim), gesture),
        reset: () => this.drag([], "reset"),
        done: () => this.announce(),
      },
      signal,
    );
    this.timeline = new Timeline(
      this.info,
      {
        step: () => this.store.knobs.step,
        show: (step, gesture) => this.store.change({ step, reference: [] }, gesture),
        pick: (step, query) => this.change({ step, query }, "pick"),
        settled: () => this.announce(),
      },
      signal,
    );
    this.table = new MatchTable(this.info, (query, layer) => this.change({ query, layer }, "pick"));
    this.sliders = {
      step: this.slider("step", "training step", steps.length, (value) => String(steps[value])),
      layer: this.slider("layer", "layer", layers, (value) => `${value + 1} of ${layers}`),
      query: this.slider("query", "query", queries, (value) => `${value}`),
    };
    this.head = this.makeHead();
    this.layOut();
    listen(model, "change:result", () => this.resultArrived(), signal);
    this.knobsMoved();
    this.resultArrived();
  }

  private get result() {
    return this.model.get("result");
  }

  private change(change: Partial<Knobs>, gesture: string): void {
    this.timeline.stop();
    this.store.change({ reference: [], ...change }, gesture);
    this.announce();
  }

  /** Where the reference point is drawn: where it was dragged to, or where the detector has it. */
  private place(): readonly number[] {
    const { reference } = this.store.knobs;
    const own = this.result.reference;
    return reference.length ? [reference[0], reference[1] ?? own[1]] : own;
  }

  private drag(reference: number[], gesture: string): void {
    this.store.change({ reference }, gesture);
  }

  // What shows at once

  private knobsMoved(): void {
    const { step, query, layer, head, reference } = this.store.knobs;
    this.patience.wait();
    for (const [name, slider] of Object.entries(this.sliders) as [Slid, Slider][]) slider.show(this.store.knobs[name]);
    this.head.value = head === null ? "" : String(head);
    this.scene.describe(query, this.result.queries[query].words);
    this.matrix.choose(query);
    this.table.choose(query, layer);
    this.timeline.show(step, layer, query);
    this.scene.moveReference(reference);
    this.reference.show(this.place());
  }

  // What the kernel says

  private resultArrived(): void {
    const { result } = this;
    this.store.follow(result.seq, result.of);
    this.scene.show(result, result.of.layer);
    this.scene.describe(result.of.query, result.words);
    this.matrix.show(result);
    this.table.show(result);
    this.matrix.choose(this.store.knobs.query);
    this.table.choose(this.store.knobs.query, this.store.knobs.layer);
    this.scene.moveReference(this.store.knobs.reference);
    this.reference.show(this.place());
    setText(this.words, result.words);
    setText(this.looks, result.looks);
    setText(this.match, result.match);
    if (result.seq >= this.store.seq) this.patience.end();
  }

  private announce(): void {
    this.root.sayAnswer(() => [this.result.words, this.result.looks, this.result.match].join(" "));
  }

  // Layout

  private slider(knob: Slid, label: string, num: number, format: (value: number) => string): Slider {
    const done = () => this.announce();
    const put = (value: number, gesture: string) => {
      this.timeline.stop();
      this.store.change({ reference: [], [knob]: value }, gesture);
    };
    const reset = () => {
      put(this.store.initial[knob], "reset");
      done();
    };
    const slider = new Slider({ label, min: 0, max: Math.max(num - 1, 1), step: 1, format, changed: put, reset, done });
    hinted(slider.element, HINTS[knob]);
    setVisible(slider.element, num > 1);
    return slider;
  }

  private makeHead(): HTMLSelectElement {
    const heads = Array.from({ length: this.info.heads }, (_, i) => html("option", { value: String(i) }, `head ${i + 1}`));
    const element = html("select", { "aria-label": "Head" }, html("option", { value: "" }, "mean of all heads"), ...heads);
    const choose = () => this.change({ head: element.value === "" ? null : Number(element.value) }, "head");
    element.addEventListener("change", choose, { signal: this.signal });
    return hinted(element, HINTS.head);
  }

  private layOut(): void {
    const reset = button("Reset", () => this.change(this.store.initial, "reset"), { "aria-label": "Reset all" });
    const { step, layer, query } = this.sliders;
    this.root.body.append(
      html("div", { class: "lv-controls" }, layer.element, query.element, this.head, hinted(reset, HINTS.reset)),
      this.timeline.make(step.element),
      this.words,
      html(
        "div",
        { class: this.info.dim === 1 ? "lv-board lv-time" : "lv-board" },
        html("div", { class: "lv-stage" }, html("div", { class: "lv-layers" }, this.scene.element, this.reference.element), this.legend()),
        this.matrix.element,
        this.table.element,
      ),
      this.match,
      this.looks,
      html(
        "div",
        { class: "lv-foot" },
        new HintLine(this.root.body, HINTS.rest, this.signal).element,
        html("span", { class: "lv-source" }, this.info.source),
      ),
      this.patience.element,
    );
  }

  private legend(): HTMLElement {
    const [, length] = this.model.get("photo").size;
    const words = [
      ...(this.info.dim === 1 ? [["lv-key-time", `time, from 0 to ${length}; every query has its own height`]] : []),
      ["lv-key-heat", "read by the query"],
      ["lv-key-chain", "its box: short dashes after the first layer, a full line after the last"],
      ["lv-key-truth", "objects"],
      ["lv-key-query", "queries; filled, with a line to it, where responsible for an object"],
      ...(this.info.steps.length > 1 ? [["lv-key-trail", "where the chosen query’s box has been"]] : []),
      ...(this.result.reference.length ? [["lv-key-reference", "its reference point: drag it"]] : []),
    ];
    return html("ul", { class: "lv-legend" }, ...words.map(([name, text]) => html("li", {}, html("i", { class: name }), html("span", {}, text))));
  }
}
