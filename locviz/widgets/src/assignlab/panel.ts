/** One assigner's side: its scene, its counts, its knobs, its matrix and what it can play. */
import { html, setText, setVisible } from "../shared/dom.ts";
import { fixed, short } from "../shared/format.ts";
import { hinted } from "../shared/hint_line.ts";
import { Slider } from "../shared/slider.ts";
import { HINTS } from "./hints.ts";
import { letter } from "./marks.ts";
import { MatrixView } from "./matrix.ts";
import { Player } from "./player.ts";
import { AssignScene, type SceneHooks, type Spot } from "./scene.ts";
import { sign } from "./sign.ts";
import { WhyCard } from "./why.ts";
import { priors, responsible } from "./words.ts";
import type { KnobInfo, Reference, RuleInfo } from "./messages.ts";
import { type Film, REFERENCES, type Side } from "./state.ts";

export interface PanelHooks extends SceneHooks {
  rules: readonly RuleInfo[];
  turn(side: number, knob: string, value: number, gesture: string): void;
  choose(side: number, rule: string): void;
  /** Every knob of the present assigner, as the view has it. */
  settings(side: number): Record<string, number>;
  wantFilm(side: number): void;
  frame(side: number): number;
  settle(side: number, frame: number): void;
}

const NO = new Uint8Array();
const TABLE_MS = 100;

export class Panel {
  readonly element: HTMLElement;
  readonly scene: AssignScene;
  readonly matrix: MatrixView;
  readonly player: Player;
  private readonly select: HTMLSelectElement;
  private readonly says = html("p", { class: "lv-rule" });
  private readonly totals = html("p", { class: "lv-totals" });
  private readonly counts = html("ul", { class: "lv-counts" });
  private readonly readout = html("p", { class: "lv-readout" });
  private readonly knobs = html("div", { class: "lv-knobs" });
  private readonly why = new WhyCard();
  private spot: Spot = { prior: -1, object: -1 };
  private readonly byStep = html("div", { class: "lv-by-step" });
  private sliders = new Map<string, Slider>();
  private built = "";
  private shown: Side | null = null;
  private against: Reference = "previous";
  private counted: readonly number[] = [];
  private later: ReturnType<typeof setTimeout> | undefined;
  private tabled = 0;

  constructor(
    private readonly side: number,
    private readonly hooks: PanelHooks,
    places: Float32Array,
    strides: Float32Array,
    signal: AbortSignal,
  ) {
    this.scene = new AssignScene(hooks, places, strides, signal);
    this.scene.words = (index) => (this.shown ? priors(this.counted[index] ?? 0) : "");
    this.matrix = new MatrixView(
      { describe: (prior) => this.scene.describePrior(prior), hover: (spot) => hooks.hover(spot) },
      signal,
    );
    this.player = new Player(
      {
        open: (open) => {
          this.player.offer(this.rule.film);
          if (open) hooks.wantFilm(side);
        },
        show: () => this.draw(),
        settled: (frame) => hooks.settle(side, frame),
      },
      signal,
    );
    signal.addEventListener("abort", () => clearTimeout(this.later));
    this.select = html("select", { "aria-label": side ? "Second assigner" : "Assigner" });
    this.select.addEventListener("change", () => hooks.choose(side, this.select.value), { signal });
    const options = hooks.rules.map(({ name, title }) => html("option", { value: name }, title));
    if (side) options.unshift(html("option", { value: "" }, "no second assigner"));
    this.select.append(...options);
    hinted(this.select, side ? HINTS.second : HINTS.rule);
    const stage = html(
      "div",
      { class: "lv-stage" },
      this.scene.element,
      this.readout,
      this.totals,
      this.counts,
    );
    const desk = html(
      "div",
      { class: "lv-desk" },
      this.says,
      this.knobs,
      this.player.element,
      this.matrix.element,
      this.byStep,
    );
    this.element = html(
      "section",
      { class: "lv-panel", "aria-label": side ? "Second side" : "First side" },
      html("div", { class: "lv-panel-head" }, this.select),
      html("div", { class: "lv-panel-body" }, stage, this.why.element, desk),
    );
  }

  get rule(): RuleInfo {
    return this.hooks.rules.find(({ name }) => name === this.select.value) ?? this.hooks.rules[0];
  }

  /** The assigner of the answer that is shown; the chosen one may still be on its way. */
  private get answered(): RuleInfo {
    return this.hooks.rules.find(({ name }) => name === this.shown?.assigner) ?? this.rule;
  }

  /** Knobs as the view has them, at once. */
  knobsMoved(rule: string): void {
    this.select.value = rule;
    if (!rule) return this.player.offer(""); // no second assigner: nothing is shown of this side
    if (this.built !== rule) this.buildKnobs(rule);
    const settings = this.hooks.settings(this.side);
    for (const [name, slider] of this.sliders) slider.show(settings[name]);
    this.player.offer(this.rule.film);
  }

  /** An answer of the kernel. */
  show(side: Side, against: Reference): void {
    this.shown = side;
    this.against = against;
    this.why.show(side.why);
    this.scene.explain(side.why?.square ?? [], side.why?.predicted ?? []);
    this.draw();
    this.highlight(this.spot); // what it says of the spot is of this answer, too
  }

  highlight(spot: Spot): void {
    this.spot = spot;
    this.scene.highlight({
      prior: spot.prior,
      object: spot.object >= 0 ? spot.object : this.ownerOf(spot.prior),
    });
    this.matrix.highlight(spot);
    setText(this.readout, this.reading(spot));
  }

  /** The reason of the prior that is looked at, for screen readers. */
  reason(): string {
    return this.shown?.why?.says ?? "";
  }

  load(film: Film | null): void {
    if (film && this.player.isOpen) this.player.load(film, this.hooks.frame(this.side));
  }

  /** What a screen reader hears after a gesture. */
  words(): string {
    const side = this.shown;
    if (!side) return "";
    const each = side.positives.map((count, i) => `${letter(i)} ${count}`).join(", ");
    const changed = side.flips === null ? "" : `; ${side.flips} changed owner`;
    return `${this.answered.title}: ${priors(total(side.positives))} positive: ${each}${changed}`;
  }

  private get owner(): Int16Array {
    const playing = this.player.current;
    return playing ? playing.film.owners[playing.frame] : (this.shown?.owner ?? new Int16Array());
  }

  private ownerOf(prior: number): number {
    return prior >= 0 ? (this.owner[prior] ?? -1) : -1;
  }

  private draw(): void {
    const side = this.shown;
    if (!side) return;
    const playing = this.player.current;
    const owner = this.owner;
    const counts = side.positives.map((_, i) =>
      owner.reduce((sum, who) => sum + (who === i ? 1 : 0), 0),
    );
    this.counted = counts;
    const positive = total(counts);
    this.scene.show(
      owner,
      playing ? NO : side.ambiguous,
      playing ? NO : side.flipped,
      `${this.answered.title}: ${responsible(positive, owner.length)} for an object`,
    );
    const torn = playing || side.num_ambiguous === null ? "…" : String(side.num_ambiguous);
    const parts: (string | Node)[] = [
      html("b", {}, String(positive)),
      " positive, ",
      html("b", {}, torn),
      " ambiguous ",
      key("ambiguous"),
      ", ",
      html("b", {}, String(side.ignored)),
      " ignored ",
      key("ignored"),
    ];
    if (!playing && side.flips !== null)
      parts.push(
        "; ",
        html("b", {}, String(side.flips)),
        " changed owner ",
        key("flipped"),
        ` ${REFERENCES[this.against][1]}`,
      );
    this.totals.replaceChildren(...parts);
    this.showCounts(counts);
    this.tableSoon();
    this.showSteps(side);
    this.scene.draw();
  }

  private showCounts(counts: readonly number[]): void {
    const names = this.hooks.names();
    if (this.counts.children.length !== counts.length) {
      this.counts.replaceChildren(
        ...counts.map((_, i) => html("li", {}, sign(i), html("span", {}), html("b", {}))),
      );
    }
    Array.from(this.counts.children).forEach((item, i) => {
      setText(item.children[1], `${letter(i)} ${names[i] ?? ""}`);
      setText(item.children[2], String(counts[i]));
      item.classList.toggle("lv-none", counts[i] === 0);
    });
  }

  /** A table of numbers need not change as often as the picture: ten times a second, and at the end. */
  private tableSoon(): void {
    this.later ??= setTimeout(
      () => {
        this.later = undefined;
        this.tabled = performance.now();
        if (this.shown) this.showMatrix(this.shown, this.owner);
      },
      Math.max(0, this.tabled + TABLE_MS - performance.now()),
    );
  }

  private showMatrix(side: Side, owner: Int16Array): void {
    const playing = this.player.current;
    if (!playing) {
      const owners = Array.from(side.matrix.rows, (prior) => owner[prior]);
      const shown = { ...side.matrix, measure: side.measure, owners };
      return this.matrix.show(shown, this.answered.caption);
    }
    const { film, frame } = playing;
    const owners = Array.from(film.rows, (prior) => film.owners[frame][prior]);
    const sinkhorn = film.kind === "sinkhorn";
    const total = { title: sinkhorn ? "gets" : "price", values: film.totals[frame] };
    const shown = {
      rows: film.rows,
      values: film.values[frame],
      columns: film.columns,
      measure: sinkhorn ? "share" : "cost",
      owners,
      total,
      background: sinkhorn,
    };
    this.matrix.show(
      shown,
      sinkhorn
        ? "Transport plan: what each object gives each prior"
        : "Cost plus price: what each object would pay for each prior",
    );
  }

  /** What the same objects get at every training step, where the assigner looks at predictions. */
  private showSteps(side: Side): void {
    const { steps } = this.hooks.info;
    const dynamic = this.answered.dynamic && steps.length > 1;
    setVisible(this.byStep, dynamic);
    if (!dynamic || !side.by_step) return;
    const row = (title: string, values: readonly (string | number)[]) =>
      html(
        "tr",
        {},
        html("th", { scope: "row" }, title),
        ...values.map((value) => html("td", {}, String(value))),
      );
    const { positives, flips } = side.by_step;
    const head = html(
      "tr",
      {},
      html("th", { scope: "row" }, "training step"),
      ...steps.map((step) => html("th", { scope: "col" }, String(step))),
    );
    this.byStep.replaceChildren(
      html(
        "table",
        { class: "lv-steps" },
        head,
        row("positive", positives),
        row(
          "changed owner",
          flips.map((flip, i) => (i ? flip : "–")),
        ),
      ),
    );
  }

  private reading({ prior, object }: Spot): string {
    if (prior < 0 && object >= 0)
      return `${letter(object)}, ${this.hooks.names()[object] ?? ""}: ${responsible(this.counted[object] ?? 0)} for it`;
    if (prior < 0 || prior >= this.owner.length) return "";
    const who = this.ownerOf(prior);
    const words = who >= 0 ? `responsible for ${letter(who)}` : who === -2 ? "ignored" : "background";
    const { rows, values, columns } = this.shown!.matrix;
    const r = rows.indexOf(prior);
    const c = object >= 0 ? object : who;
    const value =
      r >= 0 && c >= 0
        ? `, ${this.shown!.measure} for ${letter(c)} ${short(values[r * columns + c])}`
        : "";
    return `${this.scene.describePrior(prior)}: ${words}${value}`;
  }

  private buildKnobs(rule: string): void {
    this.built = rule;
    setText(this.says, this.rule.says);
    this.sliders = new Map(this.rule.knobs.map((knob) => [knob.name, this.slider(knob)]));
    this.knobs.replaceChildren(...Array.from(this.sliders.values(), ({ element }) => element));
  }

  private slider(knob: KnobInfo): Slider {
    const decimals = knob.whole
      ? 0
      : knob.step < 0.1
        ? 2
        : knob.step * 10 === Math.round(knob.step * 10)
          ? 1
          : 2;
    const slider = new Slider({
      label: knob.label,
      min: knob.low,
      max: knob.high,
      step: knob.step,
      format: (value) => fixed(value, decimals),
      changed: (value, gesture) => this.hooks.turn(this.side, knob.name, value, gesture),
      reset: () => this.hooks.turn(this.side, knob.name, knob.default, "reset"),
      done: () => this.hooks.done(),
    });
    hinted(slider.element, knob.help);
    return slider;
  }
}

function key(kind: string): HTMLElement {
  return html("i", { class: `lv-key lv-key-${kind}`, "aria-hidden": "true" });
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
