/** What BoxLab shows, read from and written to the model's user-owned traits. */
import type { Box, Size } from "../shared/boxes.ts";
import type { Model } from "../shared/model.ts";
import type { LossName } from "../shared/losses.ts";
import type { Parametrisation, Setting } from "../shared/parameters.ts";

export type BoxName = "target" | "prediction";
export type Units = "pixels" | "normalised";
export type LandscapeKind = "off" | "center" | "size";

export interface State {
  target: Box;
  prediction: Box;
  anchor: Box;
  loss: LossName;
  /** Whether the focal variants are shown. */
  focal: boolean;
  parametrisation: Parametrisation;
  units: Units;
  landscape: LandscapeKind;
  learning_rate: number;
  race_steps: number;
}

const NAMES = [
  "target", "prediction", "anchor", "loss", "focal", "parametrisation", "units", "landscape",
  "learning_rate", "race_steps",
] as const satisfies readonly (keyof State)[];

export function settingOf(state: State, size: Size): Setting {
  const unit = state.units === "pixels" ? [1, 1] : [...size];
  return { parametrisation: state.parametrisation, unit, anchor: state.anchor };
}

const BEAT_MS = 50;

/** Keeps the state in step with the model; tells `changed` why. */
export class Store {
  state: State;
  readonly size: Size;
  private writing = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saved = -Infinity;

  constructor(
    private readonly model: Model,
    private readonly changed: (gesture: string) => void,
    signal: AbortSignal,
  ) {
    const [height, width] = model.get<Size>("size"); // Python says (h, w) everywhere
    this.size = [width, height];
    this.state = this.read();
    signal.addEventListener("abort", () => clearTimeout(this.timer));
    for (const name of NAMES) {
      const follow = () => this.writing || ((this.state = this.read()), this.changed(""));
      model.on(`change:${name}`, follow);
      signal.addEventListener("abort", () => model.off(`change:${name}`, follow));
    }
  }

  get seq(): number {
    return this.model.get<number>("seq") ?? 0;
  }

  /** The user changed something: show it at once, and tell the kernel, whose newest message wins. */
  change(change: Partial<State>, gesture: string): void {
    this.state = { ...this.state, ...change };
    this.writing = true;
    for (const [name, value] of Object.entries(change)) this.model.set(name, value);
    this.model.set("gesture", gesture);
    this.model.set("seq", this.seq + 1);
    this.writing = false;
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
    this.timer ??= setTimeout(() => this.save(), Math.max(0, this.saved + BEAT_MS - performance.now()));
  }

  /** The boxes of the constructor. */
  initial(name: BoxName): Box {
    return this.model.get<Record<BoxName, Box>>("initial")[name];
  }

  private read(): State {
    return Object.fromEntries(NAMES.map((name) => [name, this.model.get(name)])) as unknown as State;
  }
}
