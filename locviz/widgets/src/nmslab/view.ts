/** NMSLab's view: boxes and scores move at once; every verdict, line and sentence is the kernel's newest result. */
import type { Box } from "../shared/boxes.ts";
import { attributes, button, html, setText, setVisible } from "../shared/dom.ts";
import { fixed } from "../shared/format.ts";
import { HintLine, hinted } from "../shared/hint_line.ts";
import type { LatestWins } from "../shared/kernel.ts";
import { KnobStore } from "../shared/knobs.ts";
import { listen, type Model } from "../shared/model.ts";
import type { Patience } from "../shared/patience.ts";
import type { Root } from "../shared/root.ts";
import { Slider } from "../shared/slider.ts";
import { Bars } from "./bars.ts";
import { HINTS } from "./hints.ts";
import { KNOBS, type Knobs, type KnobsQuestion, LIMITS, type MethodInfo, type MethodName, type Scene, type Traits } from "./messages.ts";
import { Panel } from "./panel.ts";
import { Player } from "./player.ts";

type Ranged = "threshold" | "second_threshold" | "sigma" | "beta" | "weight" | "score_threshold";
const OWN = ["sigma", "beta", "weight"] as const;

export class NMSLabView {
  private readonly store: KnobStore<Knobs>;
  private readonly patience: Patience;
  private readonly info: Scene;
  private readonly panels: Panel[];
  private readonly bars: Bars;
  private readonly player: Player;
  private readonly board = html("div", { class: "lv-board" });
  private readonly look = html("p", { class: "lv-look" });
  private readonly difference = html("p", { class: "lv-difference" });
  private readonly method: HTMLSelectElement;
  private readonly second: HTMLSelectElement;
  private readonly sliders: Record<Ranged, Slider>;
  private readonly allLabels = html("input", { type: "checkbox" });
  private selected = -1;
  private looked = -1;
  private moving = -1; // the box that is dragged: nothing else of what shows at once has changed

  constructor(
    private readonly model: Model<Traits>,
    private readonly root: Root,
    questions: LatestWins<KnobsQuestion>,
    private readonly signal: AbortSignal,
  ) {
    this.info = model.get("scene");
    this.store = new KnobStore<Knobs>(KNOBS, model, questions, () => this.knobsMoved(), signal);
    this.patience = this.store.patience(root, () => this.result.seq, signal);
    this.panels = [0, 1].map((i) => new Panel(this.info, model.get("photo"), i, this.sceneHooks(), signal));
    this.bars = new Bars(this.info, this.barHooks(), signal);
    this.player = new Player(this.playerHooks(), signal);
    const { methods } = this.info;
    this.method = this.select(methods, "Method", (name) => this.change({ method: name as MethodName }, "method"));
    this.second = this.select(methods, "Second method", (name) =>
      this.change({ second: (name || null) as MethodName | null }, "method"),
    );
    this.second.prepend(html("option", { value: "" }, "nothing beside it"));
    this.sliders = {
      threshold: this.slider("threshold", "threshold"),
      second_threshold: this.slider("second_threshold", "threshold"),
      sigma: this.slider("sigma", "sigma"),
      beta: this.slider("beta", "beta"),
      weight: this.slider("weight", "weight"),
      score_threshold: this.slider("score_threshold", "report above"),
    };
    this.allLabels.addEventListener("change", () => this.change({ all_labels: this.allLabels.checked }, "switch"));
    this.layOut();
    listen(model, "change:result", () => this.resultArrived(), signal);
    this.knobsMoved();
    this.resultArrived();
  }

  private get result() {
    return this.model.get("result");
  }

  // What the user does

  private change(change: Partial<Knobs>, gesture: string): void {
    this.player.pause();
    this.store.change(change, gesture);
    this.announce();
  }

  private write(change: Partial<Knobs>, gesture: string): void {
    this.player.pause();
    this.store.change(change, gesture);
  }

  private sceneHooks() {
    const { store } = this;
    const put = (row: number, box: Box, gesture: string) => {
      this.moving = row;
      this.write({ boxes: store.knobs.boxes.map((old, i) => (i === row ? box : old)) }, gesture);
      this.moving = -1;
    };
    return {
      scale: () => this.model.get("scale"),
      boxes: () => store.knobs.boxes,
      write: put,
      reset: (row: number) => {
        put(row, store.initial.boxes[row], "reset");
        this.announce();
      },
      done: () => this.announce(),
      look: (row: number) => this.lookAt(row),
      select: (row: number) => this.choose(row),
      selected: () => this.selected,
      words: (row: number) => this.result.sides[0].candidates[row]?.words ?? "",
    };
  }

  private barHooks() {
    const { store } = this;
    const put = (row: number, score: number, gesture: string) =>
      this.write({ scores: store.knobs.scores.map((old, i) => (i === row ? score : old)) }, gesture);
    return {
      score: (row: number) => store.knobs.scores[row],
      write: put,
      reset: (row: number) => {
        put(row, store.initial.scores[row], "reset");
        this.announce();
      },
      done: () => this.announce(),
      look: (row: number) => this.lookAt(row),
    };
  }

  private playerHooks() {
    const steps = () => Math.max(...this.result.sides.map((side) => side.steps));
    return {
      now: () => Math.min(this.store.knobs.played ?? Infinity, steps()),
      steps,
      go: (step: number, gesture: string) => this.store.change({ played: step >= steps() ? null : step }, gesture),
      reset: () => this.change({ played: this.store.initial.played }, "reset"),
      done: () => this.announce(),
      drawn: () => this.result.seq >= this.store.seq,
    };
  }

  private lookAt(row: number): void {
    const shown = row < 0 ? this.selected : row;
    if (shown === this.looked) return;
    this.looked = shown;
    for (const panel of this.panels) panel.highlight(shown);
    this.bars.highlight(shown);
    this.sayLooked();
  }

  private choose(row: number): void {
    if (row === this.selected) return;
    this.selected = row;
    for (const panel of this.panels) panel.scene.drawChosen();
    this.lookAt(row);
  }

  // What shows at once

  private knobsMoved(): void {
    const { knobs } = this.store;
    const shown = this.panels.slice(0, knobs.second === null ? 1 : 2);
    this.patience.wait();
    if (this.moving >= 0) return shown.forEach(({ scene }) => scene.follow(this.moving));
    this.method.value = knobs.method;
    this.second.value = knobs.second ?? "";
    this.allLabels.checked = knobs.all_labels;
    for (const [name, slider] of Object.entries(this.sliders) as [Ranged, Slider][])
      slider.show(knobs[name] ?? knobs.threshold);
    const entries = [this.entry(knobs.method), knobs.second ? this.entry(knobs.second) : null];
    setVisible(this.sliders.threshold.element, entries[0]!.thresholded);
    setVisible(this.sliders.second_threshold.element, entries[1]?.thresholded ?? false);
    for (const name of OWN) setVisible(this.sliders[name].element, entries.some((one) => one?.knob === name));
    this.panels[1].setVisible(knobs.second !== null);
    this.board.classList.toggle("lv-two", knobs.second !== null);
    this.bars.showScores(knobs.scores);
    this.player?.show();
    for (const { scene } of shown) scene.draw();
  }

  // What the kernel says

  private resultArrived(): void {
    const { seq, of, sides, agreement, differs, difference } = this.result;
    this.store.follow(seq, of);
    sides.forEach((side, i) => this.panels[i].show(side, of.boxes, agreement, of.scores));
    this.bars.show(sides, differs);
    setText(this.difference, difference);
    setVisible(this.difference, difference !== "");
    this.player.show();
    this.sayLooked();
    if (seq >= this.store.seq) this.patience.end();
  }

  private sayLooked(): void {
    const { sides } = this.result;
    const words = this.looked < 0 ? [] : sides.map(({ candidates }) => candidates[this.looked].words);
    const [first, second] = words;
    const two = second && second !== first ? ` Beside it: ${second.slice(second.lastIndexOf(": ") + 2)}` : "";
    setText(this.look, first ? first + two : "");
  }

  private announce(): void {
    this.root.sayAnswer(() => {
      const { sides, difference } = this.result;
      return [...sides.map(({ words, counts }) => `${words} ${counts}`), difference].join(". ");
    });
  }

  // Layout

  private entry(name: string): MethodInfo {
    return this.info.methods.find((one) => one.name === name)!;
  }

  private select(methods: readonly MethodInfo[], label: string, chosen: (name: string) => void): HTMLSelectElement {
    const options = methods.map(({ name, title }) => html("option", { value: name }, title));
    const element = html("select", { "aria-label": label }, ...options);
    element.addEventListener("change", () => chosen(element.value), { signal: this.signal });
    return hinted(element, label === "Method" ? HINTS.method : HINTS.second);
  }

  private slider(knob: Ranged, label: string): Slider {
    const { low: min, high: max } = LIMITS[knob];
    const step = knob === "weight" ? 0.1 : knob === "sigma" || knob === "beta" ? 0.05 : 0.01;
    const put = (value: number | null, gesture: string) => this.write({ [knob]: value }, gesture);
    const slider = new Slider({
      label,
      min,
      max,
      step,
      format: (value) => fixed(value, 2),
      changed: put,
      reset: () => {
        put(this.store.initial[knob], "reset");
        this.announce();
      },
      done: () => this.announce(),
    });
    hinted(slider.element, HINTS[knob]);
    return slider;
  }

  private layOut(): void {
    const reset = button("Reset", () => this.change(this.store.initial, "reset"), { "aria-label": "Reset all" });
    const labels = html("label", { class: "lv-switch" }, this.allLabels, html("span", {}, "all classes together"));
    const { sliders } = this;
    const row = (...children: Element[]) => html("div", { class: "lv-control-row" }, ...children);
    this.board.append(...this.panels.map(({ element }) => element), this.bars.element);
    this.root.body.append(
      html(
        "div",
        { class: "lv-controls" },
        row(this.method, sliders.threshold.element, sliders.sigma.element, sliders.beta.element, sliders.weight.element),
        row(this.second, sliders.second_threshold.element, sliders.score_threshold.element, hinted(labels, HINTS.all_labels)),
        row(this.player.element, hinted(reset, HINTS.reset)),
      ),
      this.difference,
      this.board,
      this.look,
      html(
        "div",
        { class: "lv-foot" },
        new HintLine(this.root.body, HINTS.rest, this.signal).element,
        html("span", { class: "lv-source" }, this.info.source),
      ),
      this.patience.element,
    );
    attributes(this.look, { "aria-hidden": "true" });
  }
}
