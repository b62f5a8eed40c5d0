/** Plays the steps of a method: to the start, back, play, on, to the end. */
import { attributes, button, html, motionless, setText } from "../shared/dom.ts";
import { hinted } from "../shared/hint_line.ts";
import { Slider } from "../shared/slider.ts";
import { HINTS } from "./hints.ts";

const STEP_MS = 1100;
const LONGEST_MS = 16_000; // however many steps there are

export interface PlayerHooks {
  /** The step that is shown, as the view has it. */
  now(): number;
  steps(): number;
  go(step: number, gesture: string): void;
  reset(): void;
  done(): void;
  /** Whether the newest step is drawn: the next one waits for it. */
  drawn(): boolean;
}

export class Player {
  readonly element: HTMLElement;
  private readonly play = button("▶", () => (this.timer ? this.pause() : this.run()), { "aria-label": "Play" });
  private readonly slider: Slider;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly hooks: PlayerHooks,
    signal: AbortSignal,
  ) {
    const to = (name: string, text: string, step: () => number, hint: string) =>
      hinted(button(text, () => this.jump(step()), { "aria-label": name }), hint);
    this.slider = new Slider({
      label: "step",
      min: 0,
      max: 1,
      step: 1,
      format: (value) => `${value} of ${hooks.steps()}`,
      changed: (value, gesture) => {
        this.pause();
        hooks.go(Math.round(value), gesture);
      },
      reset: () => hooks.reset(),
      done: () => hooks.done(),
    });
    this.element = html(
      "div",
      { class: "lv-player", role: "group", "aria-label": "Steps" },
      to("To the start", "«", () => 0, HINTS.first),
      to("One step back", "‹", () => hooks.now() - 1, HINTS.back),
      hinted(this.play, HINTS.play),
      to("One step on", "›", () => hooks.now() + 1, HINTS.on),
      to("To the end", "»", () => hooks.steps(), HINTS.last),
      hinted(this.slider.element, HINTS.step),
    );
    signal.addEventListener("abort", () => clearInterval(this.timer));
  }

  show(): void {
    this.slider.bounds(0, Math.max(this.hooks.steps(), 1));
    this.slider.show(this.hooks.now());
  }

  /** Something else was changed: the film stands still. */
  pause(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    attributes(this.play, { "aria-label": "Play" });
    setText(this.play, "▶");
  }

  private jump(step: number): void {
    this.pause();
    this.hooks.go(Math.min(Math.max(step, 0), this.hooks.steps()), "step");
    this.hooks.done();
  }

  private run(): void {
    const { hooks } = this;
    if (!hooks.steps()) return;
    if (motionless()) return this.jump(hooks.steps()); // single steps remain for whoever wants them
    if (hooks.now() >= hooks.steps()) hooks.go(0, "play");
    attributes(this.play, { "aria-label": "Pause" });
    setText(this.play, "❚❚");
    this.timer = setInterval(() => this.tick(), Math.min(STEP_MS, LONGEST_MS / hooks.steps()));
  }

  private tick(): void {
    const { hooks } = this;
    if (!hooks.drawn()) return;
    hooks.go(hooks.now() + 1, "play");
    if (hooks.now() < hooks.steps()) return;
    this.pause();
    hooks.done();
  }
}
