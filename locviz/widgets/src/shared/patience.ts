/** Says that the kernel is busy where it takes long to answer what the user changed. */
import { html, setText } from "./dom.ts";
import type { Model } from "./model.ts";
import type { Root } from "./root.ts";

const PATIENCE_MS = 1500;

export class Patience {
  readonly element = html("p", { class: "lv-busy", role: "status" });
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `due` tells, once patience ends, whether the newest change has had no answer yet. */
  constructor(
    private readonly model: Pick<Model, "get">,
    private readonly root: Root,
    private readonly due: () => boolean,
    signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => clearTimeout(this.timer));
  }

  /** The kernel was asked, or may have been. */
  wait(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      setText(
        this.element,
        this.due() && this.willCome ? "The kernel is busy; the numbers follow." : "",
      );
    }, PATIENCE_MS);
  }

  /** The newest answer is here. */
  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    setText(this.element, "");
  }

  /** No error and no lost kernel explains why the answer is not here. */
  private get willCome(): boolean {
    return this.root.connected() && this.model.get("last_error") === "";
  }
}
