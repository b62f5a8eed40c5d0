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
function onResize(element, callback, signal) {
  const observer = new ResizeObserver(callback);
  observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect());
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

// src/focallab/focallab.css
var focallab_default = ".locviz-focallab {\n  max-width: calc(1010px * var(--lv-scale));\n  padding: 0.8em 1em;\n  --lv-easy: var(--lv-pull);\n  --lv-hard: light-dark(#efb48c, #8a5a30);\n}\n.locviz-focallab .lv-head {\n  display: flex;\n  flex-wrap: wrap;\n  align-items: center;\n  gap: 0.2em 1em;\n  min-height: 2.3em;\n}\n.locviz-focallab .lv-head h4 {\n  margin: 0;\n  font-size: 1.1em;\n  font-weight: 600;\n}\n.locviz-focallab .lv-head > span {\n  color: var(--lv-soft);\n}\n.locviz-focallab .lv-head > :last-child {\n  margin: 0 0 0 auto;\n}\n.locviz-focallab .lv-sides {\n  display: flex;\n}\n.locviz-focallab .lv-sides button {\n  min-height: 24px;\n  padding: 0.1em 0.8em;\n}\n.locviz-focallab .lv-sides button:first-child {\n  border-radius: 6px 0 0 6px;\n}\n.locviz-focallab .lv-sides button:last-child {\n  border-radius: 0 6px 6px 0;\n  border-left: 0;\n}\n.locviz-focallab .lv-row {\n  display: grid;\n  grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) minmax(0, 1.15fr);\n  gap: 1.2em;\n  align-items: start;\n}\n.locviz-focallab .lv-title {\n  margin: 0;\n  color: var(--lv-soft);\n}\n.locviz-focallab .lv-chart {\n  width: 100%;\n  overflow: visible;\n}\n.locviz-focallab svg text {\n  font-size: calc(11.2px * var(--lv-scale) / var(--lv-zoom, 1));\n}\n.locviz-focallab .lv-curve {\n  fill: none;\n  stroke-width: 2.2;\n  stroke-linejoin: round;\n}\n.locviz-focallab .lv-loss-0 {\n  --lv-loss: var(--lv-text);\n  stroke-dasharray: 2 3;\n}\n.locviz-focallab .lv-loss-1 {\n  --lv-loss: var(--lv-series-5);\n  stroke-dasharray: 7 3;\n}\n.locviz-focallab .lv-loss-2 {\n  --lv-loss: var(--lv-prediction);\n}\n.locviz-focallab .lv-curve {\n  stroke: var(--lv-loss);\n}\n.locviz-focallab .lv-dot {\n  fill: var(--lv-loss);\n  stroke: var(--lv-bg);\n  stroke-width: 1.5;\n  stroke-dasharray: none;\n}\n.locviz-focallab .lv-sample {\n  display: inline-block;\n  flex: none;\n  height: 6px;\n  vertical-align: middle;\n}\n.locviz-focallab .lv-hit {\n  fill: transparent;\n}\n.locviz-focallab .lv-rule {\n  cursor: ew-resize !important;\n}\n.locviz-focallab .lv-line {\n  stroke: var(--lv-text);\n  stroke-width: 1.2;\n}\n.locviz-focallab .lv-grip {\n  fill: var(--lv-bg);\n  stroke: var(--lv-text);\n  stroke-width: 1.5;\n}\n.locviz-focallab .lv-ribs {\n  stroke: var(--lv-text);\n  stroke-width: 1.2;\n}\n.locviz-focallab .lv-rule:hover .lv-grip,\n.locviz-focallab .lv-dragging .lv-grip {\n  fill: var(--lv-raised);\n  stroke-width: 2;\n}\n.locviz-focallab .lv-rule:focus-visible .lv-grip {\n  stroke: var(--lv-focus);\n  stroke-width: 3.5;\n}\n.locviz-focallab .lv-beyond {\n  fill: var(--lv-easy);\n  fill-opacity: 0.1;\n  pointer-events: none;\n}\n.locviz-focallab .lv-part-0 {\n  fill: var(--lv-easy);\n  background: var(--lv-easy);\n}\n.locviz-focallab .lv-part-1 {\n  fill: var(--lv-hard);\n  stroke: var(--lv-easy);\n  background: var(--lv-hard);\n  box-shadow: inset 0 0 0 1.5px var(--lv-easy);\n}\n.locviz-focallab .lv-part-2 {\n  fill: var(--lv-target);\n  background: var(--lv-target);\n}\n.locviz-focallab .lv-numbers {\n  width: 100%;\n  margin: 0;\n  border-collapse: collapse;\n  font: inherit;\n  font-size: 0.93em;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-focallab .lv-numbers tr {\n  background: none !important;\n}\n.locviz-focallab .lv-numbers th,\n.locviz-focallab .lv-numbers td {\n  padding: 0.3em 0 0.3em 0.5em;\n  border: 0;\n  text-align: end;\n  font-weight: 400;\n  vertical-align: middle;\n}\n.locviz-focallab .lv-numbers thead th {\n  color: var(--lv-soft);\n}\n.locviz-focallab .lv-numbers tbody th {\n  padding-left: 0;\n  text-align: start;\n}\n.locviz-focallab .lv-numbers tbody tr {\n  border-top: 1px solid var(--lv-line);\n}\n.locviz-focallab .lv-numbers tbody td:last-child {\n  font-weight: 600;\n}\n.locviz-focallab .lv-numbers .lv-sample {\n  width: 1.6em;\n  margin-right: 0.5em;\n}\n.locviz-focallab .lv-numbers tbody th {\n  white-space: nowrap;\n}\n.locviz-focallab .lv-words {\n  margin: 0.5em 0 0;\n}\n.locviz-focallab .lv-bars,\n.locviz-focallab .lv-parts {\n  list-style: none;\n  margin: 0;\n  padding: 0;\n}\n.locviz-focallab .lv-bars li {\n  margin: 0 0 0.4em;\n}\n.locviz-focallab .lv-bar-name {\n  display: flex;\n  justify-content: space-between;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-focallab .lv-rest {\n  color: var(--lv-soft);\n  font-size: 0.9em;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-focallab .lv-stack {\n  display: flex;\n  height: 1em;\n  background: var(--lv-raised);\n  border-radius: 2px;\n  overflow: hidden;\n}\n.locviz-focallab .lv-parts {\n  display: flex;\n  flex-wrap: wrap;\n  gap: 0.1em 1em;\n  color: var(--lv-soft);\n}\n.locviz-focallab .lv-parts li {\n  display: flex;\n  align-items: center;\n  gap: 0.4em;\n  margin: 0;\n}\n.locviz-focallab .lv-parts i {\n  width: 0.9em;\n  height: 0.9em;\n  border-radius: 2px;\n}\n.locviz-focallab .lv-controls {\n  display: grid;\n  grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);\n  gap: 0.1em 1.6em;\n  margin-top: 0.4em;\n  padding-top: 0.4em;\n}\n.locviz-focallab .lv-alpha {\n  display: flex;\n  align-items: center;\n  gap: 1em;\n}\n.locviz-focallab .lv-alpha .lv-slider {\n  flex: 1;\n}\n.locviz-focallab .lv-off {\n  color: var(--lv-soft);\n}\n.locviz-focallab .lv-foot {\n  display: flex;\n  align-items: center;\n  gap: 1em;\n  margin-top: 0.3em;\n}\n.locviz-focallab .lv-hint {\n  flex: 1;\n  margin: 0;\n  color: var(--lv-soft);\n  min-height: 1.45em;\n}\n@container (max-width: 640px) {\n  .locviz-focallab .lv-row {\n    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);\n  }\n  .locviz-focallab .lv-row > :last-child {\n    grid-column: 1 / -1;\n  }\n  .locviz-focallab .lv-words {\n    min-height: 0;\n  }\n}\n@container (max-width: 560px) {\n  .locviz-focallab .lv-controls {\n    grid-template-columns: minmax(0, 1fr);\n  }\n}\n@container (max-width: 460px) {\n  .locviz-focallab .lv-numbers {\n    font-size: 0.86em;\n  }\n  .locviz-focallab .lv-numbers th,\n  .locviz-focallab .lv-numbers td {\n    padding-left: 0.3em;\n  }\n  .locviz-focallab .lv-alpha {\n    flex-wrap: wrap;\n    gap: 0 1em;\n  }\n  .locviz-focallab .lv-row {\n    grid-template-columns: minmax(0, 1fr);\n  }\n}\n";

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

// src/shared/hint_line.ts
function hinted(element, text) {
  if (element instanceof HTMLElement) attributes(element, { title: text });
  const inside = element.querySelector("input, select");
  attributes(inside ?? element, { "aria-description": text });
  return element;
}
var HintLine = class {
  /** Follows every control below `within`; `rest` stands there while none is looked at. */
  constructor(within, rest, signal) {
    this.rest = rest;
    this.element = html("p", { class: "lv-hint", "aria-hidden": "true" }, rest);
    for (const name of ["pointerover", "focusin"])
      within.addEventListener(name, (event) => this.show(event.target), { signal });
    for (const name of ["pointerleave", "focusout"])
      within.addEventListener(name, () => this.show(null), { signal });
  }
  rest;
  element;
  show(target) {
    const label2 = target?.closest("label")?.querySelector("[aria-description]");
    const control = target?.closest("[aria-description]") ?? label2;
    const text = control?.getAttribute("aria-description") ?? this.rest;
    setText(this.element, text);
    attributes(this.element, { title: text === this.rest ? null : text });
  }
};

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

// src/focallab/stops.ts
function nearestStop(stops, value) {
  const exact = stops.indexOf(value);
  if (exact >= 0) return exact;
  if (value === null) return stops.length - 1;
  return stops.reduce((last, stop, i) => stop !== null && stop <= value ? i : last, 0);
}
function moved(start, by, { low, high, grain }) {
  const value = Math.round(start / grain + by) * grain;
  return Math.min(Math.max(Number(value.toFixed(6)), low), high);
}

// src/focallab/chart.ts
var VIEW = [300, 222];
var FRAME = { left: 34, top: 24, right: 288, bottom: 186 };
var GRIP = { wide: 15, high: 20 };
var Chart = class {
  constructor({ title, below, ...options }, hooks, signal) {
    this.hooks = hooks;
    const format = (value) => fixed(value, 1);
    this.axes = axes({ ...FRAME, x: [0, 1], format, xLabel: below, yLabel: "", ...options });
    const viewBox = `0 0 ${VIEW[0]} ${VIEW[1]}`;
    const group = { class: "lv-chart", viewBox, role: "group", "aria-label": title };
    this.rule = hinted(rule(), hooks.hint);
    this.drawing = svg("svg", group, this.axes.group, this.beyond, this.marks, this.rule);
    this.element = html("div", {}, html("p", { class: "lv-title" }, title), this.drawing);
    this.describe = this.makeDraggable(signal);
    const keep = () => this.drawing.style.setProperty("--lv-zoom", String(this.zoom));
    onResize(this.drawing, keep, signal);
  }
  hooks;
  element;
  axes;
  /** Curves and columns go here, below the rule. */
  marks = svg("g", { "aria-hidden": "true" });
  drawing;
  rule;
  beyond = svg("rect", { class: "lv-beyond", y: FRAME.top });
  describe;
  get zoom() {
    return this.drawing.getBoundingClientRect().width / VIEW[0] || 1;
  }
  /** Put the rule where the user has it, at once; returns how far from the left. */
  showRule() {
    const x = this.axes.x(this.hooks.read());
    attributes(this.rule, { transform: `translate(${x.toFixed(2)} 0)` });
    if (this.hooks.beyond)
      attributes(this.beyond, { x, width: FRAME.right - x, height: FRAME.bottom - FRAME.top });
    this.describe();
    return x;
  }
  makeDraggable(signal) {
    const { hooks } = this;
    const { low, high, grain } = hooks;
    const handle = {
      element: this.rule,
      label: hooks.label,
      // A pointer has no way up or down here (see unitsPerPixel), keys have.
      move: (start, dx, dy) => moved(start, dx - dy, hooks),
      describe: (value) => {
        const [now, min, max] = [value, low, high].map((one) => one / grain);
        return { now, min, max, text: hooks.words() };
      }
    };
    const options = {
      read: () => hooks.read(),
      write: (value, gesture) => hooks.write(value, gesture),
      reset: () => hooks.reset(),
      done: () => hooks.done(),
      unitsPerPixel: () => [
        1 / (this.zoom * (FRAME.right - FRAME.left) * grain),
        0
      ]
    };
    return draggable(handle, options, signal);
  }
};
function rule() {
  const { top, bottom } = FRAME;
  const { wide, high } = GRIP;
  const hit = { x: -14, width: 28, y: top - high - 2, height: bottom - top + high + 2 };
  const grip = { x: -wide / 2, width: wide, y: top - high - 1, height: high, rx: 4 };
  const middle = top - 1 - high / 2;
  return svg(
    "g",
    { class: "lv-rule" },
    svg("rect", { class: "lv-hit", ...hit }),
    svg("line", { class: "lv-line", y1: top - 1, y2: bottom }),
    svg("rect", { class: "lv-grip", ...grip }),
    svg("path", { class: "lv-ribs", d: `M-2 ${middle - 4}v8M2 ${middle - 4}v8` })
  );
}
var FLOOR = FRAME.bottom;
var EDGES = [FRAME.top, FRAME.right];

// src/focallab/words.ts
var NAMES = ["cross entropy", "balanced", "focal loss"];
var PARTS = ["easy negatives", "other negatives", "positives"];
var percent = (share) => share === null ? "undefined" : `${fixed(100 * share, 1)} %`;
var thousands = (count) => count.toLocaleString("en");
function tenfold(power) {
  const count = 10 ** power;
  return count >= 1e6 ? `${count / 1e6}M` : count >= 1e3 ? `${count / 1e3}k` : String(count);
}

// src/focallab/batch.ts
var LOWEST = -0.3;
var HistogramChart = class extends Chart {
  clip = svg("rect", { y: EDGES[0] - 1, height: FLOOR - EDGES[0] + 1 });
  easy = svg("path", { class: "lv-part-0" });
  other = svg("path", { class: "lv-part-1" });
  positive = svg("path", { class: "lv-part-2" });
  constructor(most, hooks, signal) {
    const top = Math.ceil(Math.log10(Math.max(most, 10)));
    const counts = { y: [LOWEST, top], yTicks: top + 1, yFormat: tenfold };
    const title = "number of predictions, logarithmic";
    super({ title, below: "p_t: probability of the true answer", ...counts }, hooks, signal);
    const id = uniqueName("easy");
    attributes(this.easy, { "clip-path": `url(#${id})` });
    const defs = svg("defs", {}, svg("clipPath", { id }, this.clip));
    this.marks.append(defs, this.other, this.easy, this.positive);
  }
  showRule() {
    const x = super.showRule();
    attributes(this.clip, { x, width: EDGES[1] - x });
    return x;
  }
  showCounts({ negative, positive }) {
    const d = this.path(negative, 0);
    for (const part of [this.easy, this.other]) attributes(part, { d });
    attributes(this.positive, { d: this.path(positive, 1) });
  }
  path(counts, place) {
    const { x, y } = this.axes;
    const wide = (x(1) - x(0)) / counts.length;
    const column = (count, i) => {
      const left = x(0) + wide * (i + 0.1 + 0.42 * place);
      const top = y(Math.log10(count));
      return `M${left.toFixed(2)} ${FLOOR}V${top.toFixed(2)}h${(wide * 0.38).toFixed(2)}V${FLOOR}Z`;
    };
    return counts.map((count, i) => count ? column(count, i) : "").join("");
  }
};
var Bars = class {
  element;
  rows = NAMES.map((name) => {
    const parts = PARTS.map((_, i) => html("i", { class: `lv-part-${i}` }));
    const value = html("b");
    const rest = html("span", { class: "lv-rest" });
    const bar = html("span", { class: "lv-stack", "aria-hidden": "true" }, ...parts);
    const head = html("span", { class: "lv-bar-name" }, html("span", {}, name), value);
    return { row: html("li", {}, head, bar, rest), parts, value, rest };
  });
  constructor() {
    this.element = html("ul", { class: "lv-bars" }, ...this.rows.map(({ row: row2 }) => row2));
  }
  show({ bars }) {
    this.rows.forEach(({ parts, value, rest }, k) => {
      const [easy, other, positive] = bars[k];
      parts.forEach((part, i) => part.style.width = `${100 * (bars[k][i] ?? 0)}%`);
      setText(value, percent(easy));
      setText(rest, `other negatives ${percent(other)}, positives ${percent(positive)}`);
    });
  }
};
function partsLegend(positives) {
  const names = [...PARTS.slice(0, 2), `${thousands(positives)} positives`];
  const keys = names.map((name, i) => html("li", {}, html("i", { class: `lv-part-${i}` }), name));
  return html("ul", { class: "lv-parts" }, ...keys);
}

// src/focallab/losses.ts
var CurveChart = class extends Chart {
  curves = NAMES.map((_, i) => svg("path", { class: `lv-curve lv-loss-${i}` }));
  dots = NAMES.map((_, i) => svg("circle", { class: `lv-dot lv-loss-${i}`, r: 4.5 }));
  constructor(options, hooks, signal) {
    super(options, hooks, signal);
    this.marks.append(...this.curves, ...this.dots);
  }
  /** `rows` holds the three curves one after another. */
  showCurves(xs, rows) {
    const { x, y } = this.axes;
    this.curves.forEach((path, i) => {
      const row2 = rows.subarray(i * xs.length, (i + 1) * xs.length);
      attributes(path, { d: line2(xs, row2, x, y) });
    });
  }
  showDots(at, values) {
    this.dots.forEach((dot, i) => {
      const value = values[i];
      attributes(dot, {
        cx: this.axes.x(at),
        cy: this.axes.y(value ?? 0),
        display: value === null ? "none" : null
      });
    });
  }
};
var PointTable = class {
  element;
  cells = NAMES.map(() => [html("td"), html("td"), html("td")]);
  constructor() {
    const heads = ["", "loss", "gradient", "times less"];
    const head = html("tr", {}, ...heads.map((text) => text ? html("th", { scope: "col" }, text) : html("td")));
    const rows = NAMES.map(
      (name, i) => html("tr", {}, html("th", { scope: "row" }, sample(i), name), ...this.cells[i])
    );
    this.element = html("table", { class: "lv-numbers" }, html("thead", {}, head), html("tbody", {}, ...rows));
  }
  show({ loss, gradient, times }) {
    this.cells.forEach(([value, slope, less], i) => {
      setText(value, short(loss[i]));
      setText(slope, short(gradient[i]));
      setText(less, times[i] === null ? "∞" : short(times[i]));
    });
  }
};
var sample = (i) => svg(
  "svg",
  { class: "lv-sample", viewBox: "0 0 28 6", "aria-hidden": "true" },
  svg("path", { class: `lv-curve lv-loss-${i}`, d: "M0 3H28" })
);

// src/focallab/messages.ts
var KNOBS = [
  "gamma",
  "alpha",
  "side",
  "p_t",
  "threshold",
  "training_step",
  "imbalance"
];
var LIMITS = {
  gamma: { low: 0, high: 5 },
  alpha: { low: 0, high: 1 },
  p_t: { low: 0.01, high: 0.999 },
  threshold: { low: 0, high: 1 },
  imbalance: { low: 1, high: Infinity }
};

// src/focallab/view.ts
var SIDES = ["positive", "negative"];
var USUAL_ALPHA = 0.25;
var REST = "Point at a control to read what it does; the ? at the top says what mouse and keys do.";
var HINTS = {
  p_t: "The probability that one prediction gives to the true answer: drag it to read its loss and gradient.",
  threshold: "A negative with a p_t above this line is easy: drag it to draw the border elsewhere.",
  side: "Whose curves are drawn: alpha weighs positives, 1 − alpha weighs negatives.",
  gamma: "How strongly focal loss turns down predictions that are already right; 0 not at all.",
  alpha: "The weight of positives; negatives get 1 − alpha.",
  alphaOn: "Without alpha positives and negatives weigh the same.",
  training_step: "The same batch, predicted by the detector after so many steps of its training.",
  imbalance: "How many negatives are kept per positive, drawn at random.",
  reset: "Every knob goes back to where the cell put it."
};
var FocalLabView = class {
  constructor(model, root, questions, signal) {
    this.model = model;
    this.root = root;
    this.signal = signal;
    this.store = new KnobStore(KNOBS, model, questions, () => this.showKnobs(), signal);
    this.patience = this.store.patience(root, () => this.result.seq, signal);
    const [point, border] = [this.pointHooks(), this.borderHooks()];
    const below = "p_t: probability of the true answer";
    const whole = (value) => fixed(value, 0);
    const losses = { title: "loss", y: [0, 5], yTicks: 5, yFormat: whole, below };
    const slopes = { title: "size of its gradient by the logit", y: [0, 1.4], below };
    const title = "share of the whole gradient held by …";
    const shares = { title, y: [0, 1], yTicks: 5, below: "… negatives with a p_t above this" };
    this.loss = new CurveChart(losses, point("loss"), signal);
    this.gradient = new CurveChart(slopes, point("gradient"), signal);
    const { predictions } = model.get("batch");
    this.histogram = new HistogramChart(predictions, border("histogram"), signal);
    this.share = new CurveChart(shares, border("share"), signal);
    this.gamma = this.slider("gamma", "gamma", 0.05, 2);
    this.alpha = this.slider("alpha", "alpha", 0.01, 2);
    this.step = this.stopped("training step", "training_step", String);
    this.imbalance = this.stopped(
      "negatives per positive",
      "imbalance",
      (value) => value === null ? "all" : String(value)
    );
    this.sides = SIDES.map(
      (side) => button(`${side}s`, () => this.change({ side }, "side"), { "data-side": side })
    );
    this.alphaOn.addEventListener("change", () => this.switchAlpha());
    this.layOut();
    listen(model, "change:result", () => this.resultArrived(), signal);
    this.showKnobs();
    this.resultArrived();
  }
  model;
  root;
  signal;
  store;
  patience;
  loss;
  gradient;
  histogram;
  share;
  table = new PointTable();
  bars = new Bars();
  pointWords = html("p", { class: "lv-words" });
  shareWords = html("p", { class: "lv-words" });
  gamma;
  alpha;
  alphaOn = html("input", { type: "checkbox" });
  step;
  imbalance;
  sides;
  alphaBefore = USUAL_ALPHA;
  get result() {
    return this.model.get("result");
  }
  // What the user does
  change(change, gesture) {
    this.store.change(change, gesture);
    this.announce(Object.keys(change)[0]);
  }
  switchAlpha() {
    const { alpha } = this.store.knobs;
    if (alpha !== null) this.alphaBefore = alpha;
    this.change({ alpha: alpha === null ? this.alphaBefore : null }, "switch");
  }
  pointHooks() {
    const words = () => this.result.point.words;
    return (where) => this.ruleHooks("p_t", `p_t of the point, on the ${where} chart`, 1e-3, words);
  }
  borderHooks() {
    const label2 = "Border of the easy negatives, on the";
    const words = () => this.result.shares.words;
    return (where) => this.ruleHooks("threshold", `${label2} ${where} chart`, 0.01, words);
  }
  ruleHooks(knob, label2, grain, words) {
    return {
      ...LIMITS[knob],
      grain,
      label: label2,
      hint: HINTS[knob],
      beyond: knob === "threshold",
      words,
      read: () => this.store.knobs[knob],
      write: (value, gesture) => this.store.change({ [knob]: value }, gesture),
      reset: () => this.change({ [knob]: this.store.initial[knob] }, "reset"),
      done: () => this.announce(knob)
    };
  }
  // What shows at once
  showKnobs() {
    const { gamma, alpha, side, training_step, imbalance } = this.store.knobs;
    const { steps, imbalances } = this.model.get("batch");
    this.showRules();
    this.gamma.show(gamma);
    this.alpha.show(alpha ?? this.alphaBefore);
    this.alphaOn.checked = alpha !== null;
    attributes(this.alpha.element.querySelector("input"), { disabled: alpha === null });
    this.alpha.element.classList.toggle("lv-off", alpha === null);
    this.step.show(nearestStop(steps, training_step));
    this.imbalance.show(nearestStop(imbalances, imbalance));
    for (const one of this.sides)
      attributes(one, { "aria-pressed": String(one.dataset.side === side) });
    this.patience.wait();
  }
  showRules() {
    for (const chart of [this.loss, this.gradient, this.histogram, this.share]) chart.showRule();
  }
  // What the kernel says
  resultArrived() {
    const { seq, curves, point, histogram, shares } = this.result;
    const xs = floats(curves.p_t);
    this.loss.showCurves(xs, floats(curves.loss));
    this.gradient.showCurves(xs, floats(curves.gradient));
    this.loss.showDots(point.p_t, point.loss);
    this.gradient.showDots(point.p_t, point.gradient);
    this.table.show(point);
    setText(this.pointWords, point.words);
    this.histogram.showCounts(histogram);
    this.share.showCurves(floats(shares.thresholds), floats(shares.above));
    this.share.showDots(shares.threshold, shares.bars.map(([easy]) => easy));
    this.bars.show(shares);
    setText(this.shareWords, shares.counted);
    this.showRules();
    if (seq >= this.store.seq) this.patience.end();
  }
  /** Read out what a knob changed most of. */
  announce(knob) {
    const single = knob === "p_t" || knob === "side";
    this.root.sayAnswer(() => (single ? this.result.point : this.result.shares).words);
  }
  // Layout
  slider(knob, label2, step, digits) {
    const { low: min, high: max } = LIMITS[knob];
    const off = () => knob === "alpha" && this.store.knobs.alpha === null;
    const format = (value) => off() ? "off" : fixed(value, digits);
    const done = () => this.announce(knob);
    const slider = this.store.slider(knob, { label: label2, min, max, step, format, done });
    hinted(slider.element, HINTS[knob]);
    return slider;
  }
  /** A slider that stops at the kernel's values. */
  stopped(label2, knob, format) {
    const batch = this.model.get("batch");
    const stops = knob === "imbalance" ? batch.imbalances : batch.steps;
    const put = (value, gesture) => this.store.change({ [knob]: value }, gesture);
    const slider = new Slider({
      label: label2,
      min: 0,
      max: stops.length - 1,
      step: 1,
      // Python may have set a value between two stops.
      format: () => format(this.store.knobs[knob]),
      changed: (at, gesture) => put(stops[at], gesture),
      reset: () => {
        put(this.store.initial[knob], "reset");
        this.announce(knob);
      },
      done: () => this.announce(knob)
    });
    hinted(slider.element, HINTS[knob]);
    setVisible(slider.element, stops.length > 1);
    return slider;
  }
  layOut() {
    const reset = button("Reset", () => this.change(this.store.initial, "reset"), {
      "aria-label": "Reset all"
    });
    const sides = html("div", { class: "lv-sides", role: "group", "aria-label": "Curves for" }, ...this.sides);
    const alphaOn = html("label", { class: "lv-switch" }, this.alphaOn, html("span", {}, "use alpha"));
    const { source, predictions, positives } = this.model.get("batch");
    const counted = `${source}: ${thousands(predictions)} predictions`;
    this.root.body.append(
      heading("One prediction", "a positive and a negative differ by alpha alone", hinted(sides, HINTS.side)),
      row(this.loss.element, this.gradient.element, html("div", {}, this.table.element, this.pointWords)),
      heading("A whole batch", counted, partsLegend(positives)),
      row(this.histogram.element, this.share.element, html("div", {}, this.bars.element, this.shareWords)),
      html(
        "div",
        { class: "lv-controls" },
        this.gamma.element,
        html("div", { class: "lv-alpha" }, hinted(alphaOn, HINTS.alphaOn), this.alpha.element),
        this.step.element,
        this.imbalance.element
      ),
      html("div", { class: "lv-foot" }, new HintLine(this.root.body, REST, this.signal).element, hinted(reset, HINTS.reset)),
      this.patience.element
    );
  }
};
var row = (...children) => html("div", { class: "lv-row" }, ...children);
var heading = (title, words, aside) => html("div", { class: "lv-head" }, html("h4", {}, title), html("span", {}, words), aside);

// src/focallab/index.ts
var label = "FocalLab: what easy negatives weigh under focal loss";
var help = [
  ["Drag", "moves the line of one prediction, or the border of the easy negatives"],
  ["Arrow keys", "move it by one step, with Shift by ten"],
  ["Escape", "takes back what the mouse or the keys did since it got the focus"],
  ["Double-click", "puts it back where it started"],
  SLIDER_HELP
];
var focallab_default2 = knobWidget({ name: "focallab", label, help, css: controls_default + focallab_default }, FocalLabView);
export {
  focallab_default2 as default
};
