/** The frame round every widget: theme, scale, errors, connection, live region. */
import { html, setText, setVisible } from "./dom.ts";
import { showGoals } from "./goals.ts";
import goalsCss from "./goals.css";
import { type HelpLine, helpLine } from "./help.ts";
import helpCss from "./help.css";
import { keepKeys } from "./keys.ts";
import { liveRegion } from "./live.ts";
import { listen, type Model } from "./model.ts";
import theme from "./theme.css";

const ANSWER_MS = 250; // most answers are here by then
const LOST =
  "The kernel stopped or restarted. With this cell selected, choose Run ▸ Run All Above Selected " +
  "Cell, then run this cell again.";

export interface Root {
  /** Put the widget's own elements here. */
  body: HTMLElement;
  element: HTMLElement;
  /** Read `text` to screen readers, politely. */
  say(text: string): void;
  /** The same with what the kernel will have answered in a moment. */
  sayAnswer(words: () => string): void;
  /** True while a kernel listens; false after it died or restarted. */
  connected(): boolean;
  onConnection(callback: (live: boolean) => void): void;
}

export interface RootOptions {
  name: string;
  label: string;
  /** What mouse and keys do in this widget. */
  help: readonly HelpLine[];
  css?: string;
}

export function createRoot(
  host: HTMLElement,
  model: Model,
  options: RootOptions,
  signal: AbortSignal,
): Root {
  const live = liveRegion(signal);
  const body = html("div", { class: "lv-body" });
  const error = html("p", { class: "lv-error", role: "alert", hidden: true });
  const lost = html("p", { class: "lv-lost", role: "status", hidden: true });
  const element = html(
    "section",
    {
      class: `locviz locviz-${options.name}`,
      "aria-label": options.label,
    },
    html("style", {}, theme + helpCss + goalsCss + (options.css ?? "")),
    helpLine(options.label, options.help),
    error,
    showGoals(model, signal),
    body,
    lost,
    live.element,
  );
  host.replaceChildren(element);
  keepKeys(element, signal);
  signal.addEventListener("abort", () => element.remove());
  followTraits(element, error, model, signal);
  const sayAnswer = (words: () => string) => void setTimeout(() => live.say(words()), ANSWER_MS);
  return { body, element, say: live.say, sayAnswer, ...connection(lost, model, signal) };
}

function followTraits(
  element: HTMLElement,
  error: HTMLElement,
  model: Model,
  signal: AbortSignal,
): void {
  const rescale = () => element.style.setProperty("--lv-scale", String(model.get("scale") ?? 1));
  const complain = () => {
    const message = model.get("last_error") ?? "";
    setText(error, message);
    setVisible(error, message !== "");
  };
  listen(model, "change:scale", rescale, signal);
  listen(model, "change:last_error", complain, signal);
  rescale();
  complain();
}

/** Whether Jupyter has a kernel for this model. anywidget hides its own flag, but the layout's model has the same. */
function commLive(model: Model): boolean {
  return model.get("layout")?.comm_live !== false;
}

/** After the kernel died or restarted the view says so, and stays usable as far as it can without one. */
function connection(lost: HTMLElement, model: Model, signal: AbortSignal) {
  const callbacks: ((live: boolean) => void)[] = [];
  let live = true;
  const update = (now: boolean) => {
    if (now === live) return;
    live = now;
    setText(lost, live ? "" : LOST);
    setVisible(lost, !live);
    callbacks.forEach((callback) => callback(live));
  };
  const look = () => setTimeout(() => update(commLive(model))); // Jupyter tells the models one after another
  listen(model, "comm_live_update", look, signal);
  listen(model, "comm:close", () => update(false), signal);
  return {
    connected: () => live,
    onConnection: (callback: (live: boolean) => void) => void callbacks.push(callback),
  };
}
