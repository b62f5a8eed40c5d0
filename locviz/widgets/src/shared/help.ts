/** The line at the top of every widget: what it is, and a button that opens what mouse and keys do in it. */
import { attributes, button, html, setVisible, uniqueName } from "./dom.ts";

/** What the hand does, and what that does. */
export type HelpLine = readonly [gesture: string, effect: string];

/** For boxes with handles. */
export const BOX_HELP: readonly HelpLine[] = [
  ["Drag", "moves a box; an edge or a corner resizes it"],
  ["Tab", "goes to the next box or handle, and out of the widget"],
  ["Arrow keys", "move what has the focus by 1 pixel of the picture, with Shift by 10"],
  ["Alt + arrows", "resizes the box"],
  ["Escape", "takes back what the mouse or the keys did since the box got the focus"],
  ["Double-click", "puts the box back where it started"],
];

export const SLIDER_HELP: HelpLine = [
  "Sliders",
  "also follow the arrow keys; Escape takes back, a double-click resets",
];

/** Title, button and panel; the panel has no height while it is closed. */
export function helpLine(title: string, lines: readonly HelpLine[]): HTMLElement {
  const id = uniqueName("lv-help");
  const items = lines.map(([gesture, effect]) =>
    html("div", {}, html("dt", {}, gesture), html("dd", {}, effect)),
  );
  const panel = html("dl", { class: "lv-help", id, hidden: true }, ...items);
  const open = () => !panel.hidden;
  const show = (shown: boolean) => {
    setVisible(panel, shown);
    attributes(ask, { "aria-expanded": String(shown) });
  };
  const label = "What mouse and keys do here";
  const ask = button("?", () => show(!open()), {
    class: "lv-ask",
    title: label,
    "aria-label": label,
    "aria-description": "Opens a list of what mouse and keys do; a second press closes it.",
    "aria-expanded": "false",
    "aria-controls": id,
  });
  ask.addEventListener("keydown", (event) => {
    if (event.key === "Escape") show(false);
  });
  const name = html("span", { "aria-hidden": "true" }, title); // the frame is called so already
  return html("header", { class: "lv-top" }, name, ask, panel);
}
