/** AssignLab's view: boxes and knobs move at once; who answers for whom is the kernel's word. */
import { attributes, html, setText, setVisible } from "../shared/dom.ts";
import { type Answer, floats, type LatestWins } from "../shared/kernel.ts";
import { KnobStore } from "../shared/knobs.ts";
import { listen, type Model } from "../shared/model.ts";
import type { Root } from "../shared/root.ts";
import { Slider } from "../shared/slider.ts";
import { Panel, type PanelHooks } from "./panel.ts";
import type { Spot } from "./scene.ts";
import { decoded, filmOf, KNOBS, type Knobs, type Reference, REFERENCES, type RuleInfo, type SceneInfo, type Sent, type Settings } from "./state.ts";

const PATIENCE_MS = 1500;
const TRAITS = [
  { rule: "assigner", settings: "settings", frame: "frame" },
  { rule: "second", settings: "second_settings", frame: "second_frame" },
] as const;

export class AssignLabView {
  private readonly store: KnobStore<Knobs>;
  private readonly panels: Panel[];
  private readonly info: SceneInfo;
  private readonly steps: Slider;
  private readonly page = html("span", { class: "lv-page" });
  private readonly against: HTMLSelectElement;
  private readonly pin = html("button", { type: "button" }, "Pin");
  private readonly busy = html("p", { class: "lv-busy", role: "status" });
  private readonly board = html("div", { class: "lv-board" });
  private built = "";
  private filmed = ["", ""];
  private slow: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly model: Model,
    private readonly root: Root,
    private readonly questions: LatestWins<Record<string, unknown>>,
    signal: AbortSignal,
  ) {
    this.info = model.get<SceneInfo>("scene");
    const rules = model.get<RuleInfo[]>("offered");
    const [places, strides] = [floats(this.info.places), floats(this.info.strides)];
    this.store = new KnobStore(KNOBS, model, questions, () => this.knobsMoved(), signal);
    this.panels = [0, 1].map((side) => new Panel(side, this.hooks(rules), places, strides, signal));
    this.steps = this.stepSlider();
    this.against = html("select", {}, ...Object.entries(REFERENCES).map(([value, [text]]) => html("option", { value }, text)));
    this.against.addEventListener("change", () => this.change({ against: this.against.value as Reference }, "against"), { signal });
    this.pin.addEventListener("click", () => model.send({ kind: "command", name: this.sent.pinned ? "unpin" : "pin" }), { signal });
    this.layOut();
    listen(model, "change:result", () => this.resultArrived(), signal);
    listen(model, "change:photo", () => this.photoArrived(), signal);
    signal.addEventListener("abort", () => clearTimeout(this.slow));
    this.photoArrived();
    this.knobsMoved();
    this.resultArrived();
  }

  /** The answer to a question about a film. */
  answered(answer: Answer, buffers: DataView[]): void {
    if (answer.name !== "film" || Number(answer.at) !== this.store.seq) return;
    this.panels[Number(answer.side)]?.load(filmOf(answer, buffers));
  }

  // What the user does

  private change(change: Partial<Knobs>, gesture: string): void {
    this.store.change(change, gesture);
    this.announce();
  }

  private done(): void {
    this.store.change({}, "drop"); // the drag is over: what had to wait for its end is asked for
    this.panels.forEach((_, side) => this.refilm(side));
    this.announce();
  }

  private hooks(rules: RuleInfo[]): PanelHooks {
    const { store } = this;
    return {
      info: this.info,
      rules,
      boxes: () => store.knobs.boxes,
      names: () => (this.info.labels[store.knobs.image] ?? []).map((label) => this.info.class_names[label] ?? String(label)),
      scale: () => this.model.get<number>("scale") ?? 1,
      selected: () => store.knobs.selected,
      write: (index, box, gesture) => store.change({ boxes: store.knobs.boxes.map((old, i) => (i === index ? box : old)) }, gesture),
      reset: (index) => {
        const start = store.initial.image === store.knobs.image ? store.initial.boxes : this.info.boxes[store.knobs.image];
        store.change({ boxes: store.knobs.boxes.map((old, i) => (i === index ? start[i] : old)) }, "reset");
        this.done();
      },
      select: (selected) => selected !== store.knobs.selected && store.change({ selected }, "select"),
      done: () => this.done(),
      hover: (spot: Spot) => this.panels.forEach((panel) => panel.highlight(spot)),
      turn: (side, knob, value, gesture) => this.turn(side, knob, value, gesture),
      choose: (side, rule) => {
        this.change(side ? { second: rule || null } : { assigner: rule }, "assigner");
        this.refilm(side);
      },
      settings: (side) => this.settings(side, rules),
      wantFilm: (side) => this.askFilm(side),
      frame: (side) => store.knobs[TRAITS[side].frame],
      settle: (side, frame) => frame !== store.knobs[TRAITS[side].frame] && store.change({ [TRAITS[side].frame]: frame }, "play"),
    };
  }

  private settings(side: number, rules: RuleInfo[]): Record<string, number> {
    const name = this.store.knobs[TRAITS[side].rule] ?? "";
    const knobs = rules.find((rule) => rule.name === name)?.knobs ?? [];
    const turned = (this.store.knobs[TRAITS[side].settings] as Settings)[name] ?? {};
    return { ...Object.fromEntries(knobs.map((knob) => [knob.name, knob.default])), ...turned };
  }

  private turn(side: number, knob: string, value: number, gesture: string): void {
    const { rule, settings } = TRAITS[side];
    const name = this.store.knobs[rule] ?? "";
    const all = this.store.knobs[settings] as Settings;
    this.store.change({ [settings]: { ...all, [name]: { ...all[name], [knob]: value } } }, gesture);
  }

  /** Ask for a film of the very state that is shown: it carries the state with it. */
  private askFilm(side: number): void {
    this.filmed[side] = this.state(side);
    this.questions.ask({ name: "film", side, ...this.store.knobs, gesture: "film", at: this.store.seq });
  }

  private refilm(side: number): void {
    if (this.panels[side].player.isOpen && this.filmed[side] !== this.state(side)) this.askFilm(side);
  }

  /** What a side's film depends on. */
  private state(side: number): string {
    const { image, training_step, boxes } = this.store.knobs;
    const { rule, settings } = TRAITS[side];
    return JSON.stringify([image, training_step, boxes, this.store.knobs[rule], this.store.knobs[settings]]);
  }

  private knobsMoved(): void {
    const { image, training_step, assigner, second, against } = this.store.knobs;
    const now = `${image} ${this.store.knobs.boxes.length}`;
    this.panels[0].knobsMoved(assigner);
    this.panels[1].knobsMoved(second ?? "");
    setVisible(this.panels[1].element.querySelector(".lv-panel-body")!, second !== null);
    this.board.classList.toggle("lv-two", second !== null);
    this.steps.show(this.info.steps.indexOf(training_step));
    this.against.value = against;
    setText(this.page, `scene ${image + 1} of ${this.info.images}`);
    if (now !== this.built && this.store.knobs.boxes.length === (this.info.labels[image]?.length ?? -1)) {
      this.built = now;
      this.panels.forEach((panel) => panel.scene.rebuild(this.info.apart[image]));
    }
    this.panels.forEach((panel, side) => {
      if (side === 0 || second !== null) panel.scene.draw();
      if (panel.player.current && this.filmed[side] !== this.state(side)) panel.player.stale();
    });
    this.slow ??= setTimeout(() => this.waited(), PATIENCE_MS);
  }

  // What the kernel says

  private get sent(): Sent {
    return this.model.get<Sent>("result");
  }

  private resultArrived(): void {
    const { seq, image, pinned, sides } = this.sent;
    setText(this.pin, pinned ? "Unpin" : "Pin");
    attributes(this.pin, { "aria-pressed": String(pinned) });
    if (image === this.store.knobs.image) sides.forEach((side, i) => this.panels[i].show(decoded(side), this.store.knobs.against));
    if (seq < this.store.seq) return;
    clearTimeout(this.slow);
    this.slow = undefined;
    setText(this.busy, "");
  }

  private photoArrived(): void {
    const { png } = this.model.get<{ png?: DataView }>("photo");
    this.panels.forEach((panel) => panel.scene.showPhoto(png));
  }

  private waited(): void {
    this.slow = undefined;
    const silent = !this.root.connected() || this.model.get<string>("last_error") !== "";
    setText(this.busy, this.sent.seq < this.store.seq && !silent ? "The kernel is busy; the answer follows." : "");
  }

  private announce(): void {
    const two = this.store.knobs.second !== null;
    setTimeout(() => this.root.say(this.panels.slice(0, two ? 2 : 1).map((panel) => panel.words()).join(". ")), 250);
  }

  // Layout

  private stepSlider(): Slider {
    const { steps } = this.info;
    const at = () => steps.indexOf(this.store.initial.training_step);
    return new Slider({
      label: "training step",
      min: 0,
      max: Math.max(steps.length - 1, 1),
      step: 1,
      format: (value) => String(steps[Math.max(value, 0)] ?? ""),
      changed: (value, gesture) => this.store.change({ training_step: steps[Math.min(Math.round(value), steps.length - 1)] }, gesture),
      reset: () => this.change({ training_step: steps[at()] }, "reset"),
      done: () => this.done(),
    });
  }

  private turnPage(by: number): void {
    const { images } = this.info;
    const image = (this.store.knobs.image + by + images) % images;
    this.change({ image, boxes: this.info.boxes[image], selected: -1 }, "page");
  }

  private layOut(): void {
    const button = (text: string, label: string, act: () => void) => {
      const element = attributes(html("button", { type: "button" }, text), { "aria-label": label });
      element.addEventListener("click", act);
      return element;
    };
    const pager = html("div", { class: "lv-pager" }, button("‹", "Previous scene", () => this.turnPage(-1)), this.page, button("›", "Next scene", () => this.turnPage(1)));
    setVisible(pager, this.info.images > 1);
    setVisible(this.steps.element, this.info.steps.length > 1);
    const reset = button("Reset", "Reset all", () => {
      this.change(this.store.initial, "reset");
      this.done();
    });
    const changes = html("label", {}, html("span", {}, "compare with"), this.against);
    this.board.append(...this.panels.map((panel) => panel.element));
    this.root.body.append(html("div", { class: "lv-controls" }, pager, this.steps.element, changes, this.pin, reset), this.board, this.busy);
  }
}
