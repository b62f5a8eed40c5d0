/** A widget's knobs (`KnobWidget` in Python): the view moves them at once, the kernel follows, the latest wins. */
import type { LatestWins } from "./kernel.ts";
import type { CommonTraits, KnobsQuestion } from "./messages.ts";
import { listen, type Model } from "./model.ts";
import { Patience } from "./patience.ts";
import type { Root } from "./root.ts";
import { Slider, type SliderOptions } from "./slider.ts";

/** Traits that the user owns: read once, followed, and written without hearing one's own echo. */
export class TraitStore<Values extends object> {
  values: Values;
  private writing = false;

  constructor(
    private readonly names: readonly (keyof Values & string)[],
    private readonly model: Model<Values>,
    changed: () => void,
    signal: AbortSignal,
  ) {
    this.values = this.read();
    const follow = () => {
      if (this.writing) return;
      this.values = this.read();
      changed();
    };
    for (const name of names) listen(model, `change:${name}`, follow, signal);
  }

  /** Set these here and in the model; `save_changes` is the caller's. */
  write(change: Partial<Values>): void {
    this.values = { ...this.values, ...change };
    this.writing = true;
    for (const name of Object.keys(change) as (keyof Values & string)[])
      this.model.set(name, this.values[name]);
    this.writing = false;
  }

  private read(): Values {
    return Object.fromEntries(this.names.map((name) => [name, this.model.get(name)])) as Values;
  }
}

/** The traits that a widget with knobs has. */
export type KnobTraits<Knobs extends object> = Knobs & CommonTraits & { initial: Knobs };

export class KnobStore<Knobs extends object> {
  /** Counts the view's own changes; what the kernel sends says which one it answers. */
  seq: number;
  private settled = false; // the newest change of this view has been answered
  private readonly traits: TraitStore<Knobs>;

  constructor(
    names: readonly (keyof Knobs & string)[],
    private readonly model: Model<KnobTraits<Knobs>>,
    private readonly questions: Pick<LatestWins<Knobs & KnobsQuestion>, "ask">,
    private readonly changed: () => void,
    signal: AbortSignal,
  ) {
    this.traits = new TraitStore<Knobs>(names, model, changed, signal);
    this.seq = model.get("seq") ?? 0;
  }

  get knobs(): Knobs {
    return this.traits.values;
  }

  /** Waits while `answered`, the change that the newest answer is about, lags behind the last. */
  patience(root: Root, answered: () => number, signal: AbortSignal): Patience {
    return new Patience(this.model, root, () => answered() < this.seq, signal);
  }

  change(change: Partial<Knobs>, gesture: string): void {
    this.seq += 1;
    this.traits.write({ ...this.knobs, ...change });
    this.questions.ask({ name: "knobs", ...this.knobs, gesture, at: this.seq });
    this.changed();
  }

  /** An answer `of` these knobs to another view's change (a second tab): show its knobs with its result. */
  follow(seq: number, of: Knobs): void {
    const foreign = seq > this.seq || (seq === this.seq && this.settled);
    this.settled = seq >= this.seq;
    if (!foreign) return;
    this.seq = seq;
    for (const name of Object.keys(of) as (keyof Knobs & string)[])
      if (JSON.stringify(of[name]) !== JSON.stringify(this.model.get(name)))
        this.model.set(name, of[name] as KnobTraits<Knobs>[typeof name]);
  }

  get initial(): Knobs {
    return this.model.get("initial");
  }

  /** A slider for a number among the knobs; a double-click puts it back where the constructor put it. */
  slider(knob: keyof Knobs, options: Omit<SliderOptions, "changed" | "reset">): Slider {
    const put = (value: unknown, gesture: string) =>
      this.change({ [knob]: value } as Partial<Knobs>, gesture);
    const reset = () => {
      put(this.initial[knob], "reset");
      options.done();
    };
    return new Slider({ ...options, changed: put, reset });
  }
}
