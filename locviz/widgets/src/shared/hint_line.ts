/** What a control does, in a word: as its title, to screen readers, and in one line while it is pointed at or has the focus. */
import { attributes, html, setText } from "./dom.ts";

/** Say what a control does; of a label, the control inside it. */
export function hinted<E extends HTMLElement | SVGElement>(element: E, text: string): E {
  if (element instanceof HTMLElement) attributes(element, { title: text });
  const inside = element.querySelector("input, select");
  attributes(inside ?? element, { "aria-description": text });
  return element;
}

export class HintLine {
  readonly element: HTMLElement;

  /** Follows every control below `within`; `rest` stands there while none is looked at. */
  constructor(
    within: Element,
    private readonly rest: string,
    signal: AbortSignal,
  ) {
    this.element = html("p", { class: "lv-hint", "aria-hidden": "true" }, rest);
    for (const name of ["pointerover", "focusin"])
      within.addEventListener(name, (event) => this.show(event.target as Element), { signal });
    for (const name of ["pointerleave", "focusout"])
      within.addEventListener(name, () => this.show(null), { signal });
  }

  private show(target: Element | null): void {
    const label = target?.closest("label")?.querySelector("[aria-description]");
    const control = target?.closest("[aria-description]") ?? label;
    const text = control?.getAttribute("aria-description") ?? this.rest;
    setText(this.element, text);
    attributes(this.element, { title: text === this.rest ? null : text });
  }
}
