/** BoxLab's view: gestures change the state, one animation frame draws it. */
import { areas, type Box } from "../shared/boxes.ts";
import { attributes, button, html, motionless, setText, setVisible } from "../shared/dom.ts";
import { fixed, short } from "../shared/format.ts";
import { descend, race } from "../shared/descent.ts";
import { hasMeasure, plainLoss, shownLosses, TITLES } from "../shared/losses.ts";
import type { Model } from "../shared/model.ts";
import { type Evaluation, evaluate, symbols } from "../shared/parameters.ts";
import type { Root } from "../shared/root.ts";
import { Areas, pixels } from "./areas.ts";
import { arrows, referencePull } from "./arrows.ts";
import { Canvas } from "./canvas.ts";
import { answers, compareWithTorch, TOLERANCE, verdictInWords } from "./confirm.ts";
import { Controls, RESET } from "./controls.ts";
import { HintLine } from "./hints.ts";
import { field, paint } from "./landscape.ts";
import { legend } from "./legend.ts";
import { RaceView } from "./race.ts";
import type { RaceQuestion } from "./messages.ts";
import { type BoxName, settingOf, type State, Store, type Traits } from "./state.ts";
import { LossTable } from "./table.ts";
import { hasNoPull, pullInWords } from "./words.ts";

const COARSE = 40; // columns of the landscape while a box moves
const FINE = 100; // and once it rests
const PATIENCE_MS = 2500; // a kernel that takes longer is busy
const OFTEN = [33, 1]; // while it descends: milliseconds, and steps after them
const SELDOM = [1000, 30]; // and where motion is unwelcome
const READ_MS = 50; // numbers, bars and words follow a moving box at most so often

/** Gestures that come at the rate of the pointer: the picture follows at once, the numbers a little later. */
const isFast = (gesture: string): boolean => gesture === "drag" || gesture === "descend";

export class BoxLabView {
  /** Set by the entry: asks the kernel to run the same race. */
  askForRace: (question: RaceQuestion) => void = () => {};
  private readonly store: Store;
  private readonly canvas: Canvas;
  private readonly table: LossTable;
  private readonly controls: Controls;
  private readonly race: RaceView;
  /** A first meeting: IoU and nothing else. */
  private readonly simple: boolean;
  private readonly areas = new Areas();
  private readonly hints = new HintLine();
  private readonly iou = html("strong", { class: "lv-iou" });
  private readonly chosen = html("span", { class: "lv-headline-loss" });
  private readonly torch = html("p", { class: "lv-torch" });
  private readonly note = html("p", { class: "lv-note" });
  private frame = 0;
  private playing = 0;
  private fine: ReturnType<typeof setTimeout> | undefined;
  private slow: ReturnType<typeof setTimeout> | undefined;
  private rested: ReturnType<typeof setTimeout> | undefined;
  private fast = false;
  private read = -Infinity;
  private evaluation!: Evaluation;
  private landscapeKey = "";

  constructor(
    private readonly model: Model<Traits>,
    private readonly root: Root,
    signal: AbortSignal,
  ) {
    this.simple = model.get("simple");
    this.store = new Store(model, (gesture) => this.changed(gesture), signal);
    this.canvas = new Canvas(
      {
        size: this.store.size,
        scale: () => model.get("scale"),
        state: () => this.store.state,
        write: (name, box, gesture) => this.moveBox(name, box, gesture),
        reset: (name) => this.moveBox(name, this.store.initial(name), "reset"),
        done: () => {
          this.store.save();
          this.rest();
          this.announce();
        },
      },
      signal,
    );
    this.table = new LossTable((loss) => this.store.change({ loss }, "loss"), this.hints);
    this.race = new RaceView(this.canvas.ghosts, (sentence) => this.root.say(sentence), signal);
    this.controls = new Controls(
      {
        change: (change) => this.store.change(change, "setting"),
        focal: (focal) => this.showFocal(focal),
        step: () => this.step("step"),
        descend: () => (this.playing ? this.pause() : this.play()),
        race: () => this.startRace(),
        reset: () => this.reset(),
      },
      this.hints,
    );
    this.layOut();
    signal.addEventListener("abort", () => this.stop());
    this.draw(performance.now());
  }

  // What the kernel says

  /** Torch's values for some boxes: the present ones, or stale. */
  resultArrived(): void {
    // What is due evaluates the newest boxes and comes back here.
    if (this.frame || this.rested !== undefined) return;
    const result = this.model.get("result");
    if (!result?.boxes || !answers(result, this.store.state)) return this.wait();
    clearTimeout(this.slow);
    this.slow = undefined;
    const verdict = compareWithTorch(this.evaluation, result);
    setText(this.torch, verdictInWords(verdict));
    attributes(this.torch, { "data-state": verdict.agrees ? "agrees" : "disagrees" });
  }

  /** Torch's IoU curves of the race that is shown, one row per loss. */
  raceAnswered(ious: Float32Array): void {
    if (!this.race.shown) return;
    const difference = this.race.differenceTo(ious);
    const agrees = difference <= TOLERANCE;
    const size = difference.toExponential(0);
    const good = `✓ torch ran the same race: every IoU agrees to ${size}`;
    this.race.confirm(
      agrees ? good : `✗ torch's race differs by ${size}: please report this`,
      !agrees,
    );
  }

  connectionChanged(): void {
    this.wait();
  }

  /** No torch values for these boxes yet. */
  private wait(): void {
    if (this.model.get("result") === undefined || !this.root.connected()) {
      clearTimeout(this.slow);
      setText(this.torch, "Computed in your browser; no kernel is connected.");
      attributes(this.torch, { "data-state": "alone" });
      return;
    }
    attributes(this.torch, { "data-state": "waiting" });
    this.slow ??= setTimeout(() => {
      setText(
        this.torch,
        "Computed in your browser; the kernel is busy and has not confirmed it yet.",
      );
    }, PATIENCE_MS);
  }

  // What the user does

  private moveBox(name: BoxName, box: Box, gesture: string): void {
    this.pause();
    if (this.race.shown) this.race.clear();
    this.store.change({ [name]: box }, gesture);
  }

  /** A focal variant that is no longer shown cannot stay chosen: its plain loss takes over. */
  private showFocal(focal: boolean): void {
    const { loss } = this.store.state;
    this.store.change({ focal, loss: focal ? loss : plainLoss(loss) }, "setting");
  }

  private step(gesture: string): void {
    const { prediction, target, loss, learning_rate } = this.store.state;
    const setting = settingOf(this.store.state, this.store.size);
    this.store.change(
      { prediction: descend(loss, prediction, target, setting, learning_rate) },
      gesture,
    );
  }

  private play(): void {
    let last = -Infinity;
    const [every, steps] = motionless() ? SELDOM : OFTEN;
    const tick = (now: number) => {
      if (hasNoPull(this.evaluation.losses[this.store.state.loss])) return this.pause();
      if (now - last > every) {
        last = now;
        for (let i = 0; i < steps; i++) this.step("descend");
      }
      this.playing = requestAnimationFrame(tick);
    };
    this.playing = requestAnimationFrame(tick);
    this.schedule();
  }

  private pause(): void {
    if (!this.playing) return;
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    this.announce();
    this.rest();
  }

  private reset(): void {
    this.pause();
    this.race.clear();
    this.store.change(
      { target: this.store.initial("target"), prediction: this.store.initial("prediction") },
      "reset",
    );
    this.announce();
  }

  private startRace(play = true): void {
    this.pause();
    const { prediction, target, focal, learning_rate, race_steps: steps } = this.store.state;
    const setting = settingOf(this.store.state, this.store.size);
    this.race.show(
      race(shownLosses(focal), prediction, target, setting, { steps, rate: learning_rate }),
      play,
    );
    this.askForRace({ name: "race", prediction, target, focal });
  }

  /** Python's `race()` counts up; 0 means that the boxes have changed since. */
  raceFromKernel(play: boolean): void {
    if (this.model.get("raced")) this.startRace(play);
    else this.race.clear();
  }

  // Drawing

  private changed(gesture: string): void {
    if (gesture === "" || gesture === "setting") this.race.clear();
    this.fast = isFast(gesture);
    this.schedule();
  }

  private schedule(): void {
    this.frame ||= requestAnimationFrame((now) => this.draw(now));
  }

  /** Nothing moves any more: the numbers catch up. */
  private rest(): void {
    this.fast = false;
    this.schedule();
  }

  private draw(now: number): void {
    this.frame = 0;
    const { state, size } = this.store;
    const setting = settingOf(state, size);
    const { prediction, target, loss } = state;
    this.evaluation = evaluate(prediction, target, setting);
    const reading = this.evaluation.losses[loss];
    const reference = referencePull(loss, target, setting);
    this.canvas.draw(
      arrows(prediction, reading, state.parametrisation, reference, 0.17 * Math.min(...size)),
    );
    this.drawLandscape(state);
    if (this.fast && now - this.read < READ_MS) {
      this.rested ??= setTimeout(() => this.rest(), READ_MS);
      return;
    }
    this.read = now;
    clearTimeout(this.rested);
    this.rested = undefined;
    this.drawReadouts();
    this.resultArrived();
  }

  /** Everything in words and numbers. */
  private drawReadouts(): void {
    const { state } = this.store;
    const { prediction, target, loss } = state;
    const reading = this.evaluation.losses[loss];
    this.canvas.describe();
    setText(this.iou, fixed(this.evaluation.iou, 3));
    if (this.simple) return this.areas.draw(target, prediction, this.evaluation.iou);
    setText(
      this.note,
      pullInWords(loss, reading, prediction, target, symbols(state.parametrisation, 2)),
    );
    this.note.classList.toggle("lv-silent", hasNoPull(reading));
    this.table.draw(state, this.evaluation);
    this.controls.draw(state, this.playing !== 0, hasNoPull(reading));
    const measured = hasMeasure(loss) ? fixed(this.evaluation.measures[loss], 3) : "";
    const measure = measured && loss !== "iou" ? `${TITLES[loss]} ${measured}, ` : "";
    setText(this.chosen, `${measure}${TITLES[loss]} loss ${short(reading.value, 4)}`);
  }

  /** The landscape costs more than a frame, so it is coarse while a box moves and fine once it rests. */
  private drawLandscape(state: State): void {
    setVisible(this.canvas.underlay, state.landscape !== "off");
    this.root.element.classList.toggle("lv-on-landscape", state.landscape !== "off");
    this.root.element.classList.toggle("lv-with-anchor", state.parametrisation === "offsets");
    if (state.landscape === "off") return void (this.landscapeKey = "");
    const { prediction, target, anchor, landscape, loss, parametrisation, units } = state;
    const [x1, y1, x2, y2] = prediction;
    // Over the centre only the size counts, over the size only the centre; dragging leaves rounding in either.
    const still = (landscape === "center" ? [x2 - x1, y2 - y1] : [x1 + x2, y1 + y2]).map((value) =>
      value.toFixed(6),
    );
    const pixels = this.canvas.pixels;
    const key = JSON.stringify([
      landscape,
      loss,
      parametrisation,
      units,
      target,
      anchor,
      still,
      pixels,
    ]);
    if (key === this.landscapeKey) return;
    this.landscapeKey = key;
    const { underlay } = this.canvas;
    [underlay.width, underlay.height] = pixels;
    const show = (columns: number) => {
      const setting = settingOf(state, this.store.size);
      paint(
        underlay,
        field(state.landscape, state.loss, prediction, target, setting, this.store.size, columns),
      );
    };
    show(COARSE);
    clearTimeout(this.fine);
    this.fine = setTimeout(() => show(FINE), 120);
  }

  private announce(): void {
    const { loss, prediction, target } = this.store.state;
    const setting = settingOf(this.store.state, this.store.size);
    const { iou, losses } = evaluate(prediction, target, setting);
    const [shared, union] = areas(target, prediction).map(pixels);
    if (this.simple)
      return this.root.say(`IoU ${fixed(iou, 2)}, intersection ${shared}, union ${union}`);
    const silent = hasNoPull(losses[loss]) ? ", no gradient" : "";
    this.root.say(
      `IoU ${fixed(iou, 2)}, ${TITLES[loss]} loss ${short(losses[loss].value)}${silent}`,
    );
  }

  private layOut(): void {
    const { canvas, root } = this;
    root.element.classList.toggle("lv-simple", this.simple);
    const iou = html("p", { class: "lv-headline" }, html("span", {}, "IoU"), this.iou, this.chosen);
    const parts = this.simple
      ? [this.areas.element, this.torch, this.resetButton(), this.hints.element]
      : [this.table.element, this.torch, this.controls.focalChoice];
    const side = html("div", { class: "lv-side" }, iou, ...parts);
    const note = this.simple ? [] : [this.note];
    const picture = html("div", { class: "lv-picture" }, canvas.element, ...note, legend());
    root.body.append(html("div", { class: "lv-main" }, picture, side));
    if (!this.simple) root.body.append(this.controls.element, this.race.element);
  }

  private resetButton(): HTMLElement {
    const reset = button("Reset", () => this.reset());
    this.hints.explain(reset, RESET);
    return reset;
  }

  private stop(): void {
    cancelAnimationFrame(this.frame);
    cancelAnimationFrame(this.playing);
    clearTimeout(this.fine);
    clearTimeout(this.slow);
    clearTimeout(this.rested);
  }
}
