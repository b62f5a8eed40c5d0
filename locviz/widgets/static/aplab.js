// src/shared/controls.css
var controls_default = ".locviz .lv-pager {\n  display: flex;\n  align-items: center;\n  justify-content: space-between;\n  gap: 0.6em;\n  margin-bottom: 0.6em;\n}\n.locviz .lv-page {\n  font-variant-numeric: tabular-nums;\n}\n.locviz .lv-controls {\n  display: flex;\n  flex-wrap: wrap;\n  align-items: center;\n  gap: 0.6em 1.6em;\n  margin-top: 1em;\n  padding-top: 1em;\n  border-top: 1px solid var(--lv-line);\n}\n.locviz .lv-controls label {\n  display: flex;\n  align-items: center;\n  gap: 0.6em;\n}\n.locviz .lv-controls label > span {\n  color: var(--lv-soft);\n}\n.locviz .lv-slider {\n  flex: 1 1 calc(230px * var(--lv-scale));\n}\n.locviz .lv-slider span {\n  white-space: nowrap;\n}\n.locviz .lv-slider input {\n  flex: 1;\n  min-width: 6em;\n  height: 28px;\n  margin: 0;\n  accent-color: var(--lv-accent);\n  cursor: grab;\n}\n.locviz .lv-slider output {\n  min-width: 2.6em;\n  font-variant-numeric: tabular-nums;\n  font-weight: 600;\n}\n";

// src/shared/dom.ts
var SVG = "http://www.w3.org/2000/svg";
function attributes(element, values) {
  for (const name in values) {
    const text = written(values[name]);
    if (element.getAttribute(name) === text) continue;
    if (text === null) element.removeAttribute(name);
    else element.setAttribute(name, text);
  }
  return element;
}
function written(value) {
  if (value === false || value === null || value === void 0) return null;
  if (value === true) return "";
  return typeof value === "number" ? coordinate(value) : value;
}
function html(tag, values = {}, ...children) {
  const element = attributes(document.createElement(tag), values);
  element.append(...children);
  return element;
}
function svg(tag, values = {}, ...children) {
  const element = attributes(document.createElementNS(SVG, tag), values);
  element.append(...children);
  return element;
}
function setText(element, text) {
  const only = element.childNodes.length === 1 ? element.firstChild : null;
  if (only instanceof Text && text) {
    if (only.data !== text) only.data = text;
  } else if (element.textContent !== text) element.textContent = text;
}
var uniqueName = (start) => `${start}-${Math.random().toString(36).slice(2)}`;
function setVisible(element, visible) {
  attributes(element, {
    hidden: !visible,
    display: element instanceof SVGElement && !visible ? "none" : null
  });
}
function button(text, act, values = {}) {
  const element = html("button", { type: "button", ...values }, text);
  element.addEventListener("click", act);
  return element;
}
function coordinate(value) {
  return Number.isFinite(value) ? String(Math.round(value * 1e3) / 1e3) : "0";
}

// src/shared/help.ts
var SLIDER_HELP = [
  "Sliders",
  "also follow the arrow keys; Escape takes back, a double-click resets"
];
function helpLine(title, lines) {
  const id = uniqueName("lv-help");
  const items = lines.map(
    ([gesture, effect]) => html("div", {}, html("dt", {}, gesture), html("dd", {}, effect))
  );
  const panel = html("dl", { class: "lv-help", id, hidden: true }, ...items);
  const open = () => !panel.hidden;
  const show = (shown) => {
    setVisible(panel, shown);
    attributes(ask, { "aria-expanded": String(shown) });
  };
  const label2 = "What mouse and keys do here";
  const ask = button("?", () => show(!open()), {
    class: "lv-ask",
    title: label2,
    "aria-label": label2,
    "aria-description": "Opens a list of what mouse and keys do; a second press closes it.",
    "aria-expanded": "false",
    "aria-controls": id
  });
  ask.addEventListener("keydown", (event) => {
    if (event.key === "Escape") show(false);
  });
  const name = html("span", { "aria-hidden": "true" }, title);
  return html("header", { class: "lv-top" }, name, ask, panel);
}

// src/shared/model.ts
function listen(model, event, callback, signal) {
  model.on(event, callback);
  signal.addEventListener("abort", () => model.off(event, callback));
}

// src/shared/kernel.ts
var LatestWins = class {
  constructor(send, width = 3) {
    this.send = send;
    this.width = width;
  }
  send;
  width;
  flying = /* @__PURE__ */ new Set();
  waiting = null;
  last = 0;
  seen = 0;
  /** Ask, now or as soon as an answer frees a place; returns the question's sequence number. */
  ask(question) {
    this.waiting = { seq: ++this.last, question };
    this.flush();
    return this.last;
  }
  /** Note an answer; true if it is newer than every answer before it. */
  answered(seq) {
    this.flying.delete(seq);
    this.flush();
    const fresh = seq > this.seen;
    this.seen = Math.max(seq, this.seen);
    return fresh;
  }
  /** Nothing that is under way will be answered: the kernel is gone. */
  lost() {
    this.flying.clear();
    this.waiting = null;
  }
  get inFlight() {
    return this.flying.size;
  }
  flush() {
    if (!this.waiting || this.flying.size >= this.width) return;
    const { seq, question } = this.waiting;
    this.waiting = null;
    this.flying.add(seq);
    this.send(seq, question);
  }
};
function asker(model, onAnswer, signal) {
  const questions = new LatestWins(
    (seq, question) => model.send({ kind: "ask", seq, ...question })
  );
  const received = (content, buffers = []) => {
    if (content?.kind !== "answer") return;
    if (questions.answered(content.seq) && !content.error) onAnswer(content, buffers);
  };
  listen(model, "msg:custom", received, signal);
  return questions;
}

// src/shared/goals.ts
function showGoals(model, signal) {
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
function line({ title, proved, goals, met }) {
  const ticks2 = goals.map((goal, i) => {
    const text = `${met[i] ? "✔" : "○"} ${goal}`;
    return html("span", { class: met[i] ? "lv-met" : "", title: text }, text);
  });
  const name = proved ? `★ ${title}, proved` : title;
  return html("li", { class: proved ? "lv-proved" : "" }, html("strong", {}, name), ...ticks2);
}

// src/shared/goals.css
var goals_default = ".lv-goals {\n  list-style: none;\n  margin: 0 0 0.5em;\n  padding: 0 0 0.4em;\n  border-bottom: 1px solid var(--lv-line);\n  font-size: 0.86em;\n}\n\n.lv-goals li {\n  display: flex;\n  flex-wrap: wrap;\n  column-gap: 1em;\n  align-items: baseline;\n  min-width: 0;\n  line-height: 1.5;\n}\n\n.lv-goals strong {\n  flex: none;\n  font-weight: 600;\n}\n\n.lv-goals .lv-met {\n  color: var(--lv-good);\n}\n";

// src/shared/help.css
var help_default = '.locviz .lv-top {\n  display: flex;\n  flex-wrap: wrap;\n  align-items: center;\n  justify-content: space-between;\n  gap: 0 1em;\n  margin: -0.4em 0 0.5em;\n  color: var(--lv-soft);\n}\n.locviz .lv-top > span {\n  flex: 1;\n  font-size: 0.92em;\n}\n.locviz button.lv-ask {\n  width: calc(26px * var(--lv-scale));\n  min-width: 0;\n  min-height: 0;\n  height: calc(26px * var(--lv-scale));\n  padding: 0;\n  border-radius: 50%;\n  font-weight: 600;\n}\n.locviz button.lv-ask[aria-expanded="true"] {\n  color: var(--lv-on-accent);\n  background: var(--lv-accent);\n  border-color: var(--lv-accent);\n}\n.locviz .lv-help {\n  flex: 1 0 100%;\n  display: grid;\n  grid-template-columns: repeat(auto-fit, minmax(min(24em, 100%), 1fr));\n  gap: 0.15em 2em;\n  margin: 0.5em 0 0.3em;\n  padding: 0.6em 0.9em;\n  color: var(--lv-text);\n  background: var(--lv-raised);\n  border-radius: 6px;\n}\n.locviz .lv-help div {\n  display: flex;\n  gap: 0.8em;\n}\n.locviz .lv-help dt {\n  flex: 0 0 8.5em;\n  margin: 0;\n  font-weight: 600;\n}\n.locviz .lv-help dd {\n  margin: 0;\n}\n';

// src/shared/keys.ts
var SUPPRESS = "data-lm-suppress-shortcuts";
function keepKeys(element, signal) {
  const keydown = (event) => {
    const { target } = event;
    if (!(target instanceof Element) || !element.contains(target)) return;
    target.setAttribute(SUPPRESS, "true");
    if (event.ctrlKey || event.metaKey) askPage(event);
  };
  window.addEventListener("keydown", keydown, { capture: true, signal });
}
function askPage(event) {
  const taken = !document.body.dispatchEvent(new KeyboardEvent(event.type, event));
  if (taken) event.preventDefault();
}

// src/shared/live.ts
function liveRegion(signal, pauseMs = 700) {
  const element = html("div", { class: "lv-hidden", "aria-live": "polite", "aria-atomic": "true" });
  let timer;
  let next = "";
  const say = (text) => {
    next = text;
    timer ??= setTimeout(() => {
      timer = void 0;
      setText(element, next);
    }, pauseMs);
  };
  signal.addEventListener("abort", () => clearTimeout(timer));
  return { element, say };
}

// src/shared/theme.css
var theme_default = `/* Colours come from Jupyter's variables where there are any, and stand on their own elsewhere: light, then dark. The
   palette is Okabe and Ito's, darkened or lightened until text reaches 4.5:1; shape, dash and label repeat what colour
   says. */
.locviz {
  color-scheme: light;
  --lv-scale: 1;
  --lv-bg: var(--jp-layout-color0, light-dark(#ffffff, #111418));
  --lv-panel: var(--jp-layout-color1, light-dark(#ffffff, #16191e));
  --lv-raised: light-dark(#f5f6f8, #22262d);
  --lv-line: light-dark(#d5d9e0, #3a404a);
  --lv-control: light-dark(#767c87, #8b93a1);
  --lv-text: var(--jp-content-font-color0, light-dark(#16181d, #f2f4f7));
  --lv-soft: light-dark(#545b67, #b3bac6);
  --lv-accent: light-dark(#005f9e, #7cc4f5);
  --lv-on-accent: light-dark(#ffffff, #0b1a26);
  --lv-target: light-dark(#00664b, #4fd0a5);
  --lv-prediction: light-dark(#0063a6, #6cb8f0);
  --lv-overlap: light-dark(#8a3d78, #e09bcb);
  --lv-hull: light-dark(#6b7280, #a2aab6);
  --lv-pull: light-dark(#b84a00, #ffa04d);
  --lv-bad: light-dark(#a4262c, #ff9d9d);
  --lv-bad-bg: light-dark(#fdeeee, #3d1c1e);
  --lv-good: light-dark(#00664b, #4fd0a5);
  --lv-series-0: light-dark(#16181d, #f2f4f7);
  --lv-series-1: light-dark(#b84a00, #ffa04d);
  --lv-series-2: light-dark(#8a6d00, #e6cf55);
  --lv-series-3: light-dark(#0063a6, #6cb8f0);
  --lv-series-4: light-dark(#00795a, #3ccf9f);
  --lv-series-5: light-dark(#a0447e, #e892c4);
  --lv-series-6: light-dark(#3f7fb5, #a5d4f7);
  --lv-series-7: light-dark(#7a4fc4, #b99bf5);
  --lv-focus: light-dark(#1a1a1a, #ffffff);
  color: var(--lv-text);
  background: var(--lv-bg);
  font: calc(13px * var(--lv-scale)) / 1.45 var(--jp-ui-font-family, system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif);
  box-sizing: border-box;
  container-type: inline-size;
  border: 1px solid var(--lv-line);
  border-radius: 8px;
  padding: 1em;
  text-align: start;
  /* A drag that begins beside a picture must not mark all text; what one may want to copy can be. */
  -webkit-user-select: none;
  user-select: none;
}
.locviz :is(.lv-error, .lv-lost, .lv-help, input) {
  -webkit-user-select: text;
  user-select: text;
}
body[data-jp-theme-light="false"] .locviz,
body.vscode-dark .locviz,
.locviz[data-theme="dark"] {
  color-scheme: dark;
}
@media (prefers-color-scheme: dark) {
  body:not([data-jp-theme-light], .vscode-light) .locviz:not([data-theme="light"]) {
    color-scheme: dark;
  }
}
.locviz *,
.locviz *::before {
  box-sizing: border-box;
}
.locviz [hidden] {
  display: none !important;
}
.locviz svg {
  display: block;
  font: inherit;
}
.locviz svg text {
  fill: var(--lv-soft);
  font-size: 0.85em;
}
.locviz .lv-grid {
  stroke: var(--lv-line);
  stroke-width: 1;
}
.locviz .lv-axis {
  fill: none;
  stroke: var(--lv-control);
}
.locviz button,
.locviz select {
  font: inherit;
  color: var(--lv-text);
  background: var(--lv-panel);
  border: 1px solid var(--lv-control);
  border-radius: 6px;
  min-height: 2.2em;
  min-width: 2.2em;
  padding: 0.2em 0.8em;
  margin: 0;
  cursor: pointer;
}
.locviz button:hover:not(:disabled, .lv-primary, [aria-pressed="true"]),
.locviz select:hover {
  background: var(--lv-raised);
}
.locviz button:disabled:disabled {
  background: none;
  color: var(--lv-soft);
  border-style: dashed;
  cursor: default;
}
.locviz button.lv-primary,
.locviz button[aria-pressed="true"] {
  color: var(--lv-on-accent);
  background: var(--lv-accent);
  border-color: var(--lv-accent);
}
.locviz :focus-visible {
  outline: 2px solid var(--lv-focus);
  outline-offset: 2px;
}
.locviz svg [role="slider"] {
  cursor: grab;
  outline: none;
  touch-action: none;
}
.locviz svg .lv-dragging {
  cursor: grabbing;
}
.locviz .lv-error {
  margin: 0 0 0.8em;
  padding: 0.5em 0.8em;
  color: var(--lv-bad);
  background: var(--lv-bad-bg);
  border: 1px solid currentColor;
  border-radius: 6px;
  white-space: pre-wrap;
}
.locviz .lv-lost {
  margin: 0.8em 0 0;
  padding: 0.5em 0.8em;
  color: var(--lv-text);
  border: 1px dashed var(--lv-control);
  border-radius: 6px;
}
.locviz .lv-hidden {
  position: absolute;
  width: 1px;
  height: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
@media (prefers-reduced-motion: reduce) {
  .locviz * {
    transition: none !important;
    animation: none !important;
  }
}
.locviz .lv-busy {
  margin: 0.6em 0 0;
  color: var(--lv-soft);
}
.locviz .lv-busy:empty {
  display: none;
}
`;

// src/shared/root.ts
var ANSWER_MS = 250;
var LOST = "The kernel stopped or restarted. With this cell selected, choose Run ▸ Run All Above Selected Cell, then run this cell again.";
function createRoot(host, model, options, signal) {
  const live = liveRegion(signal);
  const body = html("div", { class: "lv-body" });
  const error = html("p", { class: "lv-error", role: "alert", hidden: true });
  const lost = html("p", { class: "lv-lost", role: "status", hidden: true });
  const element = html(
    "section",
    {
      class: `locviz locviz-${options.name}`,
      "aria-label": options.label
    },
    html("style", {}, theme_default + help_default + goals_default + (options.css ?? "")),
    helpLine(options.label, options.help),
    error,
    showGoals(model, signal),
    body,
    lost,
    live.element
  );
  host.replaceChildren(element);
  keepKeys(element, signal);
  signal.addEventListener("abort", () => element.remove());
  followTraits(element, error, model, signal);
  const sayAnswer = (words) => void setTimeout(() => live.say(words()), ANSWER_MS);
  return { body, element, say: live.say, sayAnswer, ...connection(lost, model, signal) };
}
function followTraits(element, error, model, signal) {
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
function commLive(model) {
  return model.get("layout")?.comm_live !== false;
}
function connection(lost, model, signal) {
  const callbacks = [];
  let live = true;
  const update = (now) => {
    if (now === live) return;
    live = now;
    setText(lost, live ? "" : LOST);
    setVisible(lost, !live);
    callbacks.forEach((callback) => callback(live));
  };
  const look = () => setTimeout(() => update(commLive(model)));
  listen(model, "comm_live_update", look, signal);
  listen(model, "comm:close", () => update(false), signal);
  return {
    connected: () => live,
    onConnection: (callback) => void callbacks.push(callback)
  };
}

// src/shared/mount.ts
function mounted(options, show) {
  const render = ({ model, el }) => {
    const stop = new AbortController();
    show(model, createRoot(el, model, options, stop.signal), stop.signal);
    return () => stop.abort();
  };
  return { render };
}
function knobWidget(options, Made, answered = () => {
}) {
  return mounted(options, (model, root, signal) => {
    const wire = whileConnected(model, root);
    let view;
    const received = (...reply) => view && answered(view, ...reply);
    const questions = asker(wire, received, signal);
    view = new Made(wire, root, questions, signal);
    root.onConnection((live) => live || questions.lost());
  });
}
function whileConnected(model, root) {
  return {
    get: (name) => model.get(name),
    set: (name, value) => model.set(name, value),
    save_changes: () => model.save_changes(),
    on: (event, callback) => model.on(event, callback),
    off: (event, callback) => model.off(event, callback),
    send: (...message) => void (root.connected() && model.send(...message))
  };
}

// src/shared/scene.css
var scene_default = ".locviz .lv-scene {\n  width: 100%;\n  border-radius: 4px;\n}\n.locviz .lv-scene-ground {\n  fill: var(--lv-raised);\n}\n.locviz .lv-scene rect {\n  fill: none;\n}\n.locviz .lv-scene .lv-scene-ground {\n  fill: var(--lv-raised);\n}\n.locviz .lv-scene .lv-mark {\n  --lv-mark: var(--lv-text);\n  pointer-events: all;\n}\n.locviz .lv-scene .lv-mark-rim {\n  stroke: var(--lv-bg);\n  stroke-opacity: 0.7;\n  stroke-width: 4.5;\n}\n.locviz .lv-scene .lv-mark-line {\n  stroke: var(--lv-mark);\n  stroke-width: 2.2;\n}\n.locviz .lv-scene .lv-mark text {\n  fill: var(--lv-mark);\n  font-size: 12px;\n  font-weight: 600;\n  paint-order: stroke;\n  stroke: var(--lv-bg);\n  stroke-width: 4px;\n  stroke-linejoin: round;\n}\n.locviz .lv-mark-right,\n.locviz .lv-key-right {\n  --lv-mark: var(--lv-good) !important;\n}\n.locviz .lv-mark-wrong,\n.locviz .lv-key-wrong {\n  --lv-mark: var(--lv-pull) !important;\n}\n.locviz .lv-mark-wrong .lv-mark-line {\n  stroke-dasharray: 7 3;\n}\n.locviz .lv-mark-missed,\n.locviz .lv-key-missed {\n  --lv-mark: var(--lv-overlap) !important;\n}\n.locviz .lv-mark-missed .lv-mark-line {\n  stroke-dasharray: 2 3;\n}\n.locviz .lv-mark-found .lv-mark-line,\n.locviz .lv-mark-ignored .lv-mark-line {\n  stroke-width: 1.4;\n  stroke-dasharray: 1 4;\n}\n.locviz .lv-mark-predicted {\n  --lv-mark: var(--lv-prediction) !important;\n}\n.locviz .lv-outcomes {\n  display: flex;\n  flex-wrap: wrap;\n  gap: 0.2em 1.2em;\n  list-style: none;\n  margin: 0.6em 0 0;\n  padding: 0;\n  font-variant-numeric: tabular-nums;\n}\n.locviz .lv-outcomes li {\n  display: flex;\n  align-items: center;\n  gap: 0.5em;\n  margin: 0;\n  color: var(--lv-mark);\n  font-weight: 600;\n}\n.locviz .lv-outcomes i {\n  width: 1.8em;\n  border-top: 2.5px solid var(--lv-mark);\n}\n.locviz .lv-key-wrong i {\n  border-top-style: dashed;\n}\n.locviz .lv-key-missed i {\n  border-top-style: dotted;\n}\n";

// src/aplab/aplab.css
var aplab_default = '.locviz-aplab {\n  max-width: calc(1010px * var(--lv-scale));\n}\n.locviz-aplab .lv-main {\n  display: grid;\n  grid-template-columns: minmax(0, 1fr) minmax(0, 1.12fr) calc(165px * var(--lv-scale));\n  gap: 1.6em;\n  align-items: start;\n}\n.locviz-aplab svg text {\n  font-size: 11px;\n}\n.locviz-aplab .lv-headline {\n  margin: 0 0 0.6em;\n  min-height: 2.2em;\n  display: flex;\n  flex-wrap: wrap;\n  align-items: baseline;\n  gap: 0 0.6em;\n}\n.locviz-aplab .lv-ap {\n  font-size: 1.5em;\n  line-height: 1.3;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-aplab .lv-chart {\n  width: 100%;\n  overflow: visible;\n}\n.locviz-aplab .lv-area {\n  fill: var(--lv-prediction);\n  fill-opacity: 0.16;\n}\n.locviz-aplab .lv-swept {\n  fill: var(--lv-prediction);\n  fill-opacity: 0.45;\n}\n.locviz-aplab .lv-so-far {\n  color: var(--lv-soft);\n  font-variant-numeric: tabular-nums;\n}\n.locviz-aplab .lv-so-far:empty {\n  display: none;\n}\n.locviz-aplab .lv-nothing .lv-dot {\n  fill: var(--lv-bg);\n  stroke: var(--lv-text);\n}\n.locviz-aplab .lv-stairs {\n  fill: none;\n  stroke: var(--lv-prediction);\n  stroke-dasharray: 4 3;\n  stroke-width: 1.2;\n}\n.locviz-aplab .lv-raw {\n  fill: none;\n  stroke: var(--lv-prediction);\n  stroke-width: 2;\n  stroke-linejoin: round;\n}\n.locviz-aplab .lv-guides {\n  fill: none;\n  stroke: var(--lv-soft);\n  stroke-dasharray: 2 3;\n}\n.locviz-aplab .lv-hit {\n  fill: transparent;\n}\n.locviz-aplab .lv-dot {\n  fill: var(--lv-text);\n  stroke: var(--lv-bg);\n  stroke-width: 2.5;\n}\n.locviz-aplab .lv-point:focus-visible .lv-dot {\n  stroke: var(--lv-focus);\n  paint-order: stroke;\n  stroke-width: 7;\n}\n.locviz-aplab .lv-numbers {\n  display: grid;\n  grid-template-columns: 1fr 1fr;\n  gap: 0.4em 1.2em;\n  margin: 0.4em 0 0;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-aplab .lv-numbers p {\n  display: flex;\n  flex-wrap: wrap;\n  align-items: baseline;\n  gap: 0 0.6em;\n  margin: 0;\n}\n.locviz-aplab .lv-numbers span {\n  color: var(--lv-soft);\n}\n.locviz-aplab .lv-numbers b + span {\n  flex-basis: 100%;\n}\n.locviz-aplab .lv-numbers b {\n  font-size: 1.15em;\n}\n.locviz-aplab h4 {\n  margin: 0 0 0.6em;\n  min-height: 2.2em;\n  font: inherit;\n  color: var(--lv-soft);\n  display: flex;\n  align-items: center;\n}\n.locviz-aplab .lv-bars {\n  list-style: none;\n  margin: 0;\n  padding: 0;\n}\n.locviz-aplab .lv-bars li {\n  margin: 0 0 0.15em;\n}\n.locviz-aplab .lv-bars button {\n  display: grid;\n  grid-template-columns: 2.2em 1fr 2.2em;\n  align-items: center;\n  gap: 0.5em;\n  width: 100%;\n  min-height: 24px;\n  padding: 0.1em 0.4em;\n  border-color: transparent;\n  background: none;\n  color: var(--lv-text);\n  text-align: start;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-aplab .lv-bars button:hover {\n  background: var(--lv-raised);\n}\n.locviz-aplab .lv-bars button[aria-pressed="true"] {\n  background: none;\n  border-color: var(--lv-text);\n  color: var(--lv-text);\n}\n.locviz-aplab .lv-bars button > b {\n  font-weight: 400;\n}\n.locviz-aplab .lv-track {\n  height: 0.75em;\n  background: var(--lv-raised);\n  border-radius: 2px;\n  overflow: hidden;\n}\n.locviz-aplab .lv-track i {\n  display: block;\n  height: 100%;\n  background: var(--lv-prediction);\n}\n.locviz-aplab .lv-bars button[aria-pressed="true"] i {\n  background: var(--lv-text);\n}\n.locviz-aplab .lv-mean {\n  margin: 0.5em 0 0;\n  padding-left: 0.4em;\n}\n.locviz-aplab select {\n  max-width: 14em;\n}\n.locviz-aplab .lv-mean b {\n  display: block;\n}\n@container (max-width: 760px) {\n  .locviz-aplab .lv-main {\n    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);\n  }\n  .locviz-aplab .lv-ten {\n    grid-column: 1 / -1;\n  }\n  .locviz-aplab .lv-bars {\n    columns: 2;\n  }\n}\n@container (max-width: 520px) {\n  .locviz-aplab .lv-main {\n    grid-template-columns: minmax(0, 1fr);\n  }\n}\n';

// src/shared/buffers.ts
var copied = ({ buffer, byteOffset, byteLength }) => buffer.slice(byteOffset, byteOffset + byteLength);
var floats = (buffer) => new Float32Array(copied(buffer));

// src/shared/format.ts
function short(value, digits = 3) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 10 ** 6 || size < 10 ** -4) return minus(exponent(value, digits));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return minus(value.toFixed(Math.min(decimals, 6)));
}
function fixed(value, decimals) {
  const text = rounded(value, decimals);
  return minus(Number(text) === 0 ? text.replace("-", "") : text);
}
function share(value) {
  return value === null || Number.isNaN(value) ? "undefined" : fixed(value, 3);
}
function rounded(value, decimals) {
  const text = value.toFixed(decimals);
  const tie = Math.abs(value * 2 ** (decimals + 1)) % 2 === 1;
  const last = Number(text.at(-1));
  return tie && last % 2 === 1 ? text.slice(0, -1) + (last - 1) : text;
}
function exponent(value, digits) {
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  return `${mantissa}e${Number(power)}`;
}
function minus(text) {
  return text.replaceAll("-", "−");
}

// src/shared/patience.ts
var PATIENCE_MS = 1500;
var Patience = class {
  /** `due` tells, once patience ends, whether the newest change has had no answer yet. */
  constructor(model, root, due, signal) {
    this.model = model;
    this.root = root;
    this.due = due;
    signal.addEventListener("abort", () => clearTimeout(this.timer));
  }
  model;
  root;
  due;
  element = html("p", { class: "lv-busy", role: "status" });
  timer;
  /** The kernel was asked, or may have been. */
  wait() {
    this.timer ??= setTimeout(() => {
      this.timer = void 0;
      setText(
        this.element,
        this.due() && this.willCome ? "The kernel is busy; the numbers follow." : ""
      );
    }, PATIENCE_MS);
  }
  /** The newest answer is here. */
  end() {
    clearTimeout(this.timer);
    this.timer = void 0;
    setText(this.element, "");
  }
  /** No error and no lost kernel explains why the answer is not here. */
  get willCome() {
    return this.root.connected() && this.model.get("last_error") === "";
  }
};

// src/shared/slider.ts
var Slider = class {
  constructor(options) {
    this.options = options;
    const { label: label2, min, max, step } = options;
    this.input = html("input", {
      type: "range",
      min: String(min),
      max: String(max),
      step: String(step)
    });
    this.element = html(
      "label",
      { class: "lv-slider" },
      html("span", {}, label2),
      this.input,
      this.output
    );
    this.listen();
  }
  options;
  element;
  input;
  output = html("output");
  show(value) {
    if (Number(this.input.value) !== value) this.input.value = String(value);
    const text = this.options.format(value);
    setText(this.output, text);
    attributes(this.input, { "aria-valuetext": text });
  }
  bounds(min, max) {
    attributes(this.input, { min: String(min), max: String(max) });
  }
  listen() {
    let before = this.input.value;
    this.input.addEventListener("focus", () => before = this.input.value);
    this.input.addEventListener(
      "input",
      () => this.options.changed(Number(this.input.value), "drag")
    );
    this.input.addEventListener("change", () => this.options.done());
    this.input.addEventListener("dblclick", () => this.options.reset());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.options.changed(Number(before), "restore");
      event.stopPropagation();
    });
  }
};

// src/shared/knobs.ts
var TraitStore = class {
  constructor(names, model, changed, signal) {
    this.names = names;
    this.model = model;
    this.values = this.read();
    const follow = () => {
      if (this.writing) return;
      this.values = this.read();
      changed();
    };
    for (const name of names) listen(model, `change:${name}`, follow, signal);
  }
  names;
  model;
  values;
  writing = false;
  /** Set these here and in the model; `save_changes` is the caller's. */
  write(change) {
    this.values = { ...this.values, ...change };
    this.writing = true;
    for (const name of Object.keys(change))
      this.model.set(name, this.values[name]);
    this.writing = false;
  }
  read() {
    return Object.fromEntries(this.names.map((name) => [name, this.model.get(name)]));
  }
};
var KnobStore = class {
  constructor(names, model, questions, changed, signal) {
    this.model = model;
    this.questions = questions;
    this.changed = changed;
    this.traits = new TraitStore(names, model, changed, signal);
    this.seq = model.get("seq") ?? 0;
  }
  model;
  questions;
  changed;
  /** Counts the view's own changes; what the kernel sends says which one it answers. */
  seq;
  settled = false;
  // the newest change of this view has been answered
  traits;
  get knobs() {
    return this.traits.values;
  }
  /** Waits while `answered`, the change that the newest answer is about, lags behind the last. */
  patience(root, answered, signal) {
    return new Patience(this.model, root, () => answered() < this.seq, signal);
  }
  change(change, gesture) {
    this.seq += 1;
    this.traits.write({ ...this.knobs, ...change });
    this.questions.ask({ name: "knobs", ...this.knobs, gesture, at: this.seq });
    this.changed();
  }
  /** An answer `of` these knobs to another view's change (a second tab): show its knobs with its result. */
  follow(seq, of) {
    const foreign = seq > this.seq || seq === this.seq && this.settled;
    this.settled = seq >= this.seq;
    if (!foreign) return;
    this.seq = seq;
    for (const name of Object.keys(of))
      if (JSON.stringify(of[name]) !== JSON.stringify(this.model.get(name)))
        this.model.set(name, of[name]);
  }
  get initial() {
    return this.model.get("initial");
  }
  /** A slider for a number among the knobs; a double-click puts it back where the constructor put it. */
  slider(knob, options) {
    const put = (value, gesture) => this.change({ [knob]: value }, gesture);
    const reset = () => {
      put(this.initial[knob], "reset");
      options.done();
    };
    return new Slider({ ...options, changed: put, reset });
  }
};

// src/shared/photo.ts
var SMALL = 200;
var Photograph = class {
  element = svg("image", { preserveAspectRatio: "none" });
  url = "";
  constructor(signal) {
    signal.addEventListener("abort", () => URL.revokeObjectURL(this.url));
  }
  /** Cover `size` user units with an image of so many pixels. */
  fit([height, width], size) {
    attributes(this.element, size);
    this.element.style.imageRendering = Math.max(height, width) < SMALL ? "pixelated" : "auto";
  }
  /** Show a PNG; nothing where there is none. */
  show(png) {
    URL.revokeObjectURL(this.url);
    const blob = () => new Blob([png], { type: "image/png" });
    this.url = png?.byteLength ? URL.createObjectURL(blob()) : "";
    attributes(this.element, { href: this.url || null });
  }
};

// src/shared/scene.ts
var SIDE = 360;
function rows(values) {
  return Array.from(
    { length: Math.floor(values.length / 4) },
    (_, i) => [0, 1, 2, 3].map((j) => values[4 * i + j])
  );
}
function notePlace(box, width, wide) {
  const inside = box[1] < 16;
  const end = box[0] + wide > width;
  return {
    x: end ? Math.min(Math.max(box[2], wide), width - 2) : Math.max(box[0], 2),
    y: inside ? box[1] + 13 : box[1] - 5,
    anchor: end ? "end" : "start"
  };
}
var SceneView = class {
  /** `letter` is about how wide a letter of a note is, in units. */
  constructor(signal, letter = 7.5) {
    this.letter = letter;
    this.photo = new Photograph(signal);
    this.element.append(this.ground, this.photo.element, this.marks);
  }
  letter;
  element = svg("svg", { class: "lv-scene", role: "img" });
  ground = svg("rect", {
    class: "lv-scene-ground",
    width: "100%",
    height: "100%"
  });
  photo;
  marks = svg("g");
  zoom = 1;
  width = SIDE;
  /** Show a photograph of (height, width) pixels; plain ground where there is none. */
  showPhoto([height, width], png) {
    this.zoom = SIDE / Math.max(height, width, 1);
    this.width = width * this.zoom;
    const size = { width: this.width, height: height * this.zoom };
    attributes(this.element, { viewBox: `0 0 ${size.width} ${size.height}` });
    this.photo.fit([height, width], size);
    this.photo.show(png);
  }
  /** Draw boxes; `words` says what the whole picture shows. */
  show(marks, words) {
    attributes(this.element, { "aria-label": words });
    this.marks.replaceChildren(...marks.map((mark) => this.draw(mark)));
  }
  draw({ box, kind, note, title }) {
    const [x1, y1, x2, y2] = Array.from(box, (value) => value * this.zoom);
    const place = { x: x1, y: y1, width: Math.max(x2 - x1, 0), height: Math.max(y2 - y1, 0) };
    const { x, y, anchor } = notePlace([x1, y1, x2, y2], this.width, note.length * this.letter);
    return svg(
      "g",
      { class: `lv-mark lv-mark-${kind}` },
      svg("title", {}, title),
      svg("rect", { class: "lv-mark-rim", ...place }),
      svg("rect", { class: "lv-mark-line", ...place }),
      ...note ? [svg("text", { x, y, "text-anchor": anchor }, note)] : []
    );
  }
};

// src/shared/marks.ts
var OUTCOMES = /* @__PURE__ */ new Map([
  [1, ["right", "✓ ", "right (true positive)"]],
  [0, ["wrong", "✗ ", "wrong (false positive)"]],
  [-1, ["ignored", "· ", "does not count"]]
]);
var LONGEST = 12;
function marksOf(scene, names, mixed) {
  const truths = rows(floats(scene.gt)).map((box, i) => {
    const name = names[scene.gt_labels[i]];
    const missed = scene.found[i] === 0;
    const title = `${name}: ${missed ? "missed (false negative)" : scene.found[i] < 0 ? "does not count" : "found"}`;
    return {
      box,
      kind: missed ? "missed" : scene.found[i] < 0 ? "ignored" : "found",
      note: missed ? withName("missed", name, mixed) : "",
      title
    };
  });
  const scores = floats(scene.scores);
  const overlap = floats(scene.overlap);
  const said = rows(floats(scene.detections)).map((box, i) => {
    const [kind, sign, words] = OUTCOMES.get(scene.outcome[i]);
    const name = names[scene.labels[i]];
    const title = `${name}, ${words}: score ${fixed(scores[i], 2)}, IoU ${fixed(overlap[i], 2)}`;
    return { box, kind, note: withName(sign + fixed(scores[i], 2), name, mixed), title };
  });
  return [...truths, ...fromBelow(scene.outcome, scores).map((i) => said[i])];
}
function fromBelow(outcome, scores) {
  const order = outcome.map((_, i) => i);
  return order.sort((i, j) => outcome[i] - outcome[j] || scores[i] - scores[j] || j - i);
}
function withName(note, name, mixed) {
  return mixed ? `${note} ${name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name}` : note;
}
function legendOf(tally) {
  const words = tallyInWords(tally);
  return TALLIED.map((kind, i) => html("li", { class: `lv-key-${kind}` }, html("i", {}), words[i]));
}
var TALLIED = ["right", "wrong", "missed"];
function tallyInWords(tally) {
  return TALLIED.map((kind, i) => `${["✓", "✗", ""][i]} ${tally[i]} ${kind}`.trim());
}

// src/aplab/bars.ts
var Bars = class {
  constructor(choose) {
    this.choose = choose;
    this.element = html(
      "div",
      { class: "lv-ten" },
      this.title,
      this.list,
      this.mean
    );
  }
  choose;
  element;
  title = html("h4", {});
  list = html("ol", { class: "lv-bars" });
  mean = html("p", { class: "lv-mean" });
  rows = [];
  /** `pooled` where all classes are looked at: a bar is then the mean of their APs, not AP of one ranking. */
  show(thresholds, aps, chosen, pooled) {
    setText(this.title, `AP at COCO’s IoU thresholds${pooled ? ", mean of the classes" : ""}`);
    if (this.rows.length !== thresholds.length) this.build(thresholds);
    this.rows.forEach(({ iou, button: button2, fill, value }, i) => {
      const ap = aps[i];
      fill.style.width = `${100 * (ap ?? 0)}%`;
      setText(value, ap === null ? "–" : fixed(ap, 2));
      attributes(button2, { "aria-pressed": String(Math.abs(iou - chosen) < 1e-6) });
    });
    const known = aps.filter((ap) => ap !== null);
    const mean = known.reduce((sum, ap) => sum + ap, 0) / known.length;
    this.mean.replaceChildren(
      ...known.length ? [html("b", {}, `mean ${fixed(mean, 3)}`), "is what COCO calls AP"] : ["nothing to find"]
    );
  }
  build(thresholds) {
    this.rows = thresholds.map((iou) => {
      const fill = html("i");
      const value = html("span");
      const button2 = html(
        "button",
        { type: "button", title: `Judge at IoU ${fixed(iou, 2)}` },
        html("b", {}, hidden("IoU "), fixed(iou, 2)),
        html("span", { class: "lv-track" }, fill),
        hidden("AP "),
        value
      );
      button2.addEventListener("click", () => this.choose(iou));
      return { iou, button: button2, fill, value };
    });
    this.list.replaceChildren(...this.rows.map(({ button: button2 }) => html("li", {}, button2)));
  }
};
function hidden(text) {
  return html("span", { class: "lv-hidden" }, text);
}

// src/shared/axes.ts
function linear([d0, d1], [r0, r1]) {
  const slope = d1 === d0 ? 0 : (r1 - r0) / (d1 - d0);
  return (value) => r0 + (value - d0) * slope;
}
function ticks(low, high, count) {
  if (!(high > low) || count < 1) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from(
    { length: last - first + 1 },
    (_, i) => Number(((first + i) * step).toPrecision(12))
  );
}
function axes(options) {
  const { left, top, right, bottom, format = short, yFormat = format } = options;
  const x = linear(options.x, [left, right]);
  const y = linear(options.y, [bottom, top]);
  const group = svg("g", { class: "lv-axes", "aria-hidden": "true" });
  for (const value of ticks(...options.x, options.xTicks ?? 5)) {
    group.append(
      svg("line", { class: "lv-grid", x1: x(value), x2: x(value), y1: top, y2: bottom })
    );
    group.append(
      svg("text", { x: x(value), y: bottom + 15, "text-anchor": "middle" }, format(value))
    );
  }
  for (const value of ticks(...options.y, options.yTicks ?? 4)) {
    group.append(
      svg("line", { class: "lv-grid", x1: left, x2: right, y1: y(value), y2: y(value) })
    );
    group.append(
      svg("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, yFormat(value))
    );
  }
  const below = { x: (left + right) / 2, y: bottom + 30, "text-anchor": "middle" };
  group.append(
    svg("path", { class: "lv-axis", d: `M${left} ${top}V${bottom}H${right}` }),
    svg("text", { class: "lv-axis-label", ...below }, options.xLabel),
    svg(
      "text",
      { class: "lv-axis-label", x: left, y: top - 8, "text-anchor": "start" },
      options.yLabel
    )
  );
  return { group, x, y };
}
function line2(xs, ys, x, y) {
  let path = "";
  let pen = "M";
  for (let i = 0; i < ys.length; i++) {
    if (!Number.isFinite(ys[i])) {
      pen = "M";
      continue;
    }
    path += `${pen}${x(xs[i]).toFixed(2)} ${y(ys[i]).toFixed(2)}`;
    pen = "L";
  }
  return path;
}

// src/shared/drag.ts
var DOUBLE_MS = 350;
var STILL_PX = 4;
var ARROWS = /* @__PURE__ */ new Map([
  ["ArrowLeft", [-1, 0]],
  ["ArrowRight", [1, 0]],
  ["ArrowUp", [0, -1]],
  ["ArrowDown", [0, 1]]
]);
function arrowStep(key, shift) {
  const arrow = ARROWS.get(key);
  return arrow ? [arrow[0] * (shift ? 10 : 1), arrow[1] * (shift ? 10 : 1)] : null;
}
function unitsPerPixel(element) {
  const shown = element.getScreenCTM();
  return shown && shown.a > 0 && shown.d > 0 ? [1 / shown.a, 1 / shown.d] : [1, 1];
}
function draggable(handle, options, signal) {
  prepare(handle);
  listenToPointer(handle, options, signal);
  listenToKeys(handle, options, signal);
  return () => describe(handle, options.read());
}
function prepare(handle) {
  attributes(handle.element, { role: "slider", tabindex: 0, "aria-label": handle.label });
}
function describe(handle, state) {
  const { now, min, max, text } = handle.describe(state);
  attributes(handle.element, {
    "aria-valuenow": Math.round(now),
    "aria-valuemin": Math.round(min),
    "aria-valuemax": Math.round(max),
    "aria-valuetext": text
  });
}
function listenToPointer(handle, options, signal) {
  const { element } = handle;
  let grip = null;
  let tapped = { time: -Infinity, x: 0, y: 0 };
  const end = () => {
    grip = null;
    element.classList.remove("lv-dragging");
  };
  const down = (event) => {
    if (grip || event.button !== 0) return;
    event.preventDefault();
    element.focus({ preventScroll: true });
    const near = Math.hypot(event.clientX - tapped.x, event.clientY - tapped.y) < 6 * STILL_PX;
    if (near && event.timeStamp - tapped.time < DOUBLE_MS) {
      tapped.time = -Infinity;
      options.reset(handle);
      return;
    }
    grip = {
      pointer: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      start: options.read(),
      far: false,
      units: options.unitsPerPixel()
    };
    element.setPointerCapture(event.pointerId);
    element.classList.add("lv-dragging");
  };
  const move = (event) => {
    if (!grip || event.pointerId !== grip.pointer) return;
    const [px, py] = [event.clientX - grip.x, event.clientY - grip.y];
    grip.far ||= Math.hypot(px, py) > STILL_PX;
    const [sx, sy] = grip.units;
    options.write(handle.move(grip.start, px * sx, py * sy, event.altKey), "drag");
  };
  const up = (event) => {
    if (!grip || event.pointerId !== grip.pointer) return;
    tapped = { time: grip.far ? -Infinity : event.timeStamp, x: event.clientX, y: event.clientY };
    end();
    options.done(handle);
  };
  const cancel = (event) => {
    if (grip && event.pointerId === grip.pointer) restore();
  };
  const restore = () => {
    if (!grip) return;
    const { start } = grip;
    end();
    options.write(start, "restore");
    options.done(handle);
  };
  element.addEventListener("touchstart", (event) => event.preventDefault(), {
    signal,
    passive: false
  });
  element.addEventListener("pointerdown", down, { signal });
  element.addEventListener("pointermove", move, { signal });
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", cancel, { signal });
  const escape = (event) => {
    if (event.key !== "Escape" || !grip) return;
    restore();
    event.stopImmediatePropagation();
  };
  element.addEventListener("keydown", escape, { signal });
}
function listenToKeys(handle, options, signal) {
  const { element } = handle;
  let before = options.read();
  const keydown = (event) => {
    if (event.key === "Escape") {
      options.write(before, "restore");
    } else {
      const step = arrowStep(event.key, event.shiftKey);
      if (!step || event.ctrlKey || event.metaKey) return;
      options.write(handle.move(options.read(), step[0], step[1], event.altKey), "key");
    }
    event.preventDefault();
    event.stopPropagation();
    options.done(handle);
  };
  element.addEventListener("focus", () => before = options.read(), { signal });
  element.addEventListener("keydown", keydown, { signal });
}

// src/aplab/curve.ts
function cornerAt(score, threshold) {
  let low = 0;
  let high = score.length;
  while (low < high) {
    const middle = low + high >> 1;
    if (score[middle] >= threshold) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
function standing({ recall, precision }) {
  return precision === null || recall === null ? { recall: 0, precision: 1 } : { recall, precision };
}
function pointInWords({ score_threshold, precision, recall }) {
  return `score at least ${fixed(score_threshold, 2)}: precision ${share(precision)}, recall ${share(recall)}`;
}
function sweptPoints({ recall, precision }) {
  return precision === null || recall === null ? 0 : Math.floor(recall * 100 + 1e-6) + 1;
}
function nearestCorner(curve, { recall, precision }) {
  let best = -1;
  let least = Infinity;
  for (let i = 0; i < curve.score.length; i++) {
    const distance = (curve.recall[i] - recall) ** 2 + (curve.precision[i] - precision) ** 2;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}
function dragged(curve, start, byRecall, byPrecision) {
  if (byRecall === 0 && byPrecision === 0) return start;
  const i = nearestCorner(curve, {
    recall: start.recall + byRecall,
    precision: start.precision + byPrecision
  });
  if (i < 0) return start;
  return { threshold: curve.score[i], recall: curve.recall[i], precision: curve.precision[i] };
}
function turned(pages, image, by) {
  if (!pages.length) return image;
  const at = pages.indexOf(image);
  const between = pages.filter((page) => page < image).length;
  const next = at >= 0 ? at + by : between + by - Number(by > 0);
  return pages[(next % pages.length + pages.length) % pages.length];
}
function neighbour(curve, threshold, by) {
  const i = cornerAt(curve.score, threshold) + by;
  if (!curve.score.length) return threshold;
  return curve.score[Math.min(Math.max(i, 0), curve.score.length - 1)];
}

// src/aplab/chart.ts
var BOX = { left: 40, top: 26, right: 344, bottom: 306 };
var VIEW = [356, 344];
var RECALLS = Float32Array.from({ length: 101 }, (_, i) => i / 100);
var KEYS = /* @__PURE__ */ new Map([
  ["ArrowRight", 1],
  ["ArrowDown", 1],
  ["ArrowLeft", -1],
  ["ArrowUp", -1]
]);
var CurveChart = class {
  constructor(hooks, signal) {
    this.hooks = hooks;
    this.axes = axes({
      ...BOX,
      x: [0, 1],
      y: [0, 1],
      yTicks: 5,
      format: String,
      xLabel: "recall: the part of what is there that was found",
      yLabel: "precision: the part of the predicted boxes that is right"
    });
    const { area, swept, stairs, raw, guides, point } = this;
    this.element.append(this.axes.group, area, swept, stairs, raw, guides, point);
    this.point.addEventListener("keydown", (event) => this.walk(event), { signal, capture: true });
    this.describe = draggable(this.handle(), this.options(), signal);
  }
  hooks;
  element = svg("svg", {
    class: "lv-chart",
    viewBox: `0 0 ${VIEW[0]} ${VIEW[1]}`,
    role: "group",
    "aria-label": "Precision against recall"
  });
  axes;
  area = svg("path", { class: "lv-area" });
  swept = svg("path", { class: "lv-swept" });
  stairs = svg("path", { class: "lv-stairs" });
  raw = svg("path", { class: "lv-raw" });
  guides = svg("path", { class: "lv-guides" });
  point = svg(
    "g",
    { class: "lv-point" },
    svg("circle", { class: "lv-hit", r: 18 }),
    svg("circle", { class: "lv-dot", r: 7.5 })
  );
  describe;
  /** Draw a curve that the kernel sent. */
  showCurve(curve) {
    const { x, y } = this.axes;
    attributes(this.stairs, { d: line2(RECALLS, curve.envelope, x, y) });
    attributes(this.area, { d: this.under(curve.envelope) });
    attributes(this.raw, { d: line2(curve.recall, curve.precision, x, y) });
    setVisible(this.point, curve.score.length > 0);
    this.showPoint();
  }
  /** Fill the area that lies left of the working point, while `on`. */
  showSwept(on) {
    const { envelope } = this.hooks.curve();
    const part = envelope.subarray(0, sweptPoints(this.hooks.reading()));
    attributes(this.swept, { d: on ? this.under(part) : "" });
  }
  /** Put the working point where the kernel says. */
  showPoint() {
    const { recall, precision } = standing(this.hooks.reading());
    this.point.classList.toggle("lv-nothing", this.hooks.reading().precision === null);
    const [px, py] = [this.axes.x(recall), this.axes.y(precision)];
    attributes(this.point, { transform: `translate(${px.toFixed(2)} ${py.toFixed(2)})` });
    attributes(this.guides, {
      d: this.hooks.curve().score.length ? `M${BOX.left} ${py}H${px}V${BOX.bottom}` : ""
    });
    this.describe();
  }
  under(envelope) {
    const { x, y } = this.axes;
    const stairs = line2(RECALLS, envelope, x, y);
    return stairs ? `${stairs}V${y(0)}H${x(0)}Z` : "";
  }
  handle() {
    return {
      element: this.point,
      label: "Working point on the precision-recall curve",
      move: (start, dx, dy) => this.dragged(start, dx, dy),
      describe: () => {
        const reading = this.hooks.reading();
        const now = (reading.recall ?? 0) * 100;
        return { now, min: 0, max: 100, text: pointInWords(reading) };
      }
    };
  }
  options() {
    return {
      read: () => ({ threshold: this.hooks.score(), ...standing(this.hooks.reading()) }),
      write: ({ threshold }, gesture) => this.hooks.move(threshold, gesture),
      reset: () => this.hooks.reset(),
      done: () => this.hooks.done(),
      unitsPerPixel: () => unitsPerPixel(this.element)
    };
  }
  dragged(start, dx, dy) {
    const [wide, high] = [BOX.right - BOX.left, BOX.bottom - BOX.top];
    return dragged(this.hooks.curve(), start, dx / wide, -dy / high);
  }
  /** Arrows go from corner to corner: a pixel would often lead nowhere. */
  walk(event) {
    const by = KEYS.get(event.key);
    if (by === void 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.hooks.move(
      neighbour(this.hooks.curve(), this.hooks.score(), by * (event.shiftKey ? 10 : 1)),
      "key"
    );
    this.hooks.done();
  }
};

// src/aplab/messages.ts
var KNOBS = ["score_threshold", "iou_threshold", "label", "image"];
var LIMITS = {
  score_threshold: { low: 0, high: 1 },
  iou_threshold: { low: 0, high: 1, aboveLow: true }
};

// src/aplab/sweep.ts
var LASTS_MS = 5e3;
function thresholdAfter(elapsed, still) {
  if (still || elapsed >= LASTS_MS) return 0;
  return Math.round(1e3 * (1 - elapsed / LASTS_MS)) / 1e3;
}
var Sweep = class {
  constructor(hooks, signal) {
    this.hooks = hooks;
    signal.addEventListener("abort", () => cancelAnimationFrame(this.frame));
  }
  hooks;
  frame = 0;
  get running() {
    return this.frame !== 0;
  }
  start() {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let began = 0;
    const draw = (now) => {
      began ||= now;
      const threshold = thresholdAfter(now - began, still);
      if (threshold > 0) this.frame = requestAnimationFrame(draw);
      this.hooks.put(threshold);
      if (threshold === 0) this.stop();
    };
    this.frame = requestAnimationFrame(draw);
    this.hooks.turned(true);
  }
  stop() {
    if (!this.running) return;
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.hooks.turned(false);
  }
};

// src/aplab/view.ts
var EMPTY = {
  recall: new Float32Array(),
  precision: new Float32Array(),
  score: new Float32Array(),
  envelope: new Float32Array()
};
var APLabView = class {
  constructor(model, root, questions, signal) {
    this.model = model;
    this.root = root;
    this.scene = new SceneView(signal);
    this.store = new KnobStore(KNOBS, model, questions, () => this.knobsMoved(), signal);
    this.patience = this.store.patience(root, () => model.get("reading").seq, signal);
    this.bars = new Bars((iou_threshold) => this.change({ iou_threshold }, "threshold"));
    this.chart = new CurveChart(
      {
        score: () => this.store.knobs.score_threshold,
        curve: () => this.curve,
        reading: () => model.get("reading"),
        move: (score_threshold, gesture) => this.store.change({ score_threshold }, gesture),
        reset: () => this.change({ score_threshold: this.store.initial.score_threshold }, "reset"),
        done: () => this.announce()
      },
      signal
    );
    this.sweep = new Sweep(
      {
        put: (score_threshold) => {
          this.sweeping = true;
          this.store.change({ score_threshold }, "sweep");
          this.sweeping = false;
        },
        turned: (running) => this.sweepTurned(running)
      },
      signal
    );
    this.score = this.slider("score threshold", "score_threshold", LIMITS.score_threshold.low);
    this.iou = this.slider("IoU threshold", "iou_threshold", 0.05);
    this.score.element.title = "Boxes that score less than this are left out";
    this.iou.element.title = "A box is right from this overlap on";
    this.classes = this.classChoice();
    this.layOut();
    listen(model, "change:curve", () => this.curveArrived(), signal);
    listen(model, "change:photo", () => this.photoArrived(), signal);
    listen(model, "change:scene", () => this.sceneArrived(), signal);
    listen(model, "change:reading", () => this.readingArrived(), signal);
    this.photoArrived();
    this.curveArrived();
  }
  model;
  root;
  store;
  scene;
  chart;
  bars;
  score;
  iou;
  classes;
  area = html("strong", { class: "lv-ap" });
  averaged = html("span", {});
  swept = html("span", { class: "lv-so-far" });
  sweep;
  sweepButton = button("Sweep", () => this.toggleSweep(), {
    title: "Lower the score threshold from 1 to 0 and watch the area fill"
  });
  says = html("div", { class: "lv-numbers" });
  page = html("span", { class: "lv-page" });
  legend = html("ul", { class: "lv-outcomes" });
  patience;
  curve = EMPTY;
  sweeping = false;
  filling = false;
  // What the user does
  change(change, gesture) {
    this.store.change(change, gesture);
    this.announce();
  }
  turn(by) {
    this.change(
      { image: turned(this.model.get("curve").pages, this.store.knobs.image, by) },
      "page"
    );
  }
  toggleSweep() {
    if (this.sweep.running) this.sweep.stop();
    else this.sweep.start();
  }
  sweepTurned(running) {
    this.filling ||= running;
    setText(this.sweepButton, running ? "Stop" : "Sweep");
    if (!running) this.announce();
  }
  /** The user, or Python, moved a knob: that ends a sweep. */
  knobsMoved() {
    if (!this.sweeping) {
      this.sweep.stop();
      this.filling = false;
    }
    this.showKnobs();
  }
  showKnobs() {
    const { score_threshold, iou_threshold, label: label2 } = this.store.knobs;
    this.score.show(score_threshold);
    this.iou.show(iou_threshold);
    this.classes.value = label2 === null ? "" : String(label2);
    this.showFilling();
    this.patience.wait();
  }
  // What the kernel says
  curveArrived() {
    const sent = this.model.get("curve");
    const names = ["recall", "precision", "score", "envelope"];
    this.curve = Object.fromEntries(
      names.map((name) => [name, floats(sent[name])])
    );
    this.chart.showCurve(sent.num_gt ? this.curve : this.curve = EMPTY);
    this.bars.show(sent.thresholds, sent.aps, sent.iou, sent.label === null);
    setText(this.area, sent.ap === null ? "undefined: nothing to find" : fixed(sent.ap, 3));
    const pooled = sent.label === null;
    setText(this.averaged, pooled ? "AP of all classes in one ranking:" : "average precision, the shaded area:");
    this.showKnobs();
    this.sceneArrived();
    this.readingArrived();
  }
  photoArrived() {
    const { size, png } = this.model.get("photo");
    this.scene.showPhoto(size, png);
  }
  sceneArrived() {
    const scene = this.model.get("scene");
    const names = this.model.get("classes").map(({ name }) => name);
    const { tally } = scene;
    const words = `Image ${scene.image + 1}: ${tally[0]} right, ${tally[1]} wrong, ${tally[2]} missed`;
    this.scene.show(marksOf(scene, names, this.store.knobs.label === null), words);
    const { pages } = this.model.get("curve");
    const at = pages.indexOf(scene.image) + 1;
    this.legend.replaceChildren(...legendOf(tally));
    setText(this.page, at ? `image ${at} of ${pages.length}` : "an image without this class");
  }
  readingArrived() {
    const reading = this.model.get("reading");
    const { precision, recall, counts } = reading;
    const [right, wrong, missed] = counts;
    this.numbers([
      ["precision", share(precision), `${right} of ${right + wrong} predicted`],
      ["recall", share(recall), `${right} of ${right + missed} there`]
    ]);
    this.chart.showPoint();
    this.showFilling();
    if (reading.seq < this.store.seq) return;
    this.patience.end();
  }
  /** The area swept so far, in the picture and in words: both from one message. */
  showFilling() {
    const { area } = this.model.get("reading");
    this.chart.showSwept(this.filling);
    setText(this.swept, this.filling ? `swept so far: ${share(area)}` : "");
  }
  numbers(rows2) {
    const items = rows2.map(
      ([name, value, why]) => html("p", {}, html("span", {}, name), html("b", {}, value), html("span", {}, why))
    );
    this.says.replaceChildren(...items);
  }
  announce() {
    this.root.sayAnswer(() => {
      const { precision, recall } = this.model.get("reading");
      return `AP ${share(this.model.get("curve").ap)}, precision ${share(precision)}, recall ${share(recall)}`;
    });
  }
  // Layout
  slider(label2, knob, min) {
    const fine = knob === "iou_threshold";
    return this.store.slider(knob, {
      label: label2,
      min,
      max: LIMITS[knob].high,
      step: fine ? 5e-3 : 0.01,
      format: (value) => fixed(value, fine ? 3 : 2),
      done: () => this.announce()
    });
  }
  classChoice() {
    const known = this.model.get("classes");
    const options = known.map(
      ({ label: label2, name, num_gt }) => html("option", { value: String(label2) }, `${name} (${num_gt})`)
    );
    const element = html(
      "select",
      { title: "The class whose boxes are ranked; pooled puts all classes in one ranking" },
      ...options,
      html("option", { value: "" }, "all classes, pooled")
    );
    element.addEventListener("change", () => {
      this.change({ label: element.value === "" ? null : Number(element.value) }, "class");
      const { pages } = this.model.get("curve");
      if (pages.length && !pages.includes(this.store.knobs.image)) this.turn(1);
    });
    return element;
  }
  layOut() {
    const previous = button("‹", () => this.turn(-1), { "aria-label": "Previous image" });
    const next = button("›", () => this.turn(1), { "aria-label": "Next image" });
    const pager = html("div", { class: "lv-pager" }, previous, this.page, next);
    const reset = button("Reset", () => this.change(this.store.initial, "reset"), {
      "aria-label": "Reset all",
      title: "Every knob goes back to where the cell put it"
    });
    const left = html("div", { class: "lv-left" }, pager, this.scene.element, this.legend);
    const headline = html(
      "p",
      { class: "lv-headline" },
      this.averaged,
      this.area,
      this.swept
    );
    const middle = html("div", { class: "lv-middle" }, headline, this.chart.element, this.says);
    this.root.body.append(
      html("div", { class: "lv-main" }, left, middle, this.bars.element),
      html(
        "div",
        { class: "lv-controls" },
        html("label", {}, html("span", {}, "class"), this.classes),
        this.score.element,
        this.iou.element,
        this.sweepButton,
        reset
      ),
      this.patience.element
    );
  }
};

// src/aplab/index.ts
var label = "APLab: what average precision is the area of";
var help = [
  ["Drag", "moves the point along the curve: that is the score threshold"],
  ["Arrow keys", "take the point to the next detection, with Shift ten further"],
  ["Escape", "takes back what the mouse or the keys did since the point got the focus"],
  ["Double-click", "puts the point back where it started"],
  SLIDER_HELP
];
var aplab_default2 = knobWidget(
  { name: "aplab", label, help, css: scene_default + controls_default + aplab_default },
  APLabView
);
export {
  aplab_default2 as default
};
