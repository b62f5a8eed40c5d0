/** Says that the kernel is busy where it takes long to answer what the user changed. */
import { html, setText } from "./dom.ts";

const PATIENCE_MS = 1500;

export class Patience {
  readonly element = html("p", { class: "lv-busy", role: "status" });
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `late` tells, once patience ends, whether an answer is due that will come. */
  constructor(
    private readonly late: () => boolean,
    signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => clearTimeout(this.timer));
  }

  /** The kernel was asked, or may have been. */
  wait(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      setText(this.element, this.late() ? "The kernel is busy; the numbers follow." : "");
    }, PATIENCE_MS);
  }

  /** The newest answer is here. */
  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    setText(this.element, "");
  }
}
