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
function helpLine(title2, lines) {
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
  const name = html("span", { "aria-hidden": "true" }, title2);
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
function line({ title: title2, proved, goals, met }) {
  const ticks = goals.map((goal, i) => {
    const text = `${met[i] ? "✔" : "○"} ${goal}`;
    return html("span", { class: met[i] ? "lv-met" : "", title: text }, text);
  });
  const name = proved ? `★ ${title2}, proved` : title2;
  return html("li", { class: proved ? "lv-proved" : "" }, html("strong", {}, name), ...ticks);
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

// src/querylab/querylab.css
var querylab_default = '.locviz-querylab {\n  max-width: calc(1010px * var(--lv-scale));\n  --lv-heat: #ff8c00;\n  --lv-query-0: var(--lv-series-3);\n  --lv-query-1: var(--lv-series-1);\n  --lv-query-2: var(--lv-series-7);\n  --lv-query-3: var(--lv-series-4);\n  --lv-query-4: var(--lv-series-5);\n  --lv-query-5: var(--lv-series-2);\n}\n.locviz-querylab .lv-controls {\n  gap: 0.3em 1.2em;\n  margin: 0 0 0.5em;\n  padding: 0 0 0.5em;\n  border-top: 0;\n  border-bottom: 1px solid var(--lv-line);\n}\n.locviz-querylab .lv-controls > .lv-slider {\n  flex: 1 1 calc(170px * var(--lv-scale));\n}\n.locviz-querylab .lv-controls > :is(select, button) {\n  min-height: 28px;\n  padding: 0.1em 0.7em;\n}\n.locviz-querylab .lv-board {\n  display: grid;\n  grid-template-columns: minmax(0, 1.35fr) minmax(0, 1fr) minmax(0, 1fr);\n  gap: 0.5em 1.4em;\n  align-items: start;\n}\n.locviz-querylab .lv-time .lv-stage {\n  grid-column: 1 / -1;\n}\n.locviz-querylab .lv-legend .lv-key-time {\n  border: 0;\n  height: auto;\n  font-style: normal;\n}\n.locviz-querylab .lv-legend .lv-key-time::before {\n  content: "→";\n}\n.locviz-querylab h4 {\n  margin: 0;\n  font-size: 1.05em;\n  font-weight: 600;\n}\n.locviz-querylab :is(.lv-words, .lv-looks, .lv-match, .lv-takes, .lv-caption, .lv-hint) {\n  margin: 0;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-querylab .lv-words {\n  margin-bottom: 0.5em;\n  font-size: 1.05em;\n  font-weight: 600;\n}\n.locviz-querylab .lv-match {\n  margin-top: 0.6em;\n  font-weight: 600;\n}\n.locviz-querylab .lv-takes {\n  margin-top: 0.4em;\n}\n.locviz-querylab .lv-caption {\n  color: var(--lv-soft);\n}\n.locviz-querylab .lv-foot {\n  display: flex;\n  justify-content: space-between;\n  gap: 1.5em;\n  margin-top: 0.4em;\n  color: var(--lv-soft);\n}\n.locviz-querylab .lv-hint {\n  flex: 1;\n  min-height: 1.45em;\n}\n\n/* The picture. Lines keep their width on the screen. */\n.locviz-querylab .lv-scene {\n  width: 100%;\n  border-radius: 4px;\n  contain: layout paint;\n  touch-action: manipulation;\n}\n.locviz-querylab svg.lv-scene[role="slider"] {\n  cursor: pointer;\n}\n.locviz-querylab .lv-scene:focus-visible {\n  outline: 3px solid var(--lv-focus);\n  outline-offset: 2px;\n}\n.locviz-querylab .lv-scene rect {\n  fill: none;\n  vector-effect: non-scaling-stroke;\n}\n.locviz-querylab .lv-scene .lv-cell {\n  fill: var(--lv-heat);\n}\n.locviz-querylab .lv-scene .lv-top {\n  stroke: var(--lv-heat);\n  stroke-width: 2;\n}\n.locviz-querylab .lv-place {\n  fill: var(--lv-heat);\n  fill-opacity: 0.6;\n  stroke: #000000;\n  stroke-width: 1;\n  vector-effect: non-scaling-stroke;\n}\n.locviz-querylab .lv-truth {\n  stroke: var(--lv-good);\n  stroke-width: 2;\n  stroke-dasharray: 1 4;\n}\n.locviz-querylab .lv-rim {\n  stroke: var(--lv-bg);\n  stroke-opacity: 0.75;\n  stroke-width: 3.6;\n}\n.locviz-querylab .lv-chain {\n  stroke: var(--lv-mine);\n  stroke-width: 1.5;\n}\n.locviz-querylab .lv-rim.lv-now {\n  stroke-width: 5.4;\n}\n.locviz-querylab .lv-chain.lv-now {\n  stroke-width: 3;\n}\n.locviz-querylab .lv-query {\n  fill: var(--lv-bg);\n  fill-opacity: 0.55;\n  stroke: var(--lv-text);\n  stroke-width: 1.4;\n  vector-effect: non-scaling-stroke;\n}\n.locviz-querylab .lv-query.lv-matched {\n  fill: var(--lv-own);\n  fill-opacity: 1;\n  stroke: var(--lv-bg);\n}\n.locviz-querylab .lv-query.lv-chosen {\n  stroke: var(--lv-text);\n  stroke-width: 3.5;\n}\n.locviz-querylab .lv-label-query {\n  --lv-ink: var(--lv-mine);\n}\n.locviz-querylab .lv-label-truth {\n  --lv-ink: var(--lv-good);\n}\n.locviz-querylab .lv-scene .lv-label rect {\n  fill: var(--lv-bg);\n  stroke: var(--lv-ink);\n  stroke-width: 1;\n}\n.locviz-querylab .lv-scene .lv-label text {\n  fill: var(--lv-ink);\n  font-weight: 600;\n  font-size: calc(11.5px * var(--lv-scale) / var(--lv-zoom, 1));\n}\n.locviz-querylab .lv-legend {\n  display: flex;\n  flex-wrap: wrap;\n  gap: 0 1em;\n  list-style: none;\n  margin: 0.3em 0 0;\n  padding: 0;\n  color: var(--lv-soft);\n}\n.locviz-querylab .lv-legend li {\n  display: flex;\n  align-items: center;\n  gap: 0.4em;\n  margin: 0;\n}\n.locviz-querylab .lv-legend i {\n  flex: none;\n  width: 1.4em;\n  height: 0;\n  border-top: 2px solid var(--lv-prediction);\n}\n.locviz-querylab .lv-legend .lv-key-heat {\n  height: 0.8em;\n  border: 0;\n  background: var(--lv-heat);\n}\n.locviz-querylab .lv-legend .lv-key-chain {\n  border-top-style: dashed;\n}\n.locviz-querylab .lv-legend .lv-key-truth {\n  border-top: 2px dotted var(--lv-good);\n}\n.locviz-querylab .lv-legend .lv-key-query {\n  width: 0.8em;\n  height: 0.8em;\n  border: 0;\n  border-radius: 50%;\n  background: var(--lv-good);\n}\n\n.locviz-querylab .lv-legend .lv-key-trail {\n  border-top: 2px dotted var(--lv-text);\n}\n.locviz-querylab .lv-legend .lv-key-reference {\n  width: auto;\n  border: 0;\n  height: auto;\n  font-style: normal;\n}\n.locviz-querylab .lv-legend .lv-key-reference::before {\n  content: "✚";\n  color: var(--lv-pull);\n}\n.locviz-querylab .lv-owned {\n  stroke: var(--lv-own);\n  stroke-width: 1.5;\n}\n.locviz-querylab .lv-link-rim {\n  stroke: var(--lv-bg);\n  stroke-opacity: 0.75;\n  stroke-width: 4;\n  vector-effect: non-scaling-stroke;\n}\n.locviz-querylab .lv-link {\n  stroke: var(--lv-own);\n  stroke-width: 2;\n  vector-effect: non-scaling-stroke;\n}\n.locviz-querylab .lv-link.lv-now {\n  stroke-width: 3.5;\n}\n.locviz-querylab .lv-past {\n  fill: none;\n  stroke: var(--lv-text);\n  stroke-width: 1.2;\n  stroke-dasharray: 2 2;\n  vector-effect: non-scaling-stroke;\n}\n.locviz-querylab .lv-been {\n  fill: var(--lv-text);\n}\n\n/* The reference point, over the picture. */\n.locviz-querylab .lv-layers {\n  position: relative;\n}\n.locviz-querylab .lv-over {\n  position: absolute;\n  inset: 0;\n  width: 100%;\n  height: 100%;\n  overflow: visible;\n  pointer-events: none;\n}\n.locviz-querylab .lv-reference {\n  pointer-events: all;\n  cursor: move;\n  touch-action: none;\n  outline: none;\n}\n.locviz-querylab .lv-reach {\n  fill: var(--lv-bg);\n  fill-opacity: 0.35;\n  stroke: var(--lv-pull);\n  stroke-width: 1.5;\n  vector-effect: non-scaling-stroke;\n}\n.locviz-querylab .lv-reference:focus-visible .lv-reach {\n  stroke: var(--lv-focus);\n  stroke-width: 3;\n}\n.locviz-querylab :is(.lv-reference-rim, .lv-reference-mark) {\n  stroke: var(--lv-bg);\n  stroke-width: 6;\n  vector-effect: non-scaling-stroke;\n}\n.locviz-querylab .lv-reference-mark {\n  stroke: var(--lv-pull);\n  stroke-width: 3;\n}\n\n/* The story of the match. */\n.locviz-querylab .lv-timeline {\n  margin: 0 0 0.7em;\n  padding: 0 0 0.6em;\n  border-bottom: 1px solid var(--lv-line);\n}\n.locviz-querylab .lv-film {\n  margin: 0;\n  padding: 0 0 0.3em;\n  border: 0;\n}\n.locviz-querylab .lv-story {\n  display: grid;\n  grid-template-columns: auto repeat(var(--lv-looks), minmax(0, 1fr));\n  gap: 2px;\n  margin: 0.3em 0;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-querylab .lv-story > span {\n  min-height: 1.6em;\n  line-height: 1.6em;\n  text-align: center;\n  overflow: hidden;\n  cursor: pointer;\n}\n.locviz-querylab .lv-story > .lv-name {\n  padding-right: 0.7em;\n  text-align: start;\n  white-space: nowrap;\n  cursor: default;\n}\n.locviz-querylab .lv-story :is(.lv-look, .lv-name) {\n  color: var(--lv-soft);\n}\n.locviz-querylab .lv-story .lv-whose {\n  color: var(--lv-bg);\n  background: var(--lv-own);\n  border-radius: 3px;\n}\n.locviz-querylab .lv-story .lv-flip {\n  font-weight: 700;\n  box-shadow: inset 0 0 0 2px var(--lv-text), inset 0 0 0 3px var(--lv-bg);\n}\n.locviz-querylab .lv-story .lv-mine {\n  text-decoration: underline 2px;\n  text-underline-offset: 2px;\n}\n.locviz-querylab .lv-story .lv-flips {\n  color: var(--lv-text);\n  background: linear-gradient(\n    to top,\n    color-mix(in srgb, var(--lv-pull) 28%, transparent) calc(100% * var(--lv-share, 0)),\n    transparent 0\n  );\n  border-bottom: 1px solid var(--lv-line);\n}\n.locviz-querylab .lv-story .lv-look.lv-now {\n  color: var(--lv-bg);\n  background: var(--lv-text);\n  border-radius: 3px;\n  font-weight: 700;\n}\n.locviz-querylab .lv-story .lv-flips.lv-now {\n  font-weight: 700;\n}\n.locviz-querylab .lv-story.lv-many :is(.lv-whose, .lv-flips, .lv-look) {\n  font-size: 0;\n}\n\n/* Self-attention. */\n.locviz-querylab .lv-matrix {\n  width: 100%;\n  margin-top: 0.3em;\n  cursor: pointer;\n}\n.locviz-querylab .lv-matrix .lv-ground {\n  fill: var(--lv-raised);\n}\n.locviz-querylab .lv-take {\n  fill: var(--lv-prediction);\n}\n.locviz-querylab .lv-row {\n  fill: none;\n  stroke: var(--lv-pull);\n  stroke-width: 2;\n  vector-effect: non-scaling-stroke;\n}\n\n/* The match. */\n.locviz-querylab table {\n  border-collapse: collapse;\n  margin: 0.3em 0;\n  font: inherit;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-querylab :is(th, td) {\n  padding: 0.1em 0.35em;\n  border: 0;\n  text-align: start;\n  font-weight: 400;\n  background: none;\n  color: var(--lv-text);\n}\n.locviz-querylab thead th {\n  color: var(--lv-soft);\n}\n.locviz-querylab tbody tr {\n  background: none;\n}\n.locviz-querylab td button {\n  min-width: 3em;\n  min-height: 26px;\n  padding: 0 0.4em;\n}\n.locviz-querylab td.lv-flipped button {\n  font-weight: 700;\n  border-style: dashed;\n}\n.locviz-querylab td.lv-now {\n  background: var(--lv-raised);\n}\n@container (max-width: 720px) {\n  .locviz-querylab .lv-board {\n    grid-template-columns: minmax(0, 1.2fr) minmax(0, 1fr);\n  }\n}\n@container (max-width: 460px) {\n  .locviz-querylab .lv-board {\n    grid-template-columns: minmax(0, 1fr);\n  }\n  .locviz-querylab .lv-foot {\n    flex-wrap: wrap;\n  }\n  .locviz-querylab .lv-slider input {\n    min-width: 3em;\n  }\n}\n';

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

// src/querylab/hints.ts
var HINTS = {
  rest: "Click on a dot, a row of the matrix or a number of the table to choose a query.",
  step: "Which step of the training is looked at.",
  layer: "After which decoder layer: each one reads the picture anew and moves the boxes.",
  query: "Which query; the picture follows the arrow keys, too.",
  head: "Every head has its own weights; the mean is what they look at together.",
  play: "Plays the training: watch the lines from queries to objects settle.",
  back: "To the look before.",
  on: "To the next look.",
  story: "A row per object, a column per look: whose it was. A framed number has flipped. Click to go there.",
  reference: "The point that the query looks around. Drag it: all sampling places move along. Double-click puts it back.",
  reset: "Everything goes back to where the cell put it.",
  scene: "A dot is a query, where its box has its centre; its size is what the chosen query takes from it. Arrows choose.",
  matrix: "Each row is a query and takes from the columns; a click chooses the row's query.",
  cell: "The query that is responsible for the object; press it to look at that query in that layer."
};

// src/shared/buffers.ts
var copied = ({ buffer, byteOffset, byteLength }) => buffer.slice(byteOffset, byteOffset + byteLength);
var floats = (buffer) => new Float32Array(copied(buffer));

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
function placeIn(element, event) {
  const shown = element.getScreenCTM();
  if (!shown || !shown.a || !shown.d) return [0, 0];
  return [(event.clientX - shown.e) / shown.a, (event.clientY - shown.f) / shown.d];
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

// src/querylab/marks.ts
var dashOf = (layer, layers) => layer === layers - 1 ? null : `${2 + 3 * layer} 3`;
function opacities(weights, num, most) {
  const all = Array.from(weights);
  const top = Math.max(...all, 4 / num);
  return all.map((weight) => most * weight / top);
}
function nearestCentre(boxes, x, y) {
  let [found, least] = [-1, Infinity];
  boxes.forEach(([x1, y1, x2, y2], row) => {
    const far = Math.hypot((x1 + x2) / 2 - x, (y1 + y2) / 2 - y);
    if (far < least) [found, least] = [row, far];
  });
  return found;
}
function afterKey(key, now, num) {
  const steps = {
    ArrowRight: 1,
    ArrowUp: 1,
    ArrowLeft: -1,
    ArrowDown: -1,
    PageUp: 5,
    PageDown: -5,
    Home: -num,
    End: num
  };
  return key in steps ? Math.min(Math.max(now + steps[key], 0), num - 1) : null;
}
function cellWords(queries, flipped, since) {
  return (queries.join(",") || "–") + (flipped ? "*" : "") + (since ? "′" : "");
}
function shifted(dots, from, to) {
  const [dx, dy] = [to[0] - from[0], (to[1] ?? from[1]) - from[1]];
  return Array.from(dots, (value, i) => value + [dx, dy, 0][i % 3]);
}
var keyOf = (...parts) => parts.join(" ");
var COLOURS = 6;
var colourOf = (number) => number === void 0 || number < 0 ? "var(--lv-soft)" : `var(--lv-query-${number % COLOURS})`;

// src/querylab/matrix.ts
var Matrix = class {
  constructor(num, pick, signal) {
    this.num = num;
    attributes(this.picture, { viewBox: `0 0 ${num} ${num}` });
    hinted(this.picture, HINTS.matrix);
    attributes(this.row, { width: num });
    this.picture.append(svg("rect", { class: "lv-ground", width: num, height: num }), this.cells, this.row);
    const click = (event) => {
      const [, y] = placeIn(this.picture, event);
      pick(Math.min(Math.max(Math.floor(y), 0), num - 1));
    };
    this.picture.addEventListener("click", click, { signal });
    this.element = html(
      "section",
      { class: "lv-between", "aria-label": "Self-attention" },
      html("h4", {}, "Self-attention"),
      html("p", { class: "lv-caption" }, "Each row takes from the columns."),
      this.picture,
      this.words
    );
  }
  num;
  element;
  picture = svg("svg", { class: "lv-matrix", role: "img" });
  cells = svg("g");
  drawn = "";
  row = svg("rect", { class: "lv-row", x: 0, height: 1 });
  words = html("p", { class: "lv-takes" });
  show({ between, takes, of }) {
    const key = keyOf(of.step, of.layer, of.head, of.query);
    if (key === this.drawn) return;
    this.drawn = key;
    const { num } = this;
    const cells = opacities(floats(between), num, 1).flatMap(
      (opacity, i) => opacity < 0.04 ? [] : [svg("rect", { class: "lv-take", x: i % num, y: Math.floor(i / num), width: 1, height: 1, "fill-opacity": opacity })]
    );
    this.cells.replaceChildren(...cells);
    attributes(this.picture, { "aria-label": takes });
    setText(this.words, takes.replace("Self-attention: q", "Q"));
  }
  choose(query) {
    attributes(this.row, { y: query });
  }
};

// src/querylab/messages.ts
var KNOBS = ["step", "query", "layer", "head", "reference"];

// src/querylab/reference.ts
var [REACH, ARM] = [14, 9];
var Reference = class {
  element = svg("svg", { class: "lv-over" });
  grip = svg("g", { class: "lv-reference" });
  circle = svg("circle", { class: "lv-reach" });
  rim = svg("path", { class: "lv-reference-rim" });
  mark = svg("path", { class: "lv-reference-mark" });
  described;
  zoom = 1;
  constructor([height, width], hooks, signal) {
    attributes(this.element, { viewBox: `0 0 ${width} ${height}` });
    this.grip.append(this.circle, this.rim, this.mark);
    this.element.append(this.grip);
    hinted(this.grip, HINTS.reference);
    const inside = (value, most) => Math.min(Math.max(value, 0), most);
    const handle = {
      element: this.grip,
      label: "reference point",
      move: ([x, y], dx, dy) => [inside(x + dx, width), inside(y + dy, height)],
      describe: ([x = 0, y = 0]) => ({
        now: x,
        min: 0,
        max: width,
        text: `x ${x.toFixed(0)}, y ${y.toFixed(0)}`
      })
    };
    const options = {
      read: () => hooks.read(),
      write: (place, gesture) => hooks.write([...place], gesture),
      reset: () => hooks.reset(),
      done: () => hooks.done(),
      unitsPerPixel: () => unitsPerPixel(this.element)
    };
    this.described = draggable(handle, options, signal);
    onResize(this.element, () => this.measure(width), signal);
  }
  show(place) {
    setVisible(this.grip, place.length > 0);
    if (!place.length) return;
    attributes(this.grip, { transform: `translate(${place[0]} ${place[1]})` });
    this.described();
  }
  measure(width) {
    const wide = this.element.getBoundingClientRect().width;
    if (!wide) return;
    this.zoom = (this.element.clientWidth || wide) / width;
    const arm = ARM / this.zoom;
    const d = `M${-arm} 0H${arm}M0 ${-arm}V${arm}`;
    attributes(this.circle, { r: REACH / this.zoom });
    for (const path of [this.rim, this.mark]) attributes(path, { d });
  }
};

// src/shared/labels.ts
function* tried({ box: [x1, y1, x2, y2], wide }, { high, gap }) {
  const [above, top, bottom, below] = [y1 - gap, y1 + high, y2 - gap, y2 + high];
  const [left, right] = [x1 + gap, x2 - wide - gap];
  for (const y of [above, top]) for (const x of [left, right]) yield [x, y];
  for (const y of [bottom, below]) for (const x of [left, right]) yield [x, y];
  for (const y of [above, top, bottom, below])
    for (let x = left + wide / 2; x <= right; x += wide / 2) yield [x, y];
  for (const x of [left, right, x2 + gap, x1 - wide - gap])
    for (let y = above; y <= below; y += high / 2) yield [x, y];
}
function labelPlaces(labels, rules) {
  const { width, height, high } = rules;
  const taken = [];
  return labels.map((label2) => {
    const { wide } = label2;
    for (const [wantedX, wantedY] of tried(label2, rules)) {
      const x = Math.max(Math.min(wantedX, width - wide), 0);
      const y = Math.min(wantedY, height - high / 4);
      if (y < high) continue;
      if (taken.some(([a, b, w]) => x < a + w && a < x + wide && Math.abs(y - b) < high)) continue;
      taken.push([x, y, wide]);
      return [x, y];
    }
    return null;
  });
}

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

// src/querylab/scene.ts
var LETTER = 7;
var letter = (i) => String.fromCharCode(65 + i % 26) + (i >= 26 ? Math.floor(i / 26) : "");
var QueryScene = class {
  constructor(info, photograph, hooks, signal) {
    this.info = info;
    this.hooks = hooks;
    const [height, width] = photograph.size;
    this.size = [width, height];
    attributes(this.element, { viewBox: `0 0 ${width} ${height}`, "aria-valuemin": 0, "aria-valuemax": info.queries - 1 });
    hinted(this.element, HINTS.scene);
    this.photo = new Photograph(signal);
    this.photo.fit(photograph.size, { width, height });
    this.photo.show(photograph.png);
    const twice = (box) => ["lv-rim", "lv-truth"].map((name) => svg("rect", { class: name, ...placed(box) }));
    this.truths.append(...info.gt.flatMap(twice));
    const drawn = svg("g", { "aria-hidden": "true" }, this.photo.element, this.heat, this.truths, this.owned, this.chain, this.trail, this.links, this.dots, this.labels);
    this.element.append(drawn);
    this.listen(signal);
    onResize(this.element, () => this.measure(), signal);
  }
  info;
  hooks;
  element = svg("svg", { class: "lv-scene", role: "slider", tabindex: 0, "aria-label": "query" });
  photo;
  heat = svg("g", { class: "lv-heat" });
  truths = svg("g");
  owned = svg("g");
  trail = svg("g", { class: "lv-trail" });
  links = svg("g");
  chain = svg("g");
  dots = svg("g");
  labels = svg("g", { class: "lv-labels" });
  size;
  result = null;
  layer = 0;
  drawn = "";
  zoom = 1;
  show(result, layer) {
    const { step, query, head } = result.of;
    const key = keyOf(step, query, layer, head);
    this.result = result;
    this.layer = layer;
    if (key === this.drawn) return this.moveReference(result.of.reference);
    this.drawn = key;
    this.drawHeat(result);
    this.draw();
  }
  /** The sampling places around another reference point, before the kernel answers. */
  moveReference(to) {
    if (!this.result?.dots.byteLength) return;
    const { dots, of, reference } = this.result;
    const from = of.reference.length ? of.reference : reference;
    this.drawPlaces(shifted(floats(dots), [from[0], from[1] ?? reference[1]], to.length ? to : reference));
  }
  measure() {
    const wide = this.element.getBoundingClientRect().width;
    if (!wide) return;
    this.zoom = (this.element.clientWidth || wide) / this.size[0];
    this.element.style.setProperty("--lv-zoom", String(this.zoom));
    this.draw();
  }
  draw() {
    if (!this.result) return;
    const { chain, queries } = this.result;
    const query = this.result.of.query;
    this.element.style.setProperty("--lv-mine", colourOf(this.info.colours[query]));
    this.drawMatch(this.result);
    this.drawTrail(this.result);
    this.chain.replaceChildren(
      ...chain.flatMap((box, layer) => {
        const now = layer === this.layer ? " lv-now" : "";
        const dash = dashOf(layer, chain.length);
        return [
          svg("rect", { class: `lv-rim${now}`, ...placed(box) }),
          svg("rect", { class: `lv-chain${now}`, "data-layer": layer, "stroke-dasharray": dash, ...placed(box) })
        ];
      })
    );
    const row = floats(this.result.between).subarray(query * queries.length, (query + 1) * queries.length);
    const shares = opacities(row, queries.length, 1);
    const rank = (i) => i === query ? 2 : queries[i].object >= 0 ? 1 : 0;
    const order = queries.map((_, i) => i).sort((a, b) => rank(a) - rank(b));
    this.dots.replaceChildren(
      ...order.map((i) => {
        const { box: [x1, y1, x2, y2], object } = queries[i];
        const colour = colourOf(this.info.colours[i]);
        const kind = `${object >= 0 ? " lv-matched" : ""}${i === query ? " lv-chosen" : ""}`;
        const r = (2.5 + 5.5 * Math.sqrt(shares[i])) / this.zoom;
        const place = { "data-query": i, cx: (x1 + x2) / 2, cy: (y1 + y2) / 2, r };
        return svg("circle", { class: `lv-query${kind}`, ...place, style: `--lv-own: ${colour}` }, title(queries[i].words));
      })
    );
    this.drawLabels(this.result);
  }
  /** From each query that is responsible for an object a line to it, and its box. */
  drawMatch({ queries, of }) {
    const matched = queries.flatMap(({ box, object }, i) => object >= 0 ? [{ box, object, i }] : []);
    this.owned.replaceChildren(
      ...matched.filter(({ i }) => i !== of.query).map(
        ({ box, i }) => svg("rect", { class: "lv-owned", style: `--lv-own: ${colourOf(this.info.colours[i])}`, ...placed(box) })
      )
    );
    this.links.replaceChildren(
      ...matched.flatMap(({ box, object, i }) => {
        const [[x1, y1], [x2, y2]] = [centre(box), centre(this.info.gt[object])];
        const style = `--lv-own: ${colourOf(this.info.colours[i])}`;
        const now = i === of.query ? " lv-now" : "";
        return ["lv-link-rim", "lv-link"].map((name) => svg("line", { class: name + now, style, x1, y1, x2, y2 }));
      })
    );
  }
  /** Where the chosen query has been so far in the training. */
  drawTrail({ trail, of }) {
    const line2 = (name, from, to) => svg("polyline", { class: name, points: trail.slice(from, to).map((place) => place.join(",")).join(" ") });
    const r = 2 / this.zoom;
    const past = trail.slice(0, of.step).map(([cx, cy]) => svg("circle", { class: "lv-been", cx, cy, r }));
    this.trail.replaceChildren(...trail.length ? [line2("lv-past", 0, of.step + 1), ...past] : []);
  }
  drawHeat({ heat, heat_size: [rows, columns], extent, dots }) {
    if (dots.byteLength) return this.drawPlaces(floats(dots));
    const [wide, high] = [extent[0] / columns, extent[1] / rows];
    const weights = opacities(floats(heat), rows * columns, 0.8);
    const top = weights.indexOf(Math.max(...weights));
    const cells = weights.map(
      (opacity, i) => svg("rect", {
        class: i === top ? "lv-cell lv-top" : "lv-cell",
        x: i % columns * wide,
        y: Math.floor(i / columns) * high,
        width: wide,
        height: high,
        "fill-opacity": opacity
      })
    );
    this.heat.replaceChildren(...cells);
  }
  drawPlaces(places) {
    const num = places.length / 3;
    if (this.heat.childElementCount !== num || this.heat.firstElementChild?.tagName !== "circle")
      this.heat.replaceChildren(...Array.from({ length: num }, () => svg("circle", { class: "lv-place" })));
    Array.from(this.heat.children).forEach((circle, i) => {
      const [cx, cy, weight] = places.slice(3 * i, 3 * i + 3);
      attributes(circle, { cx, cy, r: (8e-3 + 0.06 * Math.sqrt(weight)) * Math.max(...this.size) });
    });
  }
  drawLabels({ chain, of, matches }) {
    const unit = this.hooks.scale() / this.zoom;
    const notes = [
      { box: chain[this.layer], text: `query ${of.query}`, kind: "lv-label-query" },
      ...this.info.gt.map((box, i) => ({ box, text: [letter(i), ...this.whose(matches[i])].join(" ← "), kind: "lv-label-truth" }))
    ];
    const [width, height] = this.size;
    const wide = (text) => (LETTER * text.length + 6) * unit;
    const places = labelPlaces(
      notes.map(({ box, text }) => ({ box, wide: wide(text) })),
      { width, height, high: 16 * unit, gap: 4 * unit }
    );
    this.labels.replaceChildren(
      ...notes.flatMap(({ text, kind }, i) => {
        const place = places[i];
        if (!place) return [];
        const [x, y] = place;
        const rect = svg("rect", { x, y: y - 12 * unit, width: wide(text), height: 15 * unit, rx: 3 * unit });
        return [svg("g", { class: `lv-label ${kind}` }, rect, svg("text", { x: x + 3 * unit, y: y - unit }, text))];
      })
    );
  }
  whose(row) {
    const { queries } = row[this.layer];
    return queries.length ? [queries.join(", ")] : [];
  }
  /** What a screen reader hears, at once. */
  describe(query, words) {
    attributes(this.element, { "aria-valuenow": query, "aria-valuetext": words });
  }
  listen(signal) {
    const { element, hooks } = this;
    let before = hooks.query();
    element.addEventListener("focus", () => before = hooks.query(), { signal });
    const key = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const next = event.key === "Escape" ? before : afterKey(event.key, hooks.query(), this.info.queries);
      if (next === null) return;
      event.preventDefault();
      event.stopPropagation();
      hooks.pick(next, event.key === "Escape" ? "restore" : "key");
    };
    element.addEventListener("keydown", key, { signal });
    const click = (event) => {
      const [x, y] = placeIn(element, event);
      const found = this.result ? nearestCentre(this.result.queries.map(({ box }) => box), x, y) : -1;
      if (found >= 0 && event.detail < 2) hooks.pick(found, "pick");
    };
    element.addEventListener("click", click, { signal });
    element.addEventListener("dblclick", () => hooks.reset(), { signal });
  }
};
var centre = ([x1, y1, x2, y2]) => [(x1 + x2) / 2, (y1 + y2) / 2];
var title = (text) => {
  const element = svg("title");
  element.textContent = text;
  return element;
};
var placed = ([x, y, x2, y2]) => ({ x, y, width: Math.max(x2 - x, 0), height: Math.max(y2 - y, 0) });

// src/querylab/table.ts
var MatchTable = class {
  constructor(info, pick) {
    this.info = info;
    const layers = Array.from({ length: info.layers }, (_, layer) => layer);
    this.buttons = info.objects.map(
      (_, i) => layers.map(
        (layer) => hinted(
          button("", () => {
            const query = this.result?.matches[i][layer].queries[0];
            if (query !== void 0) pick(query, layer);
          }),
          HINTS.cell
        )
      )
    );
    this.cells = this.buttons.map((row) => row.map((one) => html("td", {}, one)));
    const head = html("tr", {}, html("th", { scope: "col" }, "object"), ...layers.map((layer) => html("th", { scope: "col" }, `layer ${layer + 1}`)));
    const rows = info.objects.map((name, i) => html("tr", {}, html("th", { scope: "row" }, name), ...this.cells[i]));
    const marks = ["* another query than in the layer before", ...info.steps.length > 1 ? ["′ another query than a step before"] : []];
    this.element = html(
      "section",
      { class: "lv-matches", "aria-label": "Match" },
      html("h4", {}, "Matched query"),
      html("table", {}, html("thead", {}, head), html("tbody", {}, ...rows)),
      ...marks.map((text) => html("p", { class: "lv-caption" }, text))
    );
  }
  info;
  element;
  cells;
  buttons;
  result = null;
  drawn = "";
  chosen = "";
  show(result) {
    this.result = result;
    const key = keyOf(result.of.step);
    if (key === this.drawn) return;
    this.drawn = key;
    result.matches.forEach(
      (row, i) => row.forEach(({ queries, flipped, since }, layer) => {
        const one = this.buttons[i][layer];
        one.textContent = cellWords(queries, flipped, since);
        const changed = `${flipped ? ", another one than in the layer before" : ""}${since ? ", another one than a step before" : ""}`;
        const who = queries.length ? `query ${queries.join(", ")}` : "no query";
        attributes(one, { "aria-label": `${this.info.objects[i]}, layer ${layer + 1}: ${who}${changed}` });
        one.disabled = queries.length === 0;
        this.cells[i][layer].className = flipped || since ? "lv-flipped" : "";
      })
    );
  }
  choose(query, layer) {
    const key = `${this.drawn} ${keyOf(query, layer)}`;
    if (key === this.chosen) return;
    this.chosen = key;
    this.buttons.forEach(
      (row, i) => row.forEach((one, at) => {
        const here = at === layer && (this.result?.matches[i][at].queries.includes(query) ?? false);
        attributes(one, { "aria-pressed": String(here) });
        this.cells[i][at].classList.toggle("lv-now", at === layer);
      })
    );
  }
};

// src/querylab/timeline.ts
var PAUSE = 700;
var MOST = 40;
var Timeline = class {
  constructor(info, hooks, signal) {
    this.info = info;
    this.hooks = hooks;
    const { objects, steps } = info;
    this.heads = steps.map((step) => html("span", { class: "lv-look" }, String(step)));
    this.cells = steps.map((_, at) => [...objects, ""].map((_2, row) => this.cell(at, row)));
    this.grid.style.setProperty("--lv-looks", String(steps.length));
    this.grid.classList.toggle("lv-many", steps.length > MOST);
    const name = (text) => html("span", { class: "lv-name" }, text);
    this.grid.append(name("step"), ...this.heads);
    objects.forEach((object, row) => this.grid.append(name(object), ...this.cells.map((column) => column[row])));
    this.grid.append(name("flipped"), ...this.cells.map((column) => column[objects.length]));
    this.play.addEventListener("click", () => this.timer ? this.pause() : this.run(), { signal });
    signal.addEventListener("abort", () => clearInterval(this.timer));
    hinted(this.play, HINTS.play);
    hinted(this.grid, HINTS.story);
  }
  info;
  hooks;
  play = html("button", { type: "button", "aria-label": "Play" }, "▶");
  grid = html("div", { class: "lv-story", "aria-hidden": "true" });
  title = html("h4");
  cells;
  // by look: a cell per object, and the number of flips
  heads;
  layer = -1;
  drawn = "";
  timer;
  /** Put round the slider of the steps; nothing shows without a training. */
  make(slider) {
    const controls = html(
      "div",
      { class: "lv-controls lv-film" },
      this.play,
      hinted(button("‹", () => this.nudge(-1), { "aria-label": "One look back" }), HINTS.back),
      hinted(button("›", () => this.nudge(1), { "aria-label": "One look on" }), HINTS.on),
      slider
    );
    const element = html(
      "section",
      { class: "lv-timeline", "aria-label": "Training" },
      controls,
      this.title,
      this.grid,
      html(
        "p",
        { class: "lv-caption" },
        "A match has flipped when an object went to another query than at the look before (framed). ",
        "Then another query has to learn it. Underlined: the chosen query."
      )
    );
    setVisible(element, this.info.steps.length > 1);
    return element;
  }
  show(step, layer, query) {
    const key = keyOf(step, layer, query);
    if (key === this.drawn) return;
    this.drawn = key;
    if (layer !== this.layer) this.fill(layer);
    this.layer = layer;
    this.cells.forEach((column, at) => {
      const owners = this.info.owners[at][layer];
      owners.forEach((queries, row) => column[row].classList.toggle("lv-mine", queries.includes(query)));
      for (const one of [this.heads[at], ...column]) one.classList.toggle("lv-now", at === step);
    });
  }
  /** Play no further. */
  stop() {
    clearInterval(this.timer);
    this.timer = void 0;
    attributes(this.play, { "aria-label": "Play" });
    setText(this.play, "▶");
  }
  cell(at, row) {
    const element = html("span", { class: row < this.info.objects.length ? "lv-whose" : "lv-flips" });
    element.addEventListener("click", () => {
      const query = this.info.owners[at][Math.max(this.layer, 0)][row]?.[0];
      this.stop();
      if (query === void 0) this.hooks.show(at, "pick");
      else this.hooks.pick(at, query);
    });
    return element;
  }
  fill(layer) {
    const { colours, objects, owners, since, steps } = this.info;
    setText(this.title, `Whose is each object? The responsible query by training step, after layer ${layer + 1}`);
    this.cells.forEach((column, at) => {
      const flipped = since[at][layer];
      objects.forEach((object, row) => {
        const queries = owners[at][layer][row];
        const text = queries.join(",");
        const before = at ? owners[at - 1][layer][row].join(", ") || "no query" : "";
        const told = flipped.includes(row) ? `; flipped: it was ${before}’s at step ${steps[at - 1]}` : "";
        setText(column[row], text || "–");
        column[row].style.setProperty("--lv-own", colourOf(colours[queries[0]]));
        column[row].classList.toggle("lv-flip", flipped.includes(row));
        attributes(column[row], { title: `step ${steps[at]}: ${object} is ${text ? `query ${text}` : "no query"}’s${told}` });
      });
      const last = column[objects.length];
      setText(last, at ? String(flipped.length) : "");
      last.style.setProperty("--lv-share", String(flipped.length / Math.max(objects.length, 1)));
      attributes(last, { title: at ? `${flipped.length} of ${objects.length} flipped since step ${steps[at - 1]}` : null });
    });
  }
  run() {
    const last = this.info.steps.length - 1;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.hooks.show(last, "play");
      return this.hooks.settled();
    }
    if (this.hooks.step() >= last) this.hooks.show(0, "play");
    attributes(this.play, { "aria-label": "Pause" });
    setText(this.play, "❚❚");
    this.timer = setInterval(() => {
      if (this.hooks.step() < last) this.hooks.show(this.hooks.step() + 1, "play");
      else this.pause();
    }, PAUSE);
  }
  pause() {
    this.stop();
    this.hooks.settled();
  }
  nudge(by) {
    this.stop();
    const there = Math.min(Math.max(this.hooks.step() + by, 0), this.info.steps.length - 1);
    this.hooks.show(there, "step");
    this.hooks.settled();
  }
};

// src/querylab/view.ts
var QueryLabView = class {
  constructor(model, root, questions, signal) {
    this.model = model;
    this.root = root;
    this.signal = signal;
    this.info = model.get("scene");
    this.store = new KnobStore(KNOBS, model, questions, () => this.knobsMoved(), signal);
    this.patience = this.store.patience(root, () => this.result.seq, signal);
    const { queries, layers, steps } = this.info;
    const hooks = {
      query: () => this.store.knobs.query,
      pick: (query, gesture) => this.change({ query }, gesture),
      reset: () => this.change({ query: this.store.initial.query }, "reset"),
      scale: () => this.model.get("scale")
    };
    this.scene = new QueryScene(this.info, model.get("photo"), hooks, signal);
    this.matrix = new Matrix(queries, (query) => this.change({ query }, "pick"), signal);
    this.reference = new Reference(
      model.get("photo").size,
      {
        read: () => this.place(),
        write: (place, gesture) => this.drag(place.slice(0, this.info.dim), gesture),
        reset: () => this.drag([], "reset"),
        done: () => this.announce()
      },
      signal
    );
    this.timeline = new Timeline(
      this.info,
      {
        step: () => this.store.knobs.step,
        show: (step, gesture) => this.store.change({ step, reference: [] }, gesture),
        pick: (step, query) => this.change({ step, query }, "pick"),
        settled: () => this.announce()
      },
      signal
    );
    this.table = new MatchTable(this.info, (query, layer) => this.change({ query, layer }, "pick"));
    this.sliders = {
      step: this.slider("step", "training step", steps.length, (value) => String(steps[value])),
      layer: this.slider("layer", "layer", layers, (value) => `${value + 1} of ${layers}`),
      query: this.slider("query", "query", queries, (value) => `${value}`)
    };
    this.head = this.makeHead();
    this.layOut();
    listen(model, "change:result", () => this.resultArrived(), signal);
    this.knobsMoved();
    this.resultArrived();
  }
  model;
  root;
  signal;
  store;
  patience;
  info;
  scene;
  matrix;
  table;
  timeline;
  reference;
  sliders;
  head;
  words = html("p", { class: "lv-words" });
  looks = html("p", { class: "lv-looks" });
  match = html("p", { class: "lv-match" });
  get result() {
    return this.model.get("result");
  }
  change(change, gesture) {
    this.timeline.stop();
    this.store.change({ reference: [], ...change }, gesture);
    this.announce();
  }
  /** Where the reference point is drawn: where it was dragged to, or where the detector has it. */
  place() {
    const { reference } = this.store.knobs;
    const own = this.result.reference;
    return reference.length ? [reference[0], reference[1] ?? own[1]] : own;
  }
  drag(reference, gesture) {
    this.store.change({ reference }, gesture);
  }
  // What shows at once
  knobsMoved() {
    const { step, query, layer, head, reference } = this.store.knobs;
    this.patience.wait();
    for (const [name, slider] of Object.entries(this.sliders)) slider.show(this.store.knobs[name]);
    this.head.value = head === null ? "" : String(head);
    this.scene.describe(query, this.result.queries[query].words);
    this.matrix.choose(query);
    this.table.choose(query, layer);
    this.timeline.show(step, layer, query);
    this.scene.moveReference(reference);
    this.reference.show(this.place());
  }
  // What the kernel says
  resultArrived() {
    const { result } = this;
    this.store.follow(result.seq, result.of);
    this.scene.show(result, result.of.layer);
    this.scene.describe(result.of.query, result.words);
    this.matrix.show(result);
    this.table.show(result);
    this.matrix.choose(this.store.knobs.query);
    this.table.choose(this.store.knobs.query, this.store.knobs.layer);
    this.scene.moveReference(this.store.knobs.reference);
    this.reference.show(this.place());
    setText(this.words, result.words);
    setText(this.looks, result.looks);
    setText(this.match, result.match);
    if (result.seq >= this.store.seq) this.patience.end();
  }
  announce() {
    this.root.sayAnswer(() => [this.result.words, this.result.looks, this.result.match].join(" "));
  }
  // Layout
  slider(knob, label2, num, format) {
    const done = () => this.announce();
    const put = (value, gesture) => {
      this.timeline.stop();
      this.store.change({ reference: [], [knob]: value }, gesture);
    };
    const reset = () => {
      put(this.store.initial[knob], "reset");
      done();
    };
    const slider = new Slider({ label: label2, min: 0, max: Math.max(num - 1, 1), step: 1, format, changed: put, reset, done });
    hinted(slider.element, HINTS[knob]);
    setVisible(slider.element, num > 1);
    return slider;
  }
  makeHead() {
    const heads = Array.from({ length: this.info.heads }, (_, i) => html("option", { value: String(i) }, `head ${i + 1}`));
    const element = html("select", { "aria-label": "Head" }, html("option", { value: "" }, "mean of all heads"), ...heads);
    const choose = () => this.change({ head: element.value === "" ? null : Number(element.value) }, "head");
    element.addEventListener("change", choose, { signal: this.signal });
    return hinted(element, HINTS.head);
  }
  layOut() {
    const reset = button("Reset", () => this.change(this.store.initial, "reset"), { "aria-label": "Reset all" });
    const { step, layer, query } = this.sliders;
    this.root.body.append(
      html("div", { class: "lv-controls" }, layer.element, query.element, this.head, hinted(reset, HINTS.reset)),
      this.timeline.make(step.element),
      this.words,
      html(
        "div",
        { class: this.info.dim === 1 ? "lv-board lv-time" : "lv-board" },
        html("div", { class: "lv-stage" }, html("div", { class: "lv-layers" }, this.scene.element, this.reference.element), this.legend()),
        this.matrix.element,
        this.table.element
      ),
      this.match,
      this.looks,
      html(
        "div",
        { class: "lv-foot" },
        new HintLine(this.root.body, HINTS.rest, this.signal).element,
        html("span", { class: "lv-source" }, this.info.source)
      ),
      this.patience.element
    );
  }
  legend() {
    const [, length] = this.model.get("photo").size;
    const words = [
      ...this.info.dim === 1 ? [["lv-key-time", `time, from 0 to ${length}; every query has its own height`]] : [],
      ["lv-key-heat", "read by the query"],
      ["lv-key-chain", "its box: short dashes after the first layer, a full line after the last"],
      ["lv-key-truth", "objects"],
      ["lv-key-query", "queries; filled, with a line to it, where responsible for an object"],
      ...this.info.steps.length > 1 ? [["lv-key-trail", "where the chosen query’s box has been"]] : [],
      ...this.result.reference.length ? [["lv-key-reference", "its reference point: drag it"]] : []
    ];
    return html("ul", { class: "lv-legend" }, ...words.map(([name, text]) => html("li", {}, html("i", { class: name }), html("span", {}, text))));
  }
};

// src/querylab/index.ts
var label = "QueryLab: what queries look at, and what they are responsible for";
var help = [
  ["Click", "on the picture chooses the query whose dot is nearest; on the matrix that of the row"],
  ["Arrow keys", "on the picture choose the next or the previous query, page keys go five on, Home and End to the ends"],
  ["Drag", "the cross of deformable attention: the query looks around another point; arrows move it by 1 px, Shift by 10"],
  ["Tab", "goes to the next control, and out of the widget"],
  ["Escape", "on the picture goes back to the query that was chosen when it got the focus"],
  ["Double-click", "on the picture goes back to the query that the cell chose"],
  SLIDER_HELP
];
var querylab_default2 = knobWidget({ name: "querylab", label, help, css: controls_default + querylab_default }, QueryLabView);
export {
  querylab_default2 as default
};
