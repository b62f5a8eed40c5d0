/** What a control does: below while one is pointed at or has the focus, and as its title. */
import { attributes, html, setText } from "../shared/dom.ts";

const REST = "Point at a control to read what it does; the ? at the top says what mouse and keys do.";

export class HintLine {
  readonly element = html("p", { class: "lv-hint" }, REST);

  constructor(hints: readonly (readonly [HTMLElement, string])[]) {
    for (const [control, text] of hints) {
      attributes(control, { title: text });
      const show = () => setText(this.element, text);
      const hide = () => setText(this.element, REST);
      control.addEventListener("pointerenter", show);
      control.addEventListener("focus", show);
      control.addEventListener("pointerleave", hide);
      control.addEventListener("blur", hide);
    }
  }
}
