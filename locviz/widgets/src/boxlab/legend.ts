/** What the lines and areas of the picture mean. */
import { html } from "../shared/dom.ts";

export function legend(): HTMLElement {
  const entries: [string, string][] = [
    ["target", "target"],
    ["prediction", "prediction"],
    ["shared", "intersection"],
    ["union", "union"],
    ["hull", "enclosing box"],
    ["distance", "centre distance"],
    ["pull", "pull of the loss"],
    ["anchor", "anchor"],
    ["low", "dark: low loss"],
  ];
  const key = (kind: string) => html("i", { class: `lv-key lv-key-${kind}` });
  const items = entries.map(([kind, text]) =>
    html("li", { class: `lv-entry-${kind}` }, key(kind), text),
  );
  return html("ul", { class: "lv-legend", "aria-label": "Legend" }, ...items);
}
