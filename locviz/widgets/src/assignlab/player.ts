/** Plays the iterations inside an assigner: play, step, scrub; how far off they are is drawn as a curve. */
import { attributes, button, html, setText, setVisible, svg } from "../shared/dom.ts";
import { hinted } from "../shared/hint_line.ts";
import { Slider } from "../shared/slider.ts";
import { HINTS } from "./hints.ts";
import type { Film } from "./state.ts";

const SECONDS = 6; // of a film, however long, at speed 1
const SPEEDS = ["0.25", "0.5", "1", "2", "4"];
const FASTEST = 40; // milliseconds per frame
const [WIDE, HIGH] = [300, 56];

export interface PlayerHooks {
  /** The player was opened or closed: a film is wanted, or not. */
  open(open: boolean): void;
  /** Show a frame; -1 for the end of the assignment, no film. */
  show(frame: number): void;
  /** The frame stands still: tell the kernel. */
  settled(frame: number): void;
}

const TITLES: Record<string, string> = {
  sinkhorn: "Play Sinkhorn’s iterations",
  auction: "Play the auction",
};
const GAPS: Record<string, string> = {
  sinkhorn: "how far the priors’ sums are off",
  auction: "objects without a prior",
};

export class Player {
  readonly element: HTMLElement;
  readonly opener = html("button", { type: "button", "aria-expanded": "false" });
  private readonly bar = html("div", { class: "lv-player", hidden: true });
  private readonly play = html("button", { type: "button" }, "▶");
  private readonly slider: Slider;
  private readonly curve = svg("path", { class: "lv-gap" });
  private readonly here = svg("line", { class: "lv-here", y1: 0, y2: HIGH });
  private readonly says = html("p", { class: "lv-says" });
  private readonly legend = html("p", { class: "lv-gap-title" });
  private readonly speed = html(
    "select",
    { "aria-label": "Speed" },
    ...SPEEDS.map((value) => html("option", { value, selected: value === "1" }, `× ${value}`)),
  );
  private starts = false; // the next film is to play at once
  private film: Film | null = null;
  private frame = -1;
  private timer: ReturnType<typeof setInterval> | undefined;
  isOpen = false;

  constructor(
    private readonly hooks: PlayerHooks,
    signal: AbortSignal,
  ) {
    this.slider = new Slider({
      label: "step",
      min: 0,
      max: 1,
      step: 1,
      format: (value) => `${value + 1} of ${this.film?.owners.length ?? 0}`,
      changed: (value) => {
        this.stop(); // a hand on the slider ends the playing
        this.to(Math.round(value));
      },
      reset: () => this.to(0),
      done: () => this.hooks.settled(this.frame),
    });
    attributes(this.play, { "aria-label": "Play" });
    this.play.addEventListener("click", () => (this.timer ? this.pause() : this.run()), { signal });
    this.opener.addEventListener("click", () => this.toggle(!this.isOpen), { signal });
    const chart = svg(
      "svg",
      {
        class: "lv-gap-chart",
        viewBox: `-4 -4 ${WIDE + 8} ${HIGH + 8}`,
        preserveAspectRatio: "none",
        "aria-hidden": "true",
      },
      this.curve,
      this.here,
    );
    const controls = html(
      "div",
      { class: "lv-player-controls" },
      hinted(button("‹", () => this.nudge(-1), { "aria-label": "One step back" }), HINTS.back),
      hinted(this.play, HINTS.play),
      hinted(button("›", () => this.nudge(1), { "aria-label": "One step on" }), HINTS.on),
      hinted(this.speed, HINTS.speed),
      hinted(this.slider.element, HINTS.step),
    );
    hinted(this.opener, HINTS.open);
    const sooner = () => this.timer && (this.pause(), this.run());
    this.speed.addEventListener("change", sooner, { signal });
    this.bar.append(controls, this.says, this.legend, chart);
    this.element = html("div", { class: "lv-play" }, this.opener, this.bar);
    signal.addEventListener("abort", () => clearInterval(this.timer));
  }

  /** Offer what the present assigner can play. */
  offer(kind: string): void {
    setVisible(this.element, kind !== "");
    setText(this.opener, this.isOpen ? "Back to the result" : (TITLES[kind] ?? ""));
    if (!kind && this.isOpen) this.toggle(false);
  }

  /** A film came, `frame` is where it is to stand (-1: at its first). */
  load(film: Film, frame: number): void {
    this.film = film;
    this.slider.bounds(0, Math.max(film.owners.length - 1, 1));
    const most = Math.max(...film.gap, 1e-9);
    const x = (i: number) => (film.gap.length > 1 ? (i / (film.gap.length - 1)) * WIDE : 0);
    const points = Array.from(
      film.gap,
      (value, i) => `${x(i).toFixed(1)} ${(HIGH * (1 - value / most)).toFixed(1)}`,
    );
    attributes(this.curve, { d: points.length ? `M${points.join("L")}` : "" });
    setText(this.legend, GAPS[film.kind] ?? "");
    const still = frame < 0 ? 0 : frame;
    this.to(Math.min(still, film.owners.length - 1));
    if (this.starts && frame < 0 && !motionless()) this.run();
    this.starts = false;
  }

  /** The state changed under the film: it shows nothing until the next one comes. */
  stale(): void {
    this.pause();
    this.film = null;
    this.hooks.show(-1);
  }

  get current(): { film: Film; frame: number } | null {
    return this.isOpen && this.film && this.frame >= 0
      ? { film: this.film, frame: this.frame }
      : null;
  }

  toggle(open: boolean): void {
    this.isOpen = this.starts = open;
    attributes(this.opener, { "aria-expanded": String(open) });
    setVisible(this.bar, open);
    if (!open) {
      this.stop();
      this.film = null;
      this.frame = -1;
      this.hooks.show(-1);
      this.hooks.settled(-1);
    }
    this.hooks.open(open);
  }

  private run(): void {
    if (!this.film) return;
    const last = this.film.owners.length - 1;
    if (motionless()) {
      this.to(last); // no motion: straight to the end, steps remain for whoever wants them
      return this.hooks.settled(this.frame);
    }
    if (this.frame >= last) this.to(0);
    attributes(this.play, { "aria-label": "Pause" });
    setText(this.play, "❚❚");
    this.timer = setInterval(
      () => (this.frame < last ? this.to(this.frame + 1) : this.pause()),
      Math.max(FASTEST, (SECONDS * 1000) / Math.max(last, 1) / Number(this.speed.value)),
    );
  }

  private pause(): void {
    if (!this.timer) return;
    this.stop();
    this.hooks.settled(this.frame);
  }

  /** Play no further; the kernel is not told of a frame that is about to change. */
  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    attributes(this.play, { "aria-label": "Play" });
    setText(this.play, "▶");
  }

  private nudge(by: number): void {
    this.stop();
    this.to(this.frame + by);
    this.hooks.settled(this.frame);
  }

  private to(frame: number): void {
    if (!this.film) return;
    this.frame = Math.min(Math.max(frame, 0), this.film.owners.length - 1);
    this.slider.show(this.frame);
    const at = this.film.gap.length > 1 ? (this.frame / (this.film.gap.length - 1)) * WIDE : 0;
    attributes(this.here, { x1: at, x2: at });
    setText(this.says, this.film.says[this.frame] ?? "");
    this.hooks.show(this.frame);
  }
}

/** Whether the reader has asked for pages in which nothing moves by itself. */
const motionless = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
