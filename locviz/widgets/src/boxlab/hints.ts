/** What a control does: in a line of words while one is pointed at or has the focus, and as its title. */
import { attributes, html, setText } from "../shared/dom.ts";

const REST = "Point at a control to read what it does; the ? at the top says what mouse and keys do.";

export class HintLine {
  readonly element = html("p", { class: "lv-hint" }, REST);

  /** Words for a control, or for a part that holds one; `reword` may change them later. */
  explain(control: HTMLElement, words: string): void {
    this.reword(control, words);
    for (const event of ["pointerenter", "focusin"])
      control.addEventListener(event, () => setText(this.element, control.title));
    for (const event of ["pointerleave", "focusout"])
      control.addEventListener(event, () => setText(this.element, REST));
  }

  reword(control: HTMLElement, words: string): void {
    if (control.title !== words) attributes(control, { title: words });
  }
}
