/** A card of the course in a running notebook: its text may change, it may ask, and it says what happened. */
import { html, setText, uniqueName } from "../shared/dom.ts";
import { keepKeys } from "../shared/keys.ts";
import { listen, type RenderContext } from "../shared/model.ts";

/** The traits of `LiveCard` in locviz/course/live.py. */
interface Traits {
  card: string;
  says: string;
  question: string;
  choices: string[];
  chosen: number;
}

const BELOW = "margin:.2em 0 .2em 1.2em";
const HIDDEN =
  "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";

/** Replace the card's text; what the reader has unfolded stays so. */
function show(card: HTMLElement, markup: string): void {
  const unfolded = [...card.querySelectorAll("details")].map((one) => one.open);
  card.innerHTML = markup; // made by the kernel, which escapes all that a learner or a file wrote
  card.querySelectorAll("details").forEach((one, i) => (one.open = unfolded[i] ?? false));
}

/** The choices as one group of radio buttons: one stop of the Tab key, the arrows go round inside it. */
function group(radios: readonly HTMLInputElement[], texts: readonly string[], label: string) {
  const lines = radios.map((radio, i) => {
    radio.style.margin = ".2em .5em 0 0";
    const style = "display:flex;align-items:flex-start;cursor:pointer";
    return html("label", { class: "locviz-choice", style }, radio, html("span", {}, texts[i]));
  });
  const style = `${BELOW};display:grid;gap:.25em;max-width:46em`;
  return html("div", { role: "radiogroup", "aria-label": label, style }, ...lines);
}

function render({ model, el }: RenderContext<Traits>): () => void {
  const stop = new AbortController();
  const choices = model.get("choices");
  const name = uniqueName("locviz");
  const radios = choices.map((_, i) => html("input", { type: "radio", name, value: i }));
  radios.forEach((radio, i) =>
    radio.addEventListener("change", () => {
      model.set("chosen", i);
      model.save_changes();
    }),
  );
  const asks = choices.length > 0;
  const card = html("div");
  // A question's reply is to be seen; a challenge's ticks are seen in the card and only read aloud.
  const status = html("p", { role: "status", style: asks ? BELOW : HIDDEN });
  el.replaceChildren(
    card,
    ...(asks ? [group(radios, choices, model.get("question"))] : []),
    status,
  );
  keepKeys(el, stop.signal);
  follow(model, "card", (markup) => show(card, markup), stop.signal);
  follow(model, "says", (text) => setText(status, text), stop.signal);
  const mark = (chosen: number) => radios.forEach((radio, i) => (radio.checked = i === chosen));
  follow(model, "chosen", mark, stop.signal);
  return () => stop.abort();
}

/** Call back with a trait's value, now and whenever it changes. */
function follow<K extends keyof Traits>(
  model: RenderContext<Traits>["model"],
  trait: K,
  callback: (value: Traits[K]) => void,
  signal: AbortSignal,
): void {
  const changed = () => callback(model.get(trait));
  listen(model, `change:${trait}`, changed, signal);
  changed();
}

export default { render };
