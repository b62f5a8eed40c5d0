/** The sweep: the score threshold goes from 1 to 0 by itself, and the area under the curve fills on the way. */
const LASTS_MS = 5000;

/** The threshold so many milliseconds after the start; 0, the end, at once where motion is not wanted. */
export function thresholdAfter(elapsed: number, still: boolean): number {
  if (still || elapsed >= LASTS_MS) return 0;
  return Math.round(1000 * (1 - elapsed / LASTS_MS)) / 1000;
}

export interface SweepHooks {
  put(threshold: number): void;
  /** It began or ended. */
  turned(running: boolean): void;
}

export class Sweep {
  private frame = 0;

  constructor(
    private readonly hooks: SweepHooks,
    signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => cancelAnimationFrame(this.frame));
  }

  get running(): boolean {
    return this.frame !== 0;
  }

  start(): void {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let began = 0;
    const draw = (now: number) => {
      began ||= now;
      const threshold = thresholdAfter(now - began, still);
      if (threshold > 0) this.frame = requestAnimationFrame(draw);
      this.hooks.put(threshold);
      if (threshold === 0) this.stop();
    };
    this.frame = requestAnimationFrame(draw);
    this.hooks.turned(true);
  }

  stop(): void {
    if (!this.running) return;
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.hooks.turned(false);
  }
}
