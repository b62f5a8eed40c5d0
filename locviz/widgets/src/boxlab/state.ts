/** What BoxLab shows, read from and written to the model's user-owned traits. */
import type { Box, Size } from "../shared/boxes.ts";
import { TraitStore } from "../shared/knobs.ts";
import type { Model } from "../shared/model.ts";
import type { Setting } from "../shared/parameters.ts";
import { type Initial, type KernelTraits, KNOBS, type Knobs, type UserTraits } from "./messages.ts";

export type State = Knobs;
export type BoxName = keyof Initial;
/** A page without a kernel has only some of the kernel's traits. */
export type Traits = UserTraits &
  Pick<KernelTraits, "initial" | "last_error" | "challenges"> &
  Partial<KernelTraits>;

export function settingOf(state: State, size: Size): Setting {
  const unit = state.units === "pixels" ? [1, 1] : [...size];
  return { parametrisation: state.parametrisation, unit, anchor: state.anchor };
}

const BEAT_MS = 100;

/** Keeps the state in step with the model; tells `changed` why. */
export class Store {
  readonly size: Size;
  private readonly traits: TraitStore<State>;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saved = -Infinity;

  constructor(
    private readonly model: Model<Traits>,
    private readonly changed: (gesture: string) => void,
    signal: AbortSignal,
  ) {
    const [height, width] = model.get("size"); // Python says (h, w) everywhere
    this.size = [width, height];
    this.traits = new TraitStore<State>(KNOBS, model, () => changed(""), signal);
    signal.addEventListener("abort", () => clearTimeout(this.timer));
  }

  get state(): State {
    return this.traits.values;
  }

  /** The user changed something: show it at once, and tell the kernel, whose newest message wins. */
  change(change: Partial<State>, gesture: string): void {
    this.traits.write(change);
    this.model.set("gesture", gesture);
    this.model.set("seq", this.model.get("seq") + 1);
    if (gesture === "drag" || gesture === "descend") this.saveSoon();
    else this.save();
    this.changed(gesture);
  }

  /** Tell the kernel now. */
  save(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.saved = performance.now();
    this.model.save_changes();
  }

  /**
   * Tell the kernel by the next beat. Each message costs JupyterLab far more than a frame of this widget (its toolbar
   * is laid out anew at every busy and idle), so a drag sends at most one per beat, the last state included.
   */
  private saveSoon(): void {
    this.timer ??= setTimeout(
      () => this.save(),
      Math.max(0, this.saved + BEAT_MS - performance.now()),
    );
  }

  /** The boxes of the constructor. */
  initial(name: BoxName): Box {
    return this.model.get("initial")[name];
  }
}
