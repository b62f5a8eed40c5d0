/** A small mark beside a letter: the object's sign in tables and lists. */
import { svg } from "../shared/dom.ts";
import { colourOf, mark, shapeOf } from "./marks.ts";

export function sign(index: number): SVGSVGElement {
  const path = svg("path", { d: mark(shapeOf(index), 7, 7, 4.6) });
  const element = svg(
    "svg",
    { class: "lv-sign", viewBox: "0 0 14 14", "aria-hidden": "true" },
    path,
  );
  element.style.setProperty("--lv-mark", colourOf(index));
  return element;
}
