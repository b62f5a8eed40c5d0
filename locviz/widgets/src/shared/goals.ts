/** The goals of the challenges that watch a widget, in its own frame: the cards lie below the fold while one drags. */
import { html, setVisible } from "./dom.ts";
import type { Watched } from "./messages.ts";
import { listen, type Model } from "./model.ts";

/** A strip with a line for each challenge; it has no height where there is none. */
export function showGoals(model: Model, signal: AbortSignal): HTMLElement {
  const strip = html("ul", { class: "lv-goals", "aria-label": "Goals of the challenges" });
  const draw = () => {
    const challenges = model.get("challenges") ?? [];
    strip.replaceChildren(...challenges.map(line));
    setVisible(strip, challenges.length > 0);
  };
  listen(model, "change:challenges", draw, signal);
  draw();
  return strip;
}

function line({ title, proved, goals, met }: Watched): HTMLElement {
  const ticks = goals.map((goal, i) => {
    const text = `${met[i] ? "✔" : "○"} ${goal}`;
    return html("span", { class: met[i] ? "lv-met" : "", title: text }, text);
  });
  const name = proved ? `★ ${title}, proved` : title;
  return html("li", { class: proved ? "lv-proved" : "" }, html("strong", {}, name), ...ticks);
}
