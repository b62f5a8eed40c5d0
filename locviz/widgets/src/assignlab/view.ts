/** AssignLab's view: boxes and knobs move at once; who is responsible for whom is the kernel's word. */
import { floats } from "../shared/buffers.ts";
import { attributes, button, html, setText, setVisible } from "../shared/dom.ts";
import { HintLine, hinted } from "../shared/hint_line.ts";
import type { LatestWins } from "../shared/kernel.ts";
import { KnobStore } from "../shared/knobs.ts";
import { listen, type Model } from "../shared/model.ts";
import type { Patience } from "../shared/patience.ts";
import type { Root } from "../shared/root.ts";
import { Slider } from "../shared/slider.ts";
import { HINTS } from "./hints.ts";
import {
  type Command,
  type FilmAnswer,
  type FilmQuestion,
  KNOBS,
  type Knobs,
  type KnobsQuestion,
  type Reference,
  type RuleInfo,
  type SceneInfo,
  type Traits,
} from "./messages.ts";
import { Panel, type PanelHooks } from "./panel.ts";
import type { Spot } from "./scene.ts";
import { decoded, filmOf, REFERENCES } from "./state.ts";
import { inWords } from "./words.ts";

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
  private readonly pin = button("Pin", () => this.turnPin());
  private readonly patience: Patience;
  private readonly board = html("div", { class: "lv-board" });
  private built = "";
  private filmed = ["", ""];
  private filmedAt = [-1, -1];
  private kept = -1; // the prior that a click keeps looked at
  private readonly differ = html("p", { class: "lv-difference" });

  constructor(
    private readonly model: Model<Traits>,
    private readonly root: Root,
    private readonly questions: LatestWins<KnobsQuestion | FilmQuestion>,
    signal: AbortSignal,
  ) {
    this.info = model.get("scene");
    const rules = model.get("offered");
    const [places, strides] = [floats(this.info.places), floats(this.info.strides)];
    this.store = new KnobStore<Knobs>(KNOBS, model, questions, () => this.knobsMoved(), signal);
    this.patience = this.store.patience(root, () => model.get("result").seq, signal);
    this.panels = [0, 1].map((side) => new Panel(side, this.hooks(rules), places, strides, signal));
    this.steps = this.stepSlider();
    this.against = html(
      "select",
      {},
      ...Object.entries(REFERENCES).map(([value, [text]]) => html("option", { value }, text)),
    );
    this.against.addEventListener(
      "change",
      () => this.change({ against: this.against.value as Reference }, "against"),
      { signal },
    );
    this.layOut(signal);
    listen(model, "change:result", () => this.resultArrived(), signal);
    listen(model, "change:photo", () => this.photoArrived(), signal);
    this.photoArrived();
    this.knobsMoved();
    this.resultArrived();
  }

  /** The answer to a question about a film. */
  answered(answer: FilmAnswer, buffers: DataView[]): void {
    const { side } = answer;
    if (answer.name !== "film" || answer.at !== this.filmedAt[side]) return;
    if (this.filmed[side] !== this.state(side)) return; // the state has moved on
    this.panels[answer.side]?.load(filmOf(answer, buffers));
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

  private look(looked: number): void {
    if (looked === this.store.knobs.looked) return;
    this.store.change({ looked }, "look");
    this.root.sayAnswer(() => this.panels[0].reason());
  }

  /** A second rule comes to be compared with the first, or goes. */
  private besides(rule: string): Partial<Knobs> {
    const { second, against } = this.store.knobs;
    if (rule && second === null) return { second: rule, against: "other" };
    if (!rule && against === "other") return { second: null, against: "previous" };
    return { second: rule || null };
  }

  private turnPin(): void {
    const command: Command = {
      kind: "command",
      name: this.model.get("result").pinned ? "unpin" : "pin",
    };
    this.model.send(command);
  }

  private hooks(rules: readonly RuleInfo[]): PanelHooks {
    const { store } = this;
    return {
      info: this.info,
      rules,
      boxes: () => store.knobs.boxes,
      names: () =>
        (this.info.labels[store.knobs.image] ?? []).map(
          (label) => this.info.class_names[label] ?? String(label),
        ),
      scale: () => this.model.get("scale"),
      selected: () => store.knobs.selected,
      write: (index, box, gesture) =>
        store.change(
          { boxes: store.knobs.boxes.map((old, i) => (i === index ? box : old)) },
          gesture,
        ),
      reset: (index) => {
        const start =
          store.initial.image === store.knobs.image
            ? store.initial.boxes
            : this.info.boxes[store.knobs.image];
        store.change(
          { boxes: store.knobs.boxes.map((old, i) => (i === index ? start[i] : old)) },
          "reset",
        );
        this.done();
      },
      select: (selected) =>
        selected !== store.knobs.selected && store.change({ selected }, "select"),
      done: () => this.done(),
      hover: (spot: Spot) => {
        this.panels.forEach((panel) => panel.highlight(spot));
        if (this.kept < 0) this.look(spot.prior);
      },
      keep: (prior) => {
        this.kept = prior === this.kept ? -1 : prior;
        this.look(prior);
      },
      turn: (side, knob, value, gesture) => this.turn(side, knob, value, gesture),
      choose: (side, rule) => {
        this.change(side ? this.besides(rule) : { assigner: rule }, "assigner");
        this.refilm(side);
      },
      settings: (side) => this.settings(side, rules),
      wantFilm: (side) => this.askFilm(side),
      frame: (side) => store.knobs[TRAITS[side].frame],
      settle: (side, frame) =>
        frame !== store.knobs[TRAITS[side].frame] &&
        store.change({ [TRAITS[side].frame]: frame }, "play"),
    };
  }

  private settings(side: number, rules: readonly RuleInfo[]): Record<string, number> {
    const name = this.store.knobs[TRAITS[side].rule] ?? "";
    const knobs = rules.find((rule) => rule.name === name)?.knobs ?? [];
    const turned = this.store.knobs[TRAITS[side].settings][name] ?? {};
    return { ...Object.fromEntries(knobs.map((knob) => [knob.name, knob.default])), ...turned };
  }

  private turn(side: number, knob: string, value: number, gesture: string): void {
    const { rule, settings } = TRAITS[side];
    const name = this.store.knobs[rule] ?? "";
    const all = this.store.knobs[settings];
    this.store.change({ [settings]: { ...all, [name]: { ...all[name], [knob]: value } } }, gesture);
  }

  /** Ask for a film of the very state that is shown: it carries the state with it. */
  private askFilm(side: number): void {
    this.filmed[side] = this.state(side);
    this.filmedAt[side] = this.store.seq;
    this.questions.ask({
      name: "film",
      side,
      ...this.store.knobs,
      gesture: "film",
      at: this.store.seq,
    });
  }

  private refilm(side: number): void {
    if (this.panels[side].player.isOpen && this.filmed[side] !== this.state(side))
      this.askFilm(side);
  }

  /** What a side's film depends on. */
  private state(side: number): string {
    const { image, training_step, boxes } = this.store.knobs;
    const { rule, settings } = TRAITS[side];
    return JSON.stringify([
      image,
      training_step,
      boxes,
      this.store.knobs[rule],
      this.store.knobs[settings],
    ]);
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
    if (
      now !== this.built &&
      this.store.knobs.boxes.length === (this.info.labels[image]?.length ?? -1)
    ) {
      this.built = now;
      this.panels.forEach((panel) => panel.scene.rebuild(this.info.apart[image]));
    }
    this.panels.forEach((panel, side) => {
      if (side === 0 || second !== null) panel.scene.draw();
      if (panel.player.current && this.filmed[side] !== this.state(side)) panel.player.stale();
    });
    this.patience.wait();
  }

  // What the kernel says

  private resultArrived(): void {
    const { seq, image, of, pinned, sides, difference } = this.model.get("result");
    this.store.follow(seq, of);
    setText(this.pin, pinned ? "Unpin" : "Pin");
    attributes(this.pin, { "aria-pressed": String(pinned) });
    if (image === this.store.knobs.image) {
      sides.forEach((side, i) => this.panels[i].show(decoded(side), of.against));
      setVisible(this.differ, difference !== null);
      if (difference) setText(this.differ, inWords(difference));
    }
    if (seq >= this.store.seq) this.patience.end();
  }

  private photoArrived(): void {
    const { png } = this.model.get("photo");
    this.panels.forEach((panel) => panel.scene.showPhoto(png));
  }

  private announce(): void {
    const two = this.store.knobs.second !== null;
    this.root.sayAnswer(() =>
      this.panels
        .slice(0, two ? 2 : 1)
        .map((panel) => panel.words())
        .join(". "),
    );
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
      changed: (value, gesture) =>
        this.store.change(
          { training_step: steps[Math.min(Math.round(value), steps.length - 1)] },
          gesture,
        ),
      reset: () => this.change({ training_step: steps[at()] }, "reset"),
      done: () => this.done(),
    });
  }

  private turnPage(by: number): void {
    const { images } = this.info;
    const image = (this.store.knobs.image + by + images) % images;
    this.change({ image, boxes: this.info.boxes[image], selected: -1 }, "page");
  }

  private layOut(signal: AbortSignal): void {
    const pager = html(
      "div",
      { class: "lv-pager" },
      hinted(
        button("‹", () => this.turnPage(-1), { "aria-label": "Previous scene" }),
        HINTS.before,
      ),
      this.page,
      hinted(
        button("›", () => this.turnPage(1), { "aria-label": "Next scene" }),
        HINTS.next,
      ),
    );
    setVisible(pager, this.info.images > 1);
    setVisible(this.steps.element, this.info.steps.length > 1);
    const resetAll = () => {
      this.change(this.store.initial, "reset");
      this.done();
    };
    const reset = button("Reset", resetAll, { "aria-label": "Reset all" });
    const changes = html("label", {}, html("span", {}, "compare with"), this.against);
    hinted(this.steps.element, HINTS.steps);
    hinted(changes, HINTS.against);
    hinted(this.pin, HINTS.pin);
    hinted(reset, HINTS.reset);
    this.board.append(...this.panels.map((panel) => panel.element));
    this.root.body.append(
      html("div", { class: "lv-controls" }, pager, this.steps.element, changes, this.pin, reset),
      new HintLine(this.root.body, HINTS.rest, signal).element,
      this.differ,
      this.board,
      this.patience.element,
    );
  }
}
