/** A line that says what the control does that is pointed at or has the focus. */
import { attributes, html, setText } from "../shared/dom.ts";

const REST =
  "Drag a grip or a slider; arrow keys move it, with Shift ten times as far; Escape takes back, a double-click resets.";

/** Give a control its words: in the line, and as its title where it has none. */
export function hinted<E extends Element>(element: E, text: string): E {
  return attributes(element, { "data-hint": text, title: element instanceof SVGElement ? null : text });
}

export function hintLine(body: HTMLElement, signal: AbortSignal): HTMLElement {
  const line = html("p", { class: "lv-hint" }, REST);
  const say = ({ target, type }: Event) => {
    const at = type.endsWith("out") ? document.activeElement : (target as Element);
    const inside = at && body.contains(at) ? at.closest("[data-hint]") : null;
    setText(line, inside?.getAttribute("data-hint") ?? REST);
  };
  for (const name of ["pointerover", "pointerout", "focusin", "focusout"])
    body.addEventListener(name, say, { signal });
  return line;
}
