/** A widget's knobs (`KnobWidget` in Python): the view moves them at once, the kernel follows, the latest wins. */
import type { LatestWins } from "./kernel.ts";
import { listen, type Model } from "./model.ts";

export class KnobStore<Knobs extends object> {
  knobs: Knobs;
  /** Counts the view's own changes; what the kernel sends says which one it answers. */
  seq: number;
  private writing = false;

  constructor(
    private readonly names: readonly (keyof Knobs & string)[],
    private readonly model: Model,
    private readonly questions: LatestWins<Record<string, unknown>>,
    private readonly changed: () => void,
    signal: AbortSignal,
  ) {
    this.knobs = this.read();
    this.seq = model.get<number>("seq") ?? 0;
    const follow = () => {
      if (this.writing) return;
      this.knobs = this.read();
      this.changed();
    };
    for (const name of names) listen(model, `change:${name}`, follow, signal);
  }

  change(change: Partial<Knobs>, gesture: string): void {
    this.knobs = { ...this.knobs, ...change };
    this.seq += 1;
    this.writing = true;
    for (const name of this.names) this.model.set(name, this.knobs[name]);
    this.writing = false;
    this.questions.ask({ name: "knobs", ...this.knobs, gesture, at: this.seq });
    this.changed();
  }

  get initial(): Knobs {
    return this.model.get<Knobs>("initial");
  }

  private read(): Knobs {
    return Object.fromEntries(this.names.map((name) => [name, this.model.get(name)])) as unknown as Knobs;
  }
}
