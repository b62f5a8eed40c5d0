/** APLab's knobs: the view moves them at once, the kernel follows, the latest wins. */
import type { LatestWins } from "../shared/kernel.ts";
import { listen, type Model } from "../shared/model.ts";

export interface Knobs {
  score_threshold: number;
  iou_threshold: number;
  label: number | null;
  image: number;
}

const NAMES = ["score_threshold", "iou_threshold", "label", "image"] as const;

export class Store {
  knobs: Knobs;
  /** Counts the view's own changes; the kernel's `reading` says which one it answers. */
  seq: number;
  private writing = false;

  constructor(
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
    for (const name of NAMES) listen(model, `change:${name}`, follow, signal);
  }

  change(change: Partial<Knobs>, gesture: string): void {
    this.knobs = { ...this.knobs, ...change };
    this.seq += 1;
    this.writing = true;
    for (const name of NAMES) this.model.set(name, this.knobs[name]);
    this.writing = false;
    this.questions.ask({ name: "knobs", ...this.knobs, gesture, at: this.seq });
    this.changed();
  }

  get initial(): Knobs {
    return this.model.get<Knobs>("initial");
  }

  private read(): Knobs {
    return Object.fromEntries(NAMES.map((name) => [name, this.model.get(name)])) as unknown as Knobs;
  }
}
