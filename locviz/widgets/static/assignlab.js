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
var BOX_HELP = [
  ["Drag", "moves a box; an edge or a corner resizes it"],
  ["Tab", "goes to the next box or handle, and out of the widget"],
  ["Arrow keys", "move what has the focus by 1 pixel of the picture, with Shift by 10"],
  ["Alt + arrows", "resizes the box"],
  ["Escape", "takes back what the mouse or the keys did since the box got the focus"],
  ["Double-click", "puts the box back where it started"]
];
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
  const ticks = goals.map((goal, i) => {
    const text = `${met[i] ? "✔" : "○"} ${goal}`;
    return html("span", { class: met[i] ? "lv-met" : "", title: text }, text);
  });
  const name = proved ? `★ ${title}, proved` : title;
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
function createRoot(host, model, options2, signal) {
  const live = liveRegion(signal);
  const body = html("div", { class: "lv-body" });
  const error = html("p", { class: "lv-error", role: "alert", hidden: true });
  const lost = html("p", { class: "lv-lost", role: "status", hidden: true });
  const element = html(
    "section",
    {
      class: `locviz locviz-${options2.name}`,
      "aria-label": options2.label
    },
    html("style", {}, theme_default + help_default + goals_default + (options2.css ?? "")),
    helpLine(options2.label, options2.help),
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
function mounted(options2, show) {
  const render = ({ model, el }) => {
    const stop = new AbortController();
    show(model, createRoot(el, model, options2, stop.signal), stop.signal);
    return () => stop.abort();
  };
  return { render };
}
function knobWidget(options2, Made, answered = () => {
}) {
  return mounted(options2, (model, root, signal) => {
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

// src/assignlab/assignlab.css
var assignlab_default = "/* Eight objects that stay apart in light and dark, also for readers who are red-green blind (a search for the largest\n   least distance; `tests/widgets/assignlab/test_picture.py` holds it), each with a contrast of 4.5:1. */\n.locviz-assignlab {\n  max-width: calc(1010px * var(--lv-scale));\n  --lv-object-0: light-dark(#a76000, #ffa40d);\n  --lv-object-1: light-dark(#035282, #4c99ba);\n  --lv-object-2: light-dark(#910c4c, #fb5872);\n  --lv-object-3: light-dark(#27836b, #03e6ac);\n  --lv-object-4: light-dark(#590097, #9a6fff);\n  --lv-object-5: light-dark(#194400, #4e910f);\n  --lv-object-6: light-dark(#8055c3, #ddafff);\n  --lv-object-7: light-dark(#16181d, #f2f4f7);\n}\n.locviz-assignlab .lv-controls {\n  display: flex;\n  flex-wrap: wrap;\n  align-items: center;\n  gap: 0.6em 0.9em;\n  margin-bottom: 0.6em;\n  padding-bottom: 0.8em;\n  border-bottom: 1px solid var(--lv-line);\n}\n.locviz-assignlab label {\n  display: flex;\n  align-items: center;\n  gap: 0.6em;\n}\n.locviz-assignlab label > span {\n  color: var(--lv-soft);\n}\n.locviz-assignlab .lv-controls select {\n  max-width: 14em;\n}\n.locviz-assignlab .lv-pager {\n  display: flex;\n  align-items: center;\n  gap: 0.6em;\n}\n.locviz-assignlab .lv-page,\n.locviz-assignlab output {\n  font-variant-numeric: tabular-nums;\n}\n.locviz-assignlab .lv-slider input {\n  flex: 1;\n  width: 5em;\n  min-width: 5em;\n  height: 28px;\n  margin: 0;\n  accent-color: var(--lv-accent);\n  cursor: grab;\n}\n.locviz-assignlab output {\n  min-width: 2.6em;\n  font-weight: 600;\n  text-align: end;\n}\n.locviz-assignlab .lv-hint {\n  overflow: hidden;\n  margin: 0 0 0.7em;\n  color: var(--lv-soft);\n  text-overflow: ellipsis;\n  white-space: nowrap;\n}\n.locviz-assignlab .lv-controls .lv-slider {\n  flex: 1 1 calc(150px * var(--lv-scale));\n}\n.locviz-assignlab .lv-controls .lv-slider span {\n  white-space: nowrap;\n}\n.locviz-assignlab .lv-board {\n  position: relative;\n  display: grid;\n  grid-template-columns: minmax(0, 1fr);\n  gap: 1.2em 2em;\n}\n.locviz-assignlab .lv-board.lv-two {\n  grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);\n}\n.locviz-assignlab .lv-panel {\n  min-width: 0;\n}\n.locviz-assignlab .lv-panel-head {\n  margin-bottom: 0.7em;\n}\n.locviz-assignlab .lv-panel-head select {\n  font-weight: 600;\n  width: 100%;\n  max-width: 22em;\n}\n.locviz-assignlab .lv-board:not(.lv-two) .lv-panel:first-child .lv-panel-head {\n  max-width: 46%;\n}\n.locviz-assignlab .lv-board:not(.lv-two) .lv-panel + .lv-panel {\n  position: absolute;\n  top: 0;\n  right: 0;\n  width: 46%;\n  display: flex;\n  justify-content: flex-end;\n}\n.locviz-assignlab .lv-board:not(.lv-two) .lv-panel + .lv-panel .lv-panel-head {\n  width: 100%;\n  display: flex;\n  justify-content: flex-end;\n}\n.locviz-assignlab .lv-panel-body {\n  display: grid;\n  grid-template-columns: minmax(0, 1fr) minmax(0, 1.15fr);\n  gap: 1em 1.8em;\n  align-items: start;\n}\n.locviz-assignlab .lv-board:not(.lv-two) .lv-why {\n  grid-column: 1 / -1;\n  order: 1;\n}\n.locviz-assignlab .lv-two .lv-panel-body {\n  grid-template-columns: minmax(0, 1fr);\n  row-gap: 0.4em;\n}\n.locviz-assignlab .lv-stack {\n  display: grid;\n}\n.locviz-assignlab .lv-stack > svg {\n  grid-area: 1 / 1;\n  width: 100%;\n  height: auto;\n  border-radius: 4px;\n  will-change: transform;\n}\n.locviz-assignlab .lv-scene .lv-object-line,\n.locviz-assignlab .lv-scene .lv-object-rim,\n.locviz-assignlab .lv-scene .lv-hit {\n  fill: none;\n}\n.locviz-assignlab .lv-scene .lv-hit {\n  pointer-events: all;\n}\n.locviz-assignlab .lv-object-rim {\n  stroke: var(--lv-bg);\n  stroke-opacity: 0.75;\n  stroke-width: 4.5;\n}\n.locviz-assignlab .lv-object-line {\n  stroke: var(--lv-mark);\n  stroke-width: 2;\n}\n.locviz-assignlab .lv-apart .lv-object-line {\n  stroke-dasharray: 5 4;\n}\n.locviz-assignlab .lv-selected .lv-object-line,\n.locviz-assignlab .lv-object.lv-lit .lv-object-line {\n  stroke-width: 3.4;\n}\n.locviz-assignlab .lv-scene .lv-object-label {\n  fill: var(--lv-mark);\n  font-size: 14px;\n  font-weight: 700;\n  paint-order: stroke;\n  stroke: var(--lv-bg);\n  stroke-width: 4px;\n  stroke-linejoin: round;\n}\n.locviz-assignlab .lv-dots {\n  fill: none;\n  stroke: var(--lv-soft);\n  stroke-width: 1.8;\n  stroke-linecap: round;\n}\n.locviz-assignlab .lv-dots-rim {\n  stroke: var(--lv-bg);\n  stroke-width: 3.4;\n  stroke-opacity: 0.55;\n}\n.locviz-assignlab .lv-ignored {\n  fill: none;\n  stroke: var(--lv-soft);\n  stroke-width: 1.4;\n}\n.locviz-assignlab .lv-owned {\n  fill: var(--lv-mark);\n  stroke: var(--lv-bg);\n  stroke-width: 1.3;\n}\n.locviz-assignlab .lv-marks.lv-dim .lv-owned:not(.lv-lit) {\n  opacity: 0.3;\n}\n.locviz-assignlab .lv-ambiguous,\n.locviz-assignlab .lv-flipped {\n  fill: none;\n  stroke: var(--lv-text);\n  stroke-width: 1.6;\n}\n.locviz-assignlab .lv-flipped {\n  stroke-dasharray: 3 2.5;\n}\n.locviz-assignlab .lv-link {\n  fill: none;\n  stroke: var(--lv-text);\n  stroke-width: 2.2;\n  pointer-events: none;\n}\n.locviz-assignlab .lv-scene > path.lv-rim {\n  fill: none;\n  stroke: var(--lv-bg);\n  stroke-width: 4.4;\n  stroke-opacity: 0.85;\n  stroke-dasharray: none;\n}\n.locviz-assignlab .lv-scene > path,\n.locviz-assignlab .lv-letters,\n.locviz-assignlab .lv-marks {\n  pointer-events: none;\n}\n.locviz-assignlab .lv-grip-corner .lv-grip-square {\n  fill: var(--lv-bg);\n  stroke: var(--lv-mark);\n  stroke-width: 2;\n}\n.locviz-assignlab .lv-grip:focus-visible .lv-hit {\n  stroke: var(--lv-focus);\n  stroke-width: 2;\n  stroke-dasharray: 6 3;\n}\n.locviz-assignlab .lv-scene > path.lv-square:not(.lv-rim),\n.locviz-assignlab .lv-scene > path.lv-predicted:not(.lv-rim) {\n  fill: none;\n  stroke: var(--lv-text);\n  stroke-width: 2;\n}\n.locviz-assignlab .lv-scene > path.lv-predicted:not(.lv-rim) {\n  stroke: var(--lv-prediction);\n  stroke-width: 2.6;\n  stroke-dasharray: 9 4;\n}\n.locviz-assignlab .lv-why {\n  min-width: 0;\n  min-height: calc(9em * var(--lv-scale));\n}\n.locviz-assignlab .lv-why p {\n  margin: 0 0 0.2em;\n}\n.locviz-assignlab .lv-why-says {\n  font-weight: 600;\n}\n.locviz-assignlab .lv-why-rule,\n.locviz-assignlab .lv-why-drawn,\n.locviz-assignlab .lv-why-words td {\n  color: var(--lv-soft);\n}\n.locviz-assignlab .lv-why .lv-scroll {\n  max-height: calc(200px * var(--lv-scale));\n}\n.locviz-assignlab .lv-why-table th {\n  text-align: start;\n  font-weight: 600;\n}\n.locviz-assignlab .lv-why-table thead th:not(:first-child) {\n  text-align: end;\n}\n.locviz-assignlab .lv-why-words td {\n  text-align: start;\n  white-space: normal;\n  border-bottom: 1px solid var(--lv-line);\n}\n.locviz-assignlab .lv-why-table .lv-won td {\n  color: var(--lv-text);\n  font-weight: 600;\n}\n.locviz-assignlab .lv-difference {\n  margin: 0 0 0.8em;\n  font-weight: 600;\n}\n.locviz-assignlab .lv-readout {\n  min-height: 1.45em;\n  margin: 0.4em 0 0;\n  color: var(--lv-soft);\n  font-variant-numeric: tabular-nums;\n}\n.locviz-assignlab .lv-totals {\n  margin: 0.2em 0 0;\n  min-height: 2.9em;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-assignlab .lv-key {\n  display: inline-block;\n  width: 0.95em;\n  height: 0.95em;\n  vertical-align: -0.12em;\n  border: 1.6px solid var(--lv-text);\n}\n.locviz-assignlab .lv-key-ambiguous {\n  border-radius: 50%;\n}\n.locviz-assignlab .lv-key-flipped {\n  border-style: dashed;\n}\n.locviz-assignlab .lv-key-ignored {\n  border: none;\n  background:\n    linear-gradient(45deg, transparent 44%, var(--lv-soft) 44% 56%, transparent 56%),\n    linear-gradient(-45deg, transparent 44%, var(--lv-soft) 44% 56%, transparent 56%);\n}\n.locviz-assignlab .lv-counts {\n  list-style: none;\n  display: grid;\n  grid-template-columns: repeat(auto-fill, minmax(9em, 1fr));\n  gap: 0.1em 1.2em;\n  margin: 0.5em 0 0;\n  padding: 0;\n}\n.locviz-assignlab .lv-counts li {\n  display: flex;\n  align-items: center;\n  gap: 0.4em;\n  margin: 0;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-assignlab .lv-counts span {\n  flex: 1;\n  overflow: hidden;\n  text-overflow: ellipsis;\n  white-space: nowrap;\n}\n.locviz-assignlab .lv-counts .lv-none b {\n  color: var(--lv-bad);\n}\n.locviz-assignlab .lv-sign {\n  width: 1.1em;\n  height: 1.1em;\n  flex: none;\n  display: inline-block;\n  vertical-align: -0.15em;\n}\n.locviz-assignlab .lv-sign path {\n  fill: var(--lv-mark);\n}\n.locviz-assignlab .lv-rule {\n  margin: 0 0 0.6em;\n  color: var(--lv-soft);\n  min-height: 2.9em;\n}\n.locviz-assignlab .lv-knobs {\n  display: grid;\n  gap: 0.1em;\n}\n.locviz-assignlab .lv-knobs .lv-slider span {\n  flex: 0 0 12.5em;\n}\n.locviz-assignlab .lv-play {\n  margin-top: 0.7em;\n}\n.locviz-assignlab .lv-player-controls {\n  display: flex;\n  align-items: center;\n  gap: 0.4em;\n  margin-top: 0.6em;\n}\n.locviz-assignlab .lv-player-controls .lv-slider {\n  flex: 1;\n  margin-left: 0.6em;\n}\n.locviz-assignlab .lv-player-controls output {\n  min-width: 5.4em;\n}\n.locviz-assignlab .lv-says {\n  margin: 0.4em 0;\n  font-variant-numeric: tabular-nums;\n  min-height: 1.45em;\n}\n.locviz-assignlab .lv-gap-title {\n  margin: 0;\n  color: var(--lv-soft);\n}\n.locviz-assignlab .lv-gap-chart {\n  width: 100%;\n  height: 4em;\n  background: var(--lv-raised);\n  border-radius: 4px;\n}\n.locviz-assignlab .lv-gap {\n  fill: none;\n  stroke: var(--lv-prediction);\n  stroke-width: 2;\n  vector-effect: non-scaling-stroke;\n}\n.locviz-assignlab .lv-here {\n  stroke: var(--lv-text);\n  stroke-width: 1.5;\n  vector-effect: non-scaling-stroke;\n}\n@container (max-width: 700px) {\n  .locviz-assignlab .lv-panel-body {\n    grid-template-columns: minmax(0, 1fr);\n  }\n  .locviz-assignlab .lv-board:not(.lv-two) .lv-why {\n    order: 0;\n  }\n}\n@container (max-width: 760px) {\n  .locviz-assignlab .lv-board.lv-two {\n    grid-template-columns: minmax(0, 1fr);\n  }\n}\n";

// src/assignlab/matrix.css
var matrix_default = '.locviz-assignlab h4 {\n  font: inherit;\n  color: var(--lv-soft);\n  margin: 0.9em 0 0.3em;\n}\n.locviz-assignlab .lv-scroll {\n  contain: layout paint;\n  max-height: calc(300px * var(--lv-scale));\n  overflow: auto;\n  border: 1px solid var(--lv-line);\n  border-radius: 4px;\n}\n.locviz-assignlab table {\n  border-collapse: separate;\n  border-spacing: 0;\n  width: 100%;\n  margin: 0;\n  font-size: 0.92em;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-assignlab th,\n.locviz-assignlab td {\n  padding: 0.12em 0.45em;\n  text-align: end;\n  font-weight: 400;\n  border: none;\n  background: none;\n  white-space: nowrap;\n}\n.locviz-assignlab .lv-matrix thead th {\n  position: sticky;\n  top: 0;\n  z-index: 1;\n  background: var(--lv-bg);\n  border-bottom: 1px solid var(--lv-line);\n  font-weight: 600;\n}\n.locviz-assignlab .lv-matrix th[scope="row"] {\n  display: flex;\n  gap: 0.6em;\n  justify-content: space-between;\n  color: var(--lv-soft);\n}\n.locviz-assignlab .lv-matrix th[scope="row"] b {\n  color: var(--lv-mark);\n  font-weight: 700;\n}\n.locviz-assignlab .lv-matrix td {\n  background: color-mix(in srgb, var(--lv-mark) var(--lv-shade, 0%), transparent);\n  border: 1.5px solid transparent;\n  outline-offset: -2px;\n}\n.locviz-assignlab .lv-matrix td.lv-owner {\n  border-color: var(--lv-mark);\n  font-weight: 700;\n}\n.locviz-assignlab .lv-matrix tr.lv-lit td,\n.locviz-assignlab .lv-matrix tr.lv-lit th {\n  box-shadow: inset 0 1.5px var(--lv-text), inset 0 -1.5px var(--lv-text);\n}\n.locviz-assignlab .lv-matrix td.lv-column {\n  box-shadow: inset 1.5px 0 var(--lv-text), inset -1.5px 0 var(--lv-text);\n}\n.locviz-assignlab .lv-by-step {\n  margin-top: 0.8em;\n  overflow-x: auto;\n}\n.locviz-assignlab .lv-steps th {\n  color: var(--lv-soft);\n}\n.locviz-assignlab .lv-steps th[scope="row"] {\n  text-align: start;\n}\n@container (max-width: 960px) {\n  .locviz-assignlab .lv-matrix th,\n  .locviz-assignlab .lv-matrix td {\n    padding: 0.12em 0.2em;\n  }\n  .locviz-assignlab .lv-two table,\n  .locviz-assignlab .lv-why-table {\n    font-size: calc(11px * var(--lv-scale));\n  }\n  .locviz-assignlab .lv-why-table th,\n  .locviz-assignlab .lv-why-table td {\n    padding: 0.1em 0.2em;\n  }\n  .locviz-assignlab .lv-two th,\n  .locviz-assignlab .lv-two td {\n    padding: 0.1em 0.15em;\n  }\n  .locviz-assignlab .lv-two .lv-steps th[scope="row"],\n  .locviz-assignlab .lv-two .lv-why-table th {\n    white-space: normal;\n  }\n}\n';

// src/shared/buffers.ts
var copied = ({ buffer, byteOffset, byteLength }) => buffer.slice(byteOffset, byteOffset + byteLength);
var floats = (buffer) => new Float32Array(copied(buffer));
var shorts = (buffer) => new Int16Array(copied(buffer));
var bytes = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);

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
  constructor(options2) {
    this.options = options2;
    const { label: label2, min, max, step } = options2;
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
  slider(knob, options2) {
    const put = (value, gesture) => this.change({ [knob]: value }, gesture);
    const reset = () => {
      put(this.initial[knob], "reset");
      options2.done();
    };
    return new Slider({ ...options2, changed: put, reset });
  }
};

// src/assignlab/hints.ts
var HINTS = {
  rest: "Drag an object; point at a prior to see which object it is responsible for, and why.",
  before: "Turn to the scene before.",
  next: "Turn to the next scene.",
  steps: "The training step whose predictions the rules see; rules that look at no predictions do not change.",
  against: "What the dashed squares compare with: they mark the priors that have another owner now.",
  pin: "Remember this answer, to count what changes from here on; a second press forgets it.",
  reset: "Everything goes back to where the cell put it.",
  rule: "The rule that decides which prior is responsible for which object.",
  second: "A second rule beside the first one, on the same objects.",
  object: "Drag it; arrows move it by a pixel, Alt and arrows resize it; double-click puts it back.",
  corner: "Drag the corner to resize the object.",
  open: "Play what happens inside the rule, step by step; once more for the result.",
  back: "One step back.",
  play: "Play the steps, or pause.",
  on: "One step on.",
  speed: "How fast it plays.",
  step: "Go to any step.",
  matrix: "Arrows walk from prior to prior, and say which object each is responsible for, and why."
};

// src/assignlab/messages.ts
var KNOBS = [
  "image",
  "training_step",
  "boxes",
  "assigner",
  "second",
  "settings",
  "second_settings",
  "selected",
  "looked",
  "against",
  "frame",
  "second_frame"
];

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

// src/assignlab/marks.ts
var SHAPES = [
  "circle",
  "square",
  "triangle",
  "diamond",
  "cross",
  "down",
  "star",
  "hourglass"
];
var COLOURS = 8;
function letter(index) {
  return String.fromCharCode(65 + index % 26) + (index >= 26 ? String(Math.floor(index / 26)) : "");
}
var shapeOf = (index) => SHAPES[index % SHAPES.length];
var colourOf = (index) => `var(--lv-object-${(index + Math.floor(index / COLOURS)) % COLOURS})`;
var f = (value) => String(Math.round(value * 10) / 10);
function mark(shape, x, y, r) {
  switch (shape) {
    case "circle":
      return `M${f(x - r)} ${f(y)}a${f(r)} ${f(r)} 0 1 0 ${f(2 * r)} 0a${f(r)} ${f(r)} 0 1 0 ${f(-2 * r)} 0Z`;
    case "square":
      return `M${f(x - 0.9 * r)} ${f(y - 0.9 * r)}h${f(1.8 * r)}v${f(1.8 * r)}h${f(-1.8 * r)}Z`;
    case "triangle":
      return `M${f(x)} ${f(y - 1.2 * r)}l${f(1.1 * r)} ${f(2 * r)}h${f(-2.2 * r)}Z`;
    case "diamond": {
      const d = f(1.3 * r);
      return `M${f(x)} ${f(y - 1.3 * r)}l${d} ${d}l-${d} ${d}l-${d} -${d}Z`;
    }
    case "down":
      return `M${f(x)} ${f(y + 1.2 * r)}l${f(1.1 * r)} ${f(-2 * r)}h${f(-2.2 * r)}Z`;
    case "star":
      return star(x, y, r);
    case "hourglass":
      return `M${f(x - r)} ${f(y - 1.15 * r)}h${f(2 * r)}l${f(-2 * r)} ${f(2.3 * r)}h${f(2 * r)}Z`;
    case "cross": {
      const [a, b] = [0.45 * r, 0.75 * r];
      return `M${f(x - a)} ${f(y - a - b)}h${f(2 * a)}v${f(b)}h${f(b)}v${f(2 * a)}h${f(-b)}v${f(b)}h${f(-2 * a)}v${f(-b)}h${f(-b)}v${f(-2 * a)}h${f(b)}Z`;
    }
  }
}
function star(x, y, r) {
  const at = Array.from({ length: 10 }, (_, i) => {
    const [far, turn] = [i % 2 ? 0.65 * r : 1.55 * r, i * Math.PI / 5];
    return `${f(x + far * Math.sin(turn))} ${f(y - far * Math.cos(turn))}`;
  });
  return `M${at.join("L")}Z`;
}
function radius(stride, finest) {
  return Math.min(3 * Math.sqrt(stride / finest), 9);
}
function dots({ places }) {
  let path = "";
  for (let i = 0; 2 * i < places.length; i++)
    path += `M${f(places[2 * i])} ${f(places[2 * i + 1])}h0`;
  return path;
}
function drawn({ places, radii }, numObjects, owner, ambiguous, flipped) {
  const out = {
    objects: Array.from({ length: numObjects }, () => ""),
    ignored: "",
    ambiguous: "",
    flipped: ""
  };
  for (let i = 0; i < owner.length; i++) {
    const [x, y, r] = [places[2 * i], places[2 * i + 1], radii[i]];
    if (owner[i] >= 0 && owner[i] < numObjects)
      out.objects[owner[i]] += mark(shapeOf(owner[i]), x, y, r);
    else if (owner[i] === -2)
      out.ignored += `M${f(x - r)} ${f(y - r)}l${f(2 * r)} ${f(2 * r)}m0 ${f(-2 * r)}l${f(-2 * r)} ${f(2 * r)}`;
    if (ambiguous[i]) out.ambiguous += mark("circle", x, y, r + 3.5);
    if (flipped[i]) out.flipped += mark("square", x, y, (r + 4.5) / 0.9);
  }
  return out;
}
var [WIDE, HIGH] = [14, 16];
function letterPlaces(boxes, width, height) {
  const labels = boxes.map((box, index) => ({ box, wide: WIDE * letter(index).length }));
  const places = labelPlaces(labels, { width, height, high: HIGH, gap: 4 });
  return places.map((place2, i) => place2 ?? [boxes[i][0] + 4, boxes[i][1] + HIGH]);
}
function nearest({ places }, x, y, reach) {
  let best = -1;
  let least = reach * reach;
  for (let i = 0; 2 * i < places.length; i++) {
    const distance = (places[2 * i] - x) ** 2 + (places[2 * i + 1] - y) ** 2;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

// src/assignlab/sign.ts
function sign(index) {
  const path = svg("path", { d: mark(shapeOf(index), 7, 7, 4.6) });
  const element = svg(
    "svg",
    { class: "lv-sign", viewBox: "0 0 14 14", "aria-hidden": "true" },
    path
  );
  element.style.setProperty("--lv-mark", colourOf(index));
  return element;
}

// src/assignlab/state.ts
var REFERENCES = {
  previous: ["before the last move", "with the last move"],
  pinned: ["the pinned answer", "since the pin"],
  step: ["the training step before", "since the step before"],
  other: ["the other assigner", "between the two"]
};
function decoded(sent) {
  const matrix = {
    rows: shorts(sent.rows),
    values: floats(sent.values),
    columns: sent.positives.length
  };
  return {
    ...sent,
    owner: shorts(sent.owner),
    ambiguous: bytes(sent.ambiguous),
    flipped: bytes(sent.flipped),
    matrix
  };
}
function filmOf(answer, buffers) {
  if (!answer.film || buffers.length !== 5) return null;
  const { film: kind, frames, ...rest } = answer;
  const [rows, owners] = [shorts(buffers[0]), shorts(buffers[1])];
  const [values, totals, gap] = buffers.slice(2).map(floats);
  const cut = (all) => {
    const size = all.length / Math.max(frames, 1);
    return Array.from({ length: frames }, (_, i) => all.subarray(i * size, (i + 1) * size));
  };
  return {
    ...rest,
    kind,
    rows,
    owners: cut(owners),
    values: cut(values),
    totals: cut(totals),
    gap
  };
}
var lowestLoses = (measure) => measure !== "cost" && measure !== "area";
function cell(value, measure = "cost") {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e5) return "–";
  if (lowestLoses(measure) && Math.abs(value) < 5e-3) return "0";
  return fixed(value, Math.abs(value) < 9.995 ? 2 : Math.abs(value) < 99.95 ? 1 : 0);
}
function shades(values, measure) {
  const usable = Array.from(values).filter(
    (value) => Number.isFinite(value) && Math.abs(value) < 1e5
  );
  const [low, high] = [Math.min(...usable), Math.max(...usable)];
  return Array.from(values, (value) => {
    if (!Number.isFinite(value) || Math.abs(value) >= 1e5) return 0;
    if (lowestLoses(measure)) return high > 0 ? Math.max(value, 0) / high : 0;
    return high > low ? (high - value) / (high - low) : 1;
  });
}

// src/assignlab/matrix.ts
var STEPS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1]
};
var MatrixView = class {
  constructor(hooks, signal) {
    this.hooks = hooks;
    this.table = html(
      "table",
      { class: "lv-matrix", role: "grid" },
      html("thead", {}, this.head),
      this.body
    );
    this.element = html(
      "div",
      { class: "lv-matrix-box" },
      this.caption,
      html("div", { class: "lv-scroll" }, this.table)
    );
    this.table.addEventListener("pointerover", (event) => this.hover(event.target), { signal });
    this.table.addEventListener("pointerleave", () => hooks.hover({ prior: -1, object: -1 }), {
      signal
    });
    this.table.addEventListener("focusin", (event) => this.focused(event.target), { signal });
    this.table.addEventListener("focusout", () => hooks.hover({ prior: -1, object: -1 }), {
      signal
    });
    this.table.addEventListener("keydown", (event) => this.walk(event), { signal });
  }
  hooks;
  element;
  caption = html("h4", {});
  head = html("tr");
  body = html("tbody");
  table;
  rows = [];
  shown = null;
  columns = "";
  at = [0, 0];
  show(shown, title) {
    this.shown = shown;
    setText(this.caption, title);
    attributes(this.table, { "aria-label": title, "aria-description": HINTS.matrix });
    const { rows, columns, values, owners } = shown;
    const wide = columns + (shown.total ? 1 : 0);
    this.build(rows.length, wide, shown);
    const shade = shades(values, shown.measure);
    rows.forEach((prior, r) => {
      const line2 = this.rows[r];
      const owner = owners[r];
      setText(
        line2.head.firstChild,
        owner >= 0 ? letter(owner) : owner === -2 ? "ignored" : "–"
      );
      setText(line2.head.lastChild, String(prior));
      attributes(line2.head, { title: this.hooks.describe(prior) });
      line2.head.style.setProperty("--lv-mark", owner >= 0 ? colourOf(owner) : "var(--lv-soft)");
      line2.cells.forEach((td, c) => {
        const total2 = c === columns;
        const value = total2 ? shown.total.values[r] : values[r * columns + c];
        const text = cell(value, total2 ? "cost" : shown.measure);
        const dark = total2 ? 0 : Math.round(40 * shade[r * columns + c]);
        const own = !total2 && owner === c;
        const now = `${text} ${dark} ${own}`;
        if (line2.drawn[c] === now) return;
        line2.drawn[c] = now;
        td.style.setProperty(
          "--lv-mark",
          shown.background && c === columns - 1 ? "var(--lv-soft)" : colourOf(c)
        );
        setText(td, text);
        td.style.setProperty("--lv-shade", `${dark}%`);
        td.classList.toggle("lv-owner", own);
      });
    });
    this.keepStop();
  }
  /** Light the row of a prior and the column of an object. */
  highlight({ prior, object }) {
    this.rows.forEach(({ row, cells }, r) => {
      row.classList.toggle("lv-lit", prior >= 0 && this.shown?.rows[r] === prior);
      cells.forEach((td, c) => td.classList.toggle("lv-column", prior < 0 && c === object));
    });
  }
  build(rows, wide, shown) {
    const columns = `${wide} ${shown.total?.title ?? ""} ${shown.background ?? false}`;
    if (columns !== this.columns) {
      this.columns = columns;
      this.rows = [];
      this.body.replaceChildren();
      const objects = shown.columns - (shown.background ? 1 : 0);
      const heads = Array.from({ length: objects }, (_, i) => {
        const head = html("th", { scope: "col" }, sign(i), letter(i));
        head.style.setProperty("--lv-mark", colourOf(i));
        return head;
      });
      if (shown.background) heads.push(html("th", { scope: "col", title: "background" }, "none"));
      if (shown.total) heads.push(html("th", { scope: "col" }, shown.total.title));
      this.head.replaceChildren(html("th", { scope: "col" }, "prior"), ...heads);
    }
    while (this.rows.length > rows) this.rows.pop().row.remove();
    while (this.rows.length < rows) this.rows.push(this.line(wide));
  }
  line(wide) {
    const head = html("th", { scope: "row" }, html("b", {}), html("span", {}));
    const cells = Array.from({ length: wide }, () => html("td", { tabindex: -1 }));
    const row = html("tr", {}, head, ...cells);
    this.body.append(row);
    return { row, head, cells, drawn: [] };
  }
  /** One cell is a Tab stop; arrows walk from there. */
  keepStop() {
    const [r, c] = [
      Math.min(this.at[0], this.rows.length - 1),
      Math.min(this.at[1], (this.rows[0]?.cells.length ?? 1) - 1)
    ];
    this.at = [Math.max(r, 0), Math.max(c, 0)];
    this.rows.forEach(
      ({ cells }, i) => cells.forEach((td, j) => {
        const stop = i === this.at[0] && j === this.at[1];
        if (td.tabIndex !== (stop ? 0 : -1)) td.tabIndex = stop ? 0 : -1;
      })
    );
  }
  find(target) {
    const r = this.rows.findIndex(({ row }) => row.contains(target));
    const c = r < 0 ? -1 : this.rows[r].cells.indexOf(target.closest("td"));
    return [r, c];
  }
  spot([r, c]) {
    const { rows, columns, background } = this.shown;
    const objects = columns - (background ? 1 : 0);
    return { prior: r >= 0 ? rows[r] : -1, object: c >= 0 && c < objects ? c : -1 };
  }
  hover(target) {
    if (!this.shown) return;
    const at = this.find(target);
    const head = target.closest?.("thead th");
    if (at[0] >= 0) this.hooks.hover(this.spot(at));
    else if (head)
      this.hooks.hover(this.spot([-1, Array.from(this.head.children).indexOf(head) - 1]));
  }
  focused(target) {
    const at = this.find(target);
    if (at[0] < 0 || at[1] < 0) return;
    this.at = at;
    this.keepStop();
    this.hooks.hover(this.spot(at));
  }
  walk(event) {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const times = event.shiftKey ? 10 : 1;
    const r = Math.min(Math.max(this.at[0] + step[0] * times, 0), this.rows.length - 1);
    const c = Math.min(Math.max(this.at[1] + step[1] * times, 0), this.rows[r].cells.length - 1);
    this.rows[r].cells[c].focus();
  }
};

// src/assignlab/player.ts
var SECONDS = 6;
var SPEEDS = ["0.25", "0.5", "1", "2", "4"];
var FASTEST = 40;
var [WIDE2, HIGH2] = [300, 56];
var TITLES = {
  sinkhorn: "Play Sinkhorn’s iterations",
  auction: "Play the auction"
};
var GAPS = {
  sinkhorn: "how far the priors’ sums are off",
  auction: "objects without a prior"
};
var Player = class {
  constructor(hooks, signal) {
    this.hooks = hooks;
    this.slider = new Slider({
      label: "step",
      min: 0,
      max: 1,
      step: 1,
      format: (value) => `${value + 1} of ${this.film?.owners.length ?? 0}`,
      changed: (value) => {
        this.stop();
        this.to(Math.round(value));
      },
      reset: () => this.to(0),
      done: () => this.hooks.settled(this.frame)
    });
    attributes(this.play, { "aria-label": "Play" });
    this.play.addEventListener("click", () => this.timer ? this.pause() : this.run(), { signal });
    this.opener.addEventListener("click", () => this.toggle(!this.isOpen), { signal });
    const chart = svg(
      "svg",
      {
        class: "lv-gap-chart",
        viewBox: `-4 -4 ${WIDE2 + 8} ${HIGH2 + 8}`,
        preserveAspectRatio: "none",
        "aria-hidden": "true"
      },
      this.curve,
      this.here
    );
    const controls = html(
      "div",
      { class: "lv-player-controls" },
      hinted(button("‹", () => this.nudge(-1), { "aria-label": "One step back" }), HINTS.back),
      hinted(this.play, HINTS.play),
      hinted(button("›", () => this.nudge(1), { "aria-label": "One step on" }), HINTS.on),
      hinted(this.speed, HINTS.speed),
      hinted(this.slider.element, HINTS.step)
    );
    hinted(this.opener, HINTS.open);
    const sooner = () => this.timer && (this.pause(), this.run());
    this.speed.addEventListener("change", sooner, { signal });
    this.bar.append(controls, this.says, this.legend, chart);
    this.element = html("div", { class: "lv-play" }, this.opener, this.bar);
    signal.addEventListener("abort", () => clearInterval(this.timer));
  }
  hooks;
  element;
  opener = html("button", { type: "button", "aria-expanded": "false" });
  bar = html("div", { class: "lv-player", hidden: true });
  play = html("button", { type: "button" }, "▶");
  slider;
  curve = svg("path", { class: "lv-gap" });
  here = svg("line", { class: "lv-here", y1: 0, y2: HIGH2 });
  says = html("p", { class: "lv-says" });
  legend = html("p", { class: "lv-gap-title" });
  speed = html(
    "select",
    { "aria-label": "Speed" },
    ...SPEEDS.map((value) => html("option", { value, selected: value === "1" }, `× ${value}`))
  );
  starts = false;
  // the next film is to play at once
  film = null;
  frame = -1;
  timer;
  isOpen = false;
  /** Offer what the present assigner can play. */
  offer(kind) {
    setVisible(this.element, kind !== "");
    setText(this.opener, this.isOpen ? "Back to the result" : TITLES[kind] ?? "");
    if (!kind && this.isOpen) this.toggle(false);
  }
  /** A film came, `frame` is where it is to stand (-1: at its first). */
  load(film, frame) {
    this.film = film;
    this.slider.bounds(0, Math.max(film.owners.length - 1, 1));
    const most = Math.max(...film.gap, 1e-9);
    const x = (i) => film.gap.length > 1 ? i / (film.gap.length - 1) * WIDE2 : 0;
    const points = Array.from(
      film.gap,
      (value, i) => `${x(i).toFixed(1)} ${(HIGH2 * (1 - value / most)).toFixed(1)}`
    );
    attributes(this.curve, { d: points.length ? `M${points.join("L")}` : "" });
    setText(this.legend, GAPS[film.kind] ?? "");
    const still = frame < 0 ? 0 : frame;
    this.to(Math.min(still, film.owners.length - 1));
    if (this.starts && frame < 0 && !motionless()) this.run();
    this.starts = false;
  }
  /** The state changed under the film: it shows nothing until the next one comes. */
  stale() {
    this.pause();
    this.film = null;
    this.hooks.show(-1);
  }
  get current() {
    return this.isOpen && this.film && this.frame >= 0 ? { film: this.film, frame: this.frame } : null;
  }
  toggle(open) {
    this.isOpen = this.starts = open;
    attributes(this.opener, { "aria-expanded": String(open) });
    setVisible(this.bar, open);
    if (!open) {
      this.stop();
      this.film = null;
      this.frame = -1;
      this.hooks.show(-1);
      this.hooks.settled(-1);
    }
    this.hooks.open(open);
  }
  run() {
    if (!this.film) return;
    const last = this.film.owners.length - 1;
    if (motionless()) {
      this.to(last);
      return this.hooks.settled(this.frame);
    }
    if (this.frame >= last) this.to(0);
    attributes(this.play, { "aria-label": "Pause" });
    setText(this.play, "❚❚");
    this.timer = setInterval(
      () => this.frame < last ? this.to(this.frame + 1) : this.pause(),
      Math.max(FASTEST, SECONDS * 1e3 / Math.max(last, 1) / Number(this.speed.value))
    );
  }
  pause() {
    if (!this.timer) return;
    this.stop();
    this.hooks.settled(this.frame);
  }
  /** Play no further; the kernel is not told of a frame that is about to change. */
  stop() {
    clearInterval(this.timer);
    this.timer = void 0;
    attributes(this.play, { "aria-label": "Play" });
    setText(this.play, "▶");
  }
  nudge(by) {
    this.stop();
    this.to(this.frame + by);
    this.hooks.settled(this.frame);
  }
  to(frame) {
    if (!this.film) return;
    this.frame = Math.min(Math.max(frame, 0), this.film.owners.length - 1);
    this.slider.show(this.frame);
    const at = this.film.gap.length > 1 ? this.frame / (this.film.gap.length - 1) * WIDE2 : 0;
    attributes(this.here, { x1: at, x2: at });
    setText(this.says, this.film.says[this.frame] ?? "");
    this.hooks.show(this.frame);
  }
};
var motionless = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// src/shared/drag.ts
var DOUBLE_MS = 350;
var STILL_PX = 4;
var ARROWS = /* @__PURE__ */ new Map([
  ["ArrowLeft", [-1, 0]],
  ["ArrowRight", [1, 0]],
  ["ArrowUp", [0, -1]],
  ["ArrowDown", [0, 1]]
]);
function arrowStep(key2, shift) {
  const arrow = ARROWS.get(key2);
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
function draggable(handle, options2, signal) {
  prepare(handle);
  listenToPointer(handle, options2, signal);
  listenToKeys(handle, options2, signal);
  return () => describe(handle, options2.read());
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
function listenToPointer(handle, options2, signal) {
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
      options2.reset(handle);
      return;
    }
    grip = {
      pointer: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      start: options2.read(),
      far: false,
      units: options2.unitsPerPixel()
    };
    element.setPointerCapture(event.pointerId);
    element.classList.add("lv-dragging");
  };
  const move = (event) => {
    if (!grip || event.pointerId !== grip.pointer) return;
    const [px, py] = [event.clientX - grip.x, event.clientY - grip.y];
    grip.far ||= Math.hypot(px, py) > STILL_PX;
    const [sx, sy] = grip.units;
    options2.write(handle.move(grip.start, px * sx, py * sy, event.altKey), "drag");
  };
  const up = (event) => {
    if (!grip || event.pointerId !== grip.pointer) return;
    tapped = { time: grip.far ? -Infinity : event.timeStamp, x: event.clientX, y: event.clientY };
    end();
    options2.done(handle);
  };
  const cancel = (event) => {
    if (grip && event.pointerId === grip.pointer) restore();
  };
  const restore = () => {
    if (!grip) return;
    const { start } = grip;
    end();
    options2.write(start, "restore");
    options2.done(handle);
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
function listenToKeys(handle, options2, signal) {
  const { element } = handle;
  let before = options2.read();
  const keydown = (event) => {
    if (event.key === "Escape") {
      options2.write(before, "restore");
    } else {
      const step = arrowStep(event.key, event.shiftKey);
      if (!step || event.ctrlKey || event.metaKey) return;
      options2.write(handle.move(options2.read(), step[0], step[1], event.altKey), "key");
    }
    event.preventDefault();
    event.stopPropagation();
    options2.done(handle);
  };
  element.addEventListener("focus", () => before = options2.read(), { signal });
  element.addEventListener("keydown", keydown, { signal });
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

// src/shared/boxes.ts
var PARTS = {
  body: [true, true, true, true],
  "left edge": [true, false, false, false],
  "top edge": [false, true, false, false],
  "right edge": [false, false, true, false],
  "bottom edge": [false, false, false, true],
  "top left corner": [true, true, false, false],
  "top right corner": [false, true, true, false],
  "bottom right corner": [false, false, true, true],
  "bottom left corner": [true, false, false, true]
};
var between = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));
function moved(box, part, dx, dy, size, resize = false) {
  if (part === "body" && !resize) {
    const x = between(dx, -box[0], size[0] - box[2]);
    const y = between(dy, -box[1], size[1] - box[3]);
    return [box[0] + x, box[1] + y, box[2] + x, box[3] + y];
  }
  const moves = PARTS[part === "body" ? "bottom right corner" : part];
  const steps = [dx, dy, dx, dy];
  return box.map((value, i) => {
    if (!moves[i]) return value;
    const [low, high] = i < 2 ? [0, box[i + 2]] : [box[i - 2], size[i % 2]];
    return between(value + steps[i], low, high);
  });
}
function movedSpan([start, end], part, dx, length, resize = false) {
  const [x1, , x2] = moved([start, 0, end, 1], part, dx, 0, [length, 1], resize);
  return [x1, x2];
}
var spoken = (box) => {
  const [x1, y1, x2, y2] = box.map((value) => Math.round(value));
  return `x ${x1} to ${x2}, y ${y1} to ${y2}`;
};

// src/shared/handles.ts
function place(rect, [x1, y1, x2, y2]) {
  attributes(rect, { x: x1, y: y1, width: Math.max(x2 - x1, 0), height: Math.max(y2 - y1, 0) });
}

// src/assignlab/objects.ts
var CORNERS = [
  "top left corner",
  "top right corner",
  "bottom right corner",
  "bottom left corner"
];
var SQUARE = 8;
var SceneObject = class {
  /** `apart`: crowds and ignored objects take no part. */
  constructor(index, apart, hooks, signal) {
    this.index = index;
    this.hooks = hooks;
    this.signal = signal;
    this.label = svg("text", { class: "lv-object-label", "aria-hidden": "true" }, letter(index));
    this.label.style.setProperty("--lv-mark", colourOf(index));
    const look = { class: `lv-object${apart ? " lv-apart" : ""}`, "aria-hidden": "true" };
    this.outline = svg("g", look, this.halo, this.rect);
    this.outline.style.setProperty("--lv-mark", colourOf(index));
    this.body = svg("g", { class: "lv-grip lv-grip-body", "data-object": index }, this.hit);
    this.corners = CORNERS.map((part) => this.corner(part));
    const parts = [["body", this.body]];
    this.corners.forEach((corner, i) => parts.push([CORNERS[i], corner]));
    this.describes = parts.map(([part, element]) => this.drag(part, element));
    for (const corner of this.corners) attributes(hinted(corner, HINTS.corner), { tabindex: -1 });
    for (const [, element] of parts) this.showCornersUnderPointer(element);
    hinted(this.body, HINTS.object);
    this.body.addEventListener("focus", () => hooks.select(index), { signal });
    this.body.addEventListener("focus", () => hooks.focused(index), { signal });
    this.body.addEventListener("blur", () => hooks.focused(-1), { signal });
  }
  index;
  hooks;
  signal;
  outline;
  body;
  corners;
  halo = svg("rect", { class: "lv-object-rim" });
  rect = svg("rect", { class: "lv-object-line" });
  /** Its letter, which lies above all outlines. */
  label;
  hit = svg("rect", { class: "lv-hit" });
  describes;
  drawn = "";
  // what it was drawn from
  pointed = false;
  // corners show before a click
  redraw = () => {
  };
  /** Put all of it where the box is, in drawing units, and its letter where there is room. */
  draw(box, selected, reach, [x, y]) {
    this.redraw = () => this.draw(box, selected, reach, [x, y]);
    const now = `${box} ${selected} ${this.pointed} ${reach} ${x} ${y} ${this.hooks.words(this.index)}`;
    if (this.drawn === now) return;
    this.drawn = now;
    const [x1, y1, x2, y2] = box;
    place(this.rect, box);
    place(this.halo, box);
    const wide = Math.max(0, reach - (x2 - x1) / 2);
    const tall = Math.max(0, reach - (y2 - y1) / 2);
    place(this.hit, [x1 - wide, y1 - tall, x2 + wide, y2 + tall]);
    attributes(this.label, { x, y });
    this.outline.classList.toggle("lv-selected", selected);
    this.drawCorners(box, selected, reach);
    this.describes.forEach((describe2) => describe2());
  }
  drawCorners([x1, y1, x2, y2], selected, reach) {
    this.corners.forEach((corner, i) => {
      setVisible(corner, selected || this.pointed);
      const [left, top] = [i === 0 || i === 3, i < 2];
      const [x, y] = [left ? x1 : x2, top ? y1 : y2];
      const half = selected ? reach : 0.6 * reach;
      const out = selected ? 0.6 * reach : 0.3 * reach;
      const [cx, cy] = [x + (left ? -out : out), y + (top ? -out : out)];
      const [hit, square] = corner.children;
      place(hit, [cx - half, cy - half, cx + half, cy + half]);
      place(square, [x - SQUARE / 2, y - SQUARE / 2, x + SQUARE / 2, y + SQUARE / 2]);
    });
  }
  showCornersUnderPointer(element) {
    const point = (pointed) => () => {
      this.pointed = pointed;
      this.redraw();
    };
    element.addEventListener("pointerenter", point(true), { signal: this.signal });
    element.addEventListener("pointerleave", point(false), { signal: this.signal });
  }
  corner(part) {
    const square = svg("rect", { class: "lv-grip-square" });
    square.style.setProperty("--lv-mark", colourOf(this.index));
    const values = { "data-object": this.index, "data-part": part };
    const hit = svg("rect", { class: "lv-hit" });
    return svg("g", { class: "lv-grip lv-grip-corner", ...values }, hit, square);
  }
  drag(part, element) {
    const { hooks, index } = this;
    const [height, width] = hooks.info.size;
    const name = `object ${letter(index)}, ${hooks.names()[index]}`;
    const handle = {
      element,
      label: part === "body" ? name : `${name}, ${part}`,
      move: (start, dx, dy, resize) => hooks.info.dim === 2 ? moved(start, part, dx, dy, [width, height], resize) : movedSpan(start, part, dx, width, resize),
      describe: (box) => ({ now: box[0], min: 0, max: width, text: this.inWords(box) })
    };
    const whole = hooks.info.dim === 2 ? [0, 0, width, height] : [0, width];
    const options2 = {
      read: () => hooks.boxes()[index] ?? whole,
      write: (box, gesture) => hooks.write(index, box, gesture),
      reset: () => hooks.reset(index),
      done: () => hooks.done(),
      unitsPerPixel: () => [hooks.perPixel(), hooks.perPixel()]
    };
    return draggable(handle, options2, this.signal);
  }
  inWords(box) {
    const { info, boxes, words } = this.hooks;
    const span = () => `${Math.round(box[0])} to ${Math.round(box[1])}`;
    const where = info.dim === 2 ? spoken(box) : span();
    return where + (boxes().length > this.index ? `, ${words(this.index)}` : "");
  }
};

// src/assignlab/scene.ts
var SIDE = 400;
var REACH = 12;
var HOVER = 14;
var AssignScene = class {
  // CSS pixels per unit; measuring it in every move would cost a layout each
  constructor(hooks, places, strides, signal) {
    this.hooks = hooks;
    this.strides = strides;
    const [height, width] = hooks.info.size;
    this.unit = SIDE / Math.max(height, width, 1);
    this.finest = Math.min(...strides);
    this.spots = {
      places: places.map((value) => value * this.unit),
      radii: strides.map((stride) => radius(stride, this.finest))
    };
    const size = { width: width * this.unit, height: height * this.unit };
    attributes(this.drawing, { viewBox: `0 0 ${size.width} ${size.height}` });
    this.photo = new Photograph(signal);
    this.photo.fit(hooks.info.size, size);
    const every = dots(this.spots);
    const ground = svg(
      "svg",
      { class: "lv-ground", viewBox: `0 0 ${size.width} ${size.height}`, "aria-hidden": "true" },
      svg("rect", { class: "lv-scene-ground", ...size }),
      this.photo.element,
      svg("path", { class: "lv-dots lv-dots-rim", d: every }),
      svg("path", { class: "lv-dots", d: every })
    );
    this.element = html("div", { class: "lv-stack" }, ground, this.drawing);
    this.drawing.append(
      this.ignored,
      this.marks,
      ...this.flipped,
      ...this.ambiguous,
      this.outlines,
      this.letters,
      ...this.square,
      ...this.predicted,
      ...this.link,
      this.grips
    );
    this.drawing.addEventListener("pointermove", (event) => this.pointed(event), { signal });
    const away = (event) => event.target.closest("[data-object]") || hooks.select(-1);
    this.drawing.addEventListener("pointerdown", away, { signal });
    this.drawing.addEventListener(
      "pointerleave",
      () => this.dragging || hooks.hover({ prior: -1, object: -1 }),
      { signal }
    );
    const pressed = (event) => this.pressed = [event.clientX, event.clientY];
    this.drawing.addEventListener("pointerdown", pressed, { signal, capture: true });
    this.drawing.addEventListener("click", (event) => this.clicked(event), { signal });
    onResize(this.drawing, () => this.measure(), signal);
    signal.addEventListener("abort", () => this.stop.abort());
  }
  hooks;
  strides;
  element;
  drawing = svg("svg", { class: "lv-scene", role: "group" });
  photo;
  ignored = svg("path", { class: "lv-ignored" });
  ambiguous = rimmed("lv-ambiguous");
  flipped = rimmed("lv-flipped");
  marks = svg("g", { class: "lv-marks" });
  outlines = svg("g");
  letters = svg("g", { class: "lv-letters" });
  link = rimmed("lv-link");
  grips = svg("g");
  square = rimmed("lv-square");
  predicted = rimmed("lv-predicted");
  pressed = [0, 0];
  objects = [];
  stop = new AbortController();
  unit;
  spots;
  finest;
  dragging = false;
  zoom = 1;
  showPhoto(png) {
    this.photo.show(png);
  }
  /** Other objects came: make their outlines and handles. Larger ones lie below, so that every one can be gripped. */
  rebuild(apart) {
    this.stop.abort();
    this.stop = new AbortController();
    this.outlines.replaceChildren();
    this.grips.replaceChildren();
    const boxes = this.hooks.boxes().map((box) => this.flat(box));
    const hooks = this.objectHooks();
    this.objects = boxes.map(
      (_, index) => new SceneObject(index, apart[index] ?? false, hooks, this.stop.signal)
    );
    this.outlines.append(...this.objects.map(({ outline }) => outline));
    this.letters.replaceChildren(...this.objects.map(({ label: label2 }) => label2));
    const area = ([x1, y1, x2, y2]) => (x2 - x1) * (y2 - y1);
    const order = boxes.map((_, index) => index).sort((a, b) => area(boxes[b]) - area(boxes[a]));
    for (const index of order) this.grips.append(this.objects[index].body);
    for (const index of order) this.grips.append(...this.objects[index].corners);
    this.draw();
  }
  /** Put outlines and handles where the boxes are; what has not changed is left alone. */
  draw() {
    const reach = REACH * this.hooks.scale() / this.zoom;
    const [height, width] = this.hooks.info.size.map((side) => side * this.unit);
    const boxes = this.hooks.boxes().map((box) => this.flat(box).map((value) => value * this.unit));
    const letters = letterPlaces(boxes, width, height);
    boxes.forEach(
      (box, index) => this.objects[index]?.draw(box, this.hooks.selected() === index, reach, letters[index])
    );
  }
  /** Draw who is responsible for whom; `words` says it. */
  show(owner, ambiguous, flipped, words) {
    const paths = drawn(this.spots, this.objects.length, owner, ambiguous, flipped);
    attributes(this.drawing, { "aria-label": words });
    attributes(this.ignored, { d: paths.ignored });
    trace(this.ambiguous, paths.ambiguous);
    trace(this.flipped, paths.flipped);
    while (this.marks.children.length > paths.objects.length) this.marks.lastElementChild.remove();
    paths.objects.forEach((d, index) => {
      const path = this.marks.children[index] ?? this.marks.appendChild(svg("path", { class: "lv-owned" }));
      attributes(path, { d });
      path.style.setProperty("--lv-mark", colourOf(index));
    });
  }
  /** Ring the prior and tie it to the object, whichever is there. */
  highlight({ prior, object }) {
    this.objects.forEach(
      ({ outline }, index) => outline.classList.toggle("lv-lit", index === object)
    );
    this.marks.classList.toggle("lv-dim", object >= 0 && prior < 0);
    Array.from(this.marks.children).forEach(
      (path, index) => path.classList.toggle("lv-lit", index === object)
    );
    if (prior < 0 || 2 * prior >= this.spots.places.length) return trace(this.link, "");
    const [x, y, r] = [
      this.spots.places[2 * prior],
      this.spots.places[2 * prior + 1],
      this.spots.radii[prior]
    ];
    let d = mark("circle", x, y, r + 7);
    const box = this.hooks.boxes()[object];
    if (box) {
      const [x1, y1, x2, y2] = this.flat(box).map((value) => value * this.unit);
      d += `M${x} ${y}L${(x1 + x2) / 2} ${(y1 + y2) / 2}`;
    }
    trace(this.link, d);
  }
  /** A span is drawn as high as the timeline. */
  flat(box) {
    return this.hooks.info.dim === 2 ? [...box] : [box[0], 0, box[1], this.hooks.info.size[0]];
  }
  measure() {
    const { width } = this.drawing.getBoundingClientRect();
    if (!width) return;
    this.zoom = width / (this.hooks.info.size[1] * this.unit);
    this.draw();
  }
  pointed(event) {
    if (this.dragging || event.buttons) return;
    const prior = this.priorAt(event);
    const grip = event.target.closest?.("[data-object]");
    this.hooks.hover({
      prior,
      object: prior < 0 && grip ? Number(grip.getAttribute("data-object")) : -1
    });
  }
  /** A click that moved nothing keeps the prior under it. */
  clicked(event) {
    const [x, y] = this.pressed;
    if (Math.hypot(event.clientX - x, event.clientY - y) < 4) this.hooks.keep(this.priorAt(event));
  }
  priorAt(event) {
    return nearest(this.spots, ...placeIn(this.drawing, event), HOVER);
  }
  /** Outline what the rule compares at the prior that is looked at, and what is predicted there. */
  explain(square, predicted) {
    trace(this.square, this.outline(square));
    trace(this.predicted, this.outline(predicted));
  }
  outline(region) {
    if (!region.length) return "";
    const [x1, y1, x2, y2] = this.flat(region).map((value) => value * this.unit);
    return `M${x1} ${y1}H${x2}V${y2}H${x1}Z`;
  }
  objectHooks() {
    return {
      ...this.hooks,
      write: (index, box, gesture) => {
        this.dragging = gesture === "drag";
        this.hooks.write(index, box, gesture);
      },
      done: () => {
        this.dragging = false;
        this.hooks.done();
      },
      focused: (object) => this.hooks.hover({ prior: -1, object }),
      words: (index) => this.words(index),
      perPixel: () => unitsPerPixel(this.drawing)[0] / this.unit
    };
  }
  /** Said after the place of an object; the panel sets it when an answer arrives. */
  words = () => "";
  /** Where a prior is and what its mark looks like, for rows of the matrix. */
  describePrior(prior) {
    const [x, y] = [
      this.spots.places[2 * prior] / this.unit,
      this.spots.places[2 * prior + 1] / this.unit
    ];
    const at = this.hooks.info.dim === 2 ? `${Math.round(x)}, ${Math.round(y)}` : `${Math.round(x)}`;
    return `prior ${prior}, stride ${this.strides[prior]}, at ${at}`;
  }
};
function rimmed(name) {
  return [svg("path", { class: `${name} lv-rim` }), svg("path", { class: name })];
}
function trace(paths, d) {
  for (const path of paths) attributes(path, { d });
}

// src/assignlab/words.ts
var priors = (count) => `${count} prior${count === 1 ? "" : "s"}`;
var responsible = (count, of) => {
  const many = of === void 0 ? priors(count) : `${count} of ${priors(of)}`;
  return `${many} ${count === 1 ? "is" : "are"} responsible`;
};
function inWords({ count, first, second, other }) {
  const one = count === 1 ? "1 prior" : `${count} priors`;
  const side = (many) => `${many} ${many === 1 ? "is" : "are"} responsible`;
  return `The two rules differ at ${one}: ${side(first)} for an object under the first only, ${second} under the second only, ${other} for another object.`;
}
function sentence(says) {
  return `${says.charAt(0).toUpperCase()}${says.slice(1)}${/[.!?]$/.test(says) ? "" : "."}`;
}
function headline({ prior, says, verdicts }) {
  const won = verdicts.findIndex((verdict) => verdict.won);
  const reason = /^(won|background|ignored): (.*)$/s.exec(says);
  if (!reason) return sentence(`prior ${prior}: ${says}`);
  const what = won >= 0 ? `responsible for ${letter(won)}` : reason[1];
  return sentence(`prior ${prior} is ${what}: ${reason[2]}`);
}
function drawnInWords({ square_is, predicted }) {
  const square = square_is === "anchor" ? "its anchor, which the rule compares" : "its cell";
  return `Solid square: ${square}.${predicted.length ? " Dashed: the box that is predicted there." : ""}`;
}

// src/assignlab/why.ts
var HINT = "Point at a prior, or walk through the matrix with the arrows, to see why; a click keeps it.";
var WhyCard = class {
  says = html("p", { class: "lv-why-says" });
  rule = html("p", { class: "lv-why-rule" });
  drawn = html("p", { class: "lv-why-drawn" });
  table = html("table", { class: "lv-why-table" });
  scroll = html("div", { class: "lv-scroll", tabindex: 0 }, this.table);
  element = html("div", { class: "lv-why" }, this.says, this.rule, this.drawn, this.scroll);
  /** Show the reasons, those of the winner first; null where no prior is looked at. */
  show(why) {
    setText(this.says, why ? headline(why) : HINT);
    setText(this.rule, why?.rule ? sentence(why.rule) : "");
    setText(this.drawn, why ? drawnInWords(why) : "");
    setVisible(this.scroll, why !== null && why.verdicts.length > 0);
    if (!why) return;
    this.scroll.setAttribute("aria-label", `Reasons of prior ${why.prior}, object by object`);
    const titles = ["object", ...why.columns].map((title) => html("th", { scope: "col" }, title));
    const order = why.verdicts.map((_, i) => i);
    order.sort((a, b) => Number(why.verdicts[b].won) - Number(why.verdicts[a].won) || a - b);
    const rows = order.flatMap((index) => this.rows(why, index));
    this.table.replaceChildren(
      html("thead", {}, html("tr", {}, ...titles)),
      html("tbody", {}, ...rows)
    );
  }
  rows({ verdicts, columns }, index) {
    const { won, says, values } = verdicts[index];
    const head = html("th", { scope: "row" }, sign(index), ` ${letter(index)}`);
    head.style.setProperty("--lv-mark", colourOf(index));
    const numbers = values.map((value) => html("td", {}, written2(value)));
    const look = won ? { class: "lv-won" } : {};
    const words = html("td", { colspan: columns.length + 1 }, sentence(says));
    return [
      html("tr", look, head, ...numbers),
      html("tr", { class: `lv-why-words${won ? " lv-won" : ""}` }, words)
    ];
  }
};
function written2(value) {
  const whole = value !== null && Number.isInteger(value) && Math.abs(value) < 1e5;
  return whole ? String(value).replace("-", "−") : cell(value ?? Infinity);
}

// src/assignlab/panel.ts
var NO = new Uint8Array();
var TABLE_MS = 100;
var Panel = class {
  constructor(side, hooks, places, strides, signal) {
    this.side = side;
    this.hooks = hooks;
    this.scene = new AssignScene(hooks, places, strides, signal);
    this.scene.words = (index) => this.shown ? priors(this.counted[index] ?? 0) : "";
    this.matrix = new MatrixView(
      { describe: (prior) => this.scene.describePrior(prior), hover: (spot) => hooks.hover(spot) },
      signal
    );
    this.player = new Player(
      {
        open: (open) => {
          this.player.offer(this.rule.film);
          if (open) hooks.wantFilm(side);
        },
        show: () => this.draw(),
        settled: (frame) => hooks.settle(side, frame)
      },
      signal
    );
    signal.addEventListener("abort", () => clearTimeout(this.later));
    this.select = html("select", { "aria-label": side ? "Second assigner" : "Assigner" });
    this.select.addEventListener("change", () => hooks.choose(side, this.select.value), { signal });
    const options2 = hooks.rules.map(({ name, title }) => html("option", { value: name }, title));
    if (side) options2.unshift(html("option", { value: "" }, "no second assigner"));
    this.select.append(...options2);
    hinted(this.select, side ? HINTS.second : HINTS.rule);
    const stage = html(
      "div",
      { class: "lv-stage" },
      this.scene.element,
      this.readout,
      this.totals,
      this.counts
    );
    const desk = html(
      "div",
      { class: "lv-desk" },
      this.says,
      this.knobs,
      this.player.element,
      this.matrix.element,
      this.byStep
    );
    this.element = html(
      "section",
      { class: "lv-panel", "aria-label": side ? "Second side" : "First side" },
      html("div", { class: "lv-panel-head" }, this.select),
      html("div", { class: "lv-panel-body" }, stage, this.why.element, desk)
    );
  }
  side;
  hooks;
  element;
  scene;
  matrix;
  player;
  select;
  says = html("p", { class: "lv-rule" });
  totals = html("p", { class: "lv-totals" });
  counts = html("ul", { class: "lv-counts" });
  readout = html("p", { class: "lv-readout" });
  knobs = html("div", { class: "lv-knobs" });
  why = new WhyCard();
  spot = { prior: -1, object: -1 };
  byStep = html("div", { class: "lv-by-step" });
  sliders = /* @__PURE__ */ new Map();
  built = "";
  shown = null;
  against = "previous";
  counted = [];
  later;
  tabled = 0;
  get rule() {
    return this.hooks.rules.find(({ name }) => name === this.select.value) ?? this.hooks.rules[0];
  }
  /** The assigner of the answer that is shown; the chosen one may still be on its way. */
  get answered() {
    return this.hooks.rules.find(({ name }) => name === this.shown?.assigner) ?? this.rule;
  }
  /** Knobs as the view has them, at once. */
  knobsMoved(rule) {
    this.select.value = rule;
    if (!rule) return this.player.offer("");
    if (this.built !== rule) this.buildKnobs(rule);
    const settings = this.hooks.settings(this.side);
    for (const [name, slider] of this.sliders) slider.show(settings[name]);
    this.player.offer(this.rule.film);
  }
  /** An answer of the kernel. */
  show(side, against) {
    this.shown = side;
    this.against = against;
    this.why.show(side.why);
    this.scene.explain(side.why?.square ?? [], side.why?.predicted ?? []);
    this.draw();
    this.highlight(this.spot);
  }
  highlight(spot) {
    this.spot = spot;
    this.scene.highlight({
      prior: spot.prior,
      object: spot.object >= 0 ? spot.object : this.ownerOf(spot.prior)
    });
    this.matrix.highlight(spot);
    setText(this.readout, this.reading(spot));
  }
  /** The reason of the prior that is looked at, for screen readers. */
  reason() {
    return this.shown?.why?.says ?? "";
  }
  load(film) {
    if (film && this.player.isOpen) this.player.load(film, this.hooks.frame(this.side));
  }
  /** What a screen reader hears after a gesture. */
  words() {
    const side = this.shown;
    if (!side) return "";
    const each = side.positives.map((count, i) => `${letter(i)} ${count}`).join(", ");
    const changed = side.flips === null ? "" : `; ${side.flips} changed owner`;
    return `${this.answered.title}: ${priors(total(side.positives))} positive: ${each}${changed}`;
  }
  get owner() {
    const playing = this.player.current;
    return playing ? playing.film.owners[playing.frame] : this.shown?.owner ?? new Int16Array();
  }
  ownerOf(prior) {
    return prior >= 0 ? this.owner[prior] ?? -1 : -1;
  }
  draw() {
    const side = this.shown;
    if (!side) return;
    const playing = this.player.current;
    const owner = this.owner;
    const counts = side.positives.map(
      (_, i) => owner.reduce((sum, who) => sum + (who === i ? 1 : 0), 0)
    );
    this.counted = counts;
    const positive = total(counts);
    this.scene.show(
      owner,
      playing ? NO : side.ambiguous,
      playing ? NO : side.flipped,
      `${this.answered.title}: ${responsible(positive, owner.length)} for an object`
    );
    const torn = playing || side.num_ambiguous === null ? "…" : String(side.num_ambiguous);
    const parts = [
      html("b", {}, String(positive)),
      " positive, ",
      html("b", {}, torn),
      " ambiguous ",
      key("ambiguous"),
      ", ",
      html("b", {}, String(side.ignored)),
      " ignored ",
      key("ignored")
    ];
    if (!playing && side.flips !== null)
      parts.push(
        "; ",
        html("b", {}, String(side.flips)),
        " changed owner ",
        key("flipped"),
        ` ${REFERENCES[this.against][1]}`
      );
    this.totals.replaceChildren(...parts);
    this.showCounts(counts);
    this.tableSoon();
    this.showSteps(side);
    this.scene.draw();
  }
  showCounts(counts) {
    const names = this.hooks.names();
    if (this.counts.children.length !== counts.length) {
      this.counts.replaceChildren(
        ...counts.map((_, i) => html("li", {}, sign(i), html("span", {}), html("b", {})))
      );
    }
    Array.from(this.counts.children).forEach((item, i) => {
      setText(item.children[1], `${letter(i)} ${names[i] ?? ""}`);
      setText(item.children[2], String(counts[i]));
      item.classList.toggle("lv-none", counts[i] === 0);
    });
  }
  /** A table of numbers need not change as often as the picture: ten times a second, and at the end. */
  tableSoon() {
    this.later ??= setTimeout(
      () => {
        this.later = void 0;
        this.tabled = performance.now();
        if (this.shown) this.showMatrix(this.shown, this.owner);
      },
      Math.max(0, this.tabled + TABLE_MS - performance.now())
    );
  }
  showMatrix(side, owner) {
    const playing = this.player.current;
    if (!playing) {
      const owners2 = Array.from(side.matrix.rows, (prior) => owner[prior]);
      const shown2 = { ...side.matrix, measure: side.measure, owners: owners2 };
      return this.matrix.show(shown2, this.answered.caption);
    }
    const { film, frame } = playing;
    const owners = Array.from(film.rows, (prior) => film.owners[frame][prior]);
    const sinkhorn = film.kind === "sinkhorn";
    const total2 = { title: sinkhorn ? "gets" : "price", values: film.totals[frame] };
    const shown = {
      rows: film.rows,
      values: film.values[frame],
      columns: film.columns,
      measure: sinkhorn ? "share" : "cost",
      owners,
      total: total2,
      background: sinkhorn
    };
    this.matrix.show(
      shown,
      sinkhorn ? "Transport plan: what each object gives each prior" : "Cost plus price: what each object would pay for each prior"
    );
  }
  /** What the same objects get at every training step, where the assigner looks at predictions. */
  showSteps(side) {
    const { steps } = this.hooks.info;
    const dynamic = this.answered.dynamic && steps.length > 1;
    setVisible(this.byStep, dynamic);
    if (!dynamic || !side.by_step) return;
    const row = (title, values) => html(
      "tr",
      {},
      html("th", { scope: "row" }, title),
      ...values.map((value) => html("td", {}, String(value)))
    );
    const { positives, flips } = side.by_step;
    const head = html(
      "tr",
      {},
      html("th", { scope: "row" }, "training step"),
      ...steps.map((step) => html("th", { scope: "col" }, String(step)))
    );
    this.byStep.replaceChildren(
      html(
        "table",
        { class: "lv-steps" },
        head,
        row("positive", positives),
        row(
          "changed owner",
          flips.map((flip, i) => i ? flip : "–")
        )
      )
    );
  }
  reading({ prior, object }) {
    if (prior < 0 && object >= 0)
      return `${letter(object)}, ${this.hooks.names()[object] ?? ""}: ${responsible(this.counted[object] ?? 0)} for it`;
    if (prior < 0 || prior >= this.owner.length) return "";
    const who = this.ownerOf(prior);
    const words = who >= 0 ? `responsible for ${letter(who)}` : who === -2 ? "ignored" : "background";
    const { rows, values, columns } = this.shown.matrix;
    const r = rows.indexOf(prior);
    const c = object >= 0 ? object : who;
    const value = r >= 0 && c >= 0 ? `, ${this.shown.measure} for ${letter(c)} ${short(values[r * columns + c])}` : "";
    return `${this.scene.describePrior(prior)}: ${words}${value}`;
  }
  buildKnobs(rule) {
    this.built = rule;
    setText(this.says, this.rule.says);
    this.sliders = new Map(this.rule.knobs.map((knob) => [knob.name, this.slider(knob)]));
    this.knobs.replaceChildren(...Array.from(this.sliders.values(), ({ element }) => element));
  }
  slider(knob) {
    const decimals = knob.whole ? 0 : knob.step < 0.1 ? 2 : knob.step * 10 === Math.round(knob.step * 10) ? 1 : 2;
    const slider = new Slider({
      label: knob.label,
      min: knob.low,
      max: knob.high,
      step: knob.step,
      format: (value) => fixed(value, decimals),
      changed: (value, gesture) => this.hooks.turn(this.side, knob.name, value, gesture),
      reset: () => this.hooks.turn(this.side, knob.name, knob.default, "reset"),
      done: () => this.hooks.done()
    });
    hinted(slider.element, knob.help);
    return slider;
  }
};
function key(kind) {
  return html("i", { class: `lv-key lv-key-${kind}`, "aria-hidden": "true" });
}
var total = (counts) => counts.reduce((sum, count) => sum + count, 0);

// src/assignlab/view.ts
var TRAITS = [
  { rule: "assigner", settings: "settings", frame: "frame" },
  { rule: "second", settings: "second_settings", frame: "second_frame" }
];
var AssignLabView = class {
  constructor(model, root, questions, signal) {
    this.model = model;
    this.root = root;
    this.questions = questions;
    this.info = model.get("scene");
    const rules = model.get("offered");
    const [places, strides] = [floats(this.info.places), floats(this.info.strides)];
    this.store = new KnobStore(KNOBS, model, questions, () => this.knobsMoved(), signal);
    this.patience = this.store.patience(root, () => model.get("result").seq, signal);
    this.panels = [0, 1].map((side) => new Panel(side, this.hooks(rules), places, strides, signal));
    this.steps = this.stepSlider();
    this.against = html(
      "select",
      {},
      ...Object.entries(REFERENCES).map(([value, [text]]) => html("option", { value }, text))
    );
    this.against.addEventListener(
      "change",
      () => this.change({ against: this.against.value }, "against"),
      { signal }
    );
    this.layOut(signal);
    listen(model, "change:result", () => this.resultArrived(), signal);
    listen(model, "change:photo", () => this.photoArrived(), signal);
    this.photoArrived();
    this.knobsMoved();
    this.resultArrived();
  }
  model;
  root;
  questions;
  store;
  panels;
  info;
  steps;
  page = html("span", { class: "lv-page" });
  against;
  pin = button("Pin", () => this.turnPin());
  patience;
  board = html("div", { class: "lv-board" });
  built = "";
  filmed = ["", ""];
  filmedAt = [-1, -1];
  kept = -1;
  // the prior that a click keeps looked at
  differ = html("p", { class: "lv-difference" });
  /** The answer to a question about a film. */
  answered(answer, buffers) {
    const { side } = answer;
    if (answer.name !== "film" || answer.at !== this.filmedAt[side]) return;
    if (this.filmed[side] !== this.state(side)) return;
    this.panels[answer.side]?.load(filmOf(answer, buffers));
  }
  // What the user does
  change(change, gesture) {
    this.store.change(change, gesture);
    this.announce();
  }
  done() {
    this.store.change({}, "drop");
    this.panels.forEach((_, side) => this.refilm(side));
    this.announce();
  }
  look(looked) {
    if (looked === this.store.knobs.looked) return;
    this.store.change({ looked }, "look");
    this.root.sayAnswer(() => this.panels[0].reason());
  }
  /** A second rule comes to be compared with the first, or goes. */
  besides(rule) {
    const { second, against } = this.store.knobs;
    if (rule && second === null) return { second: rule, against: "other" };
    if (!rule && against === "other") return { second: null, against: "previous" };
    return { second: rule || null };
  }
  turnPin() {
    const command = {
      kind: "command",
      name: this.model.get("result").pinned ? "unpin" : "pin"
    };
    this.model.send(command);
  }
  hooks(rules) {
    const { store } = this;
    return {
      info: this.info,
      rules,
      boxes: () => store.knobs.boxes,
      names: () => (this.info.labels[store.knobs.image] ?? []).map(
        (label2) => this.info.class_names[label2] ?? String(label2)
      ),
      scale: () => this.model.get("scale"),
      selected: () => store.knobs.selected,
      write: (index, box, gesture) => store.change(
        { boxes: store.knobs.boxes.map((old, i) => i === index ? box : old) },
        gesture
      ),
      reset: (index) => {
        const start = store.initial.image === store.knobs.image ? store.initial.boxes : this.info.boxes[store.knobs.image];
        store.change(
          { boxes: store.knobs.boxes.map((old, i) => i === index ? start[i] : old) },
          "reset"
        );
        this.done();
      },
      select: (selected) => selected !== store.knobs.selected && store.change({ selected }, "select"),
      done: () => this.done(),
      hover: (spot) => {
        this.panels.forEach((panel) => panel.highlight(spot));
        if (this.kept < 0) this.look(spot.prior);
      },
      keep: (prior) => {
        this.kept = prior === this.kept ? -1 : prior;
        this.look(prior);
      },
      turn: (side, knob, value, gesture) => this.turn(side, knob, value, gesture),
      choose: (side, rule) => {
        this.change(side ? this.besides(rule) : { assigner: rule }, "assigner");
        this.refilm(side);
      },
      settings: (side) => this.settings(side, rules),
      wantFilm: (side) => this.askFilm(side),
      frame: (side) => store.knobs[TRAITS[side].frame],
      settle: (side, frame) => frame !== store.knobs[TRAITS[side].frame] && store.change({ [TRAITS[side].frame]: frame }, "play")
    };
  }
  settings(side, rules) {
    const name = this.store.knobs[TRAITS[side].rule] ?? "";
    const knobs = rules.find((rule) => rule.name === name)?.knobs ?? [];
    const turned = this.store.knobs[TRAITS[side].settings][name] ?? {};
    return { ...Object.fromEntries(knobs.map((knob) => [knob.name, knob.default])), ...turned };
  }
  turn(side, knob, value, gesture) {
    const { rule, settings } = TRAITS[side];
    const name = this.store.knobs[rule] ?? "";
    const all = this.store.knobs[settings];
    this.store.change({ [settings]: { ...all, [name]: { ...all[name], [knob]: value } } }, gesture);
  }
  /** Ask for a film of the very state that is shown: it carries the state with it. */
  askFilm(side) {
    this.filmed[side] = this.state(side);
    this.filmedAt[side] = this.store.seq;
    this.questions.ask({
      name: "film",
      side,
      ...this.store.knobs,
      gesture: "film",
      at: this.store.seq
    });
  }
  refilm(side) {
    if (this.panels[side].player.isOpen && this.filmed[side] !== this.state(side))
      this.askFilm(side);
  }
  /** What a side's film depends on. */
  state(side) {
    const { image, training_step, boxes } = this.store.knobs;
    const { rule, settings } = TRAITS[side];
    return JSON.stringify([
      image,
      training_step,
      boxes,
      this.store.knobs[rule],
      this.store.knobs[settings]
    ]);
  }
  knobsMoved() {
    const { image, training_step, assigner, second, against } = this.store.knobs;
    const now = `${image} ${this.store.knobs.boxes.length}`;
    this.panels[0].knobsMoved(assigner);
    this.panels[1].knobsMoved(second ?? "");
    setVisible(this.panels[1].element.querySelector(".lv-panel-body"), second !== null);
    this.board.classList.toggle("lv-two", second !== null);
    this.steps.show(this.info.steps.indexOf(training_step));
    this.against.value = against;
    setText(this.page, `scene ${image + 1} of ${this.info.images}`);
    if (now !== this.built && this.store.knobs.boxes.length === (this.info.labels[image]?.length ?? -1)) {
      this.built = now;
      this.panels.forEach((panel) => panel.scene.rebuild(this.info.apart[image]));
    }
    this.panels.forEach((panel, side) => {
      if (side === 0 || second !== null) panel.scene.draw();
      if (panel.player.current && this.filmed[side] !== this.state(side)) panel.player.stale();
    });
    this.patience.wait();
  }
  // What the kernel says
  resultArrived() {
    const { seq, image, of, pinned, sides, difference } = this.model.get("result");
    this.store.follow(seq, of);
    setText(this.pin, pinned ? "Unpin" : "Pin");
    attributes(this.pin, { "aria-pressed": String(pinned) });
    if (image === this.store.knobs.image) {
      sides.forEach((side, i) => this.panels[i].show(decoded(side), of.against));
      setVisible(this.differ, difference !== null);
      if (difference) setText(this.differ, inWords(difference));
    }
    if (seq >= this.store.seq) this.patience.end();
  }
  photoArrived() {
    const { png } = this.model.get("photo");
    this.panels.forEach((panel) => panel.scene.showPhoto(png));
  }
  announce() {
    const two = this.store.knobs.second !== null;
    this.root.sayAnswer(
      () => this.panels.slice(0, two ? 2 : 1).map((panel) => panel.words()).join(". ")
    );
  }
  // Layout
  stepSlider() {
    const { steps } = this.info;
    const at = () => steps.indexOf(this.store.initial.training_step);
    return new Slider({
      label: "training step",
      min: 0,
      max: Math.max(steps.length - 1, 1),
      step: 1,
      format: (value) => String(steps[Math.max(value, 0)] ?? ""),
      changed: (value, gesture) => this.store.change(
        { training_step: steps[Math.min(Math.round(value), steps.length - 1)] },
        gesture
      ),
      reset: () => this.change({ training_step: steps[at()] }, "reset"),
      done: () => this.done()
    });
  }
  turnPage(by) {
    const { images } = this.info;
    const image = (this.store.knobs.image + by + images) % images;
    this.change({ image, boxes: this.info.boxes[image], selected: -1 }, "page");
  }
  layOut(signal) {
    const pager = html(
      "div",
      { class: "lv-pager" },
      hinted(
        button("‹", () => this.turnPage(-1), { "aria-label": "Previous scene" }),
        HINTS.before
      ),
      this.page,
      hinted(
        button("›", () => this.turnPage(1), { "aria-label": "Next scene" }),
        HINTS.next
      )
    );
    setVisible(pager, this.info.images > 1);
    setVisible(this.steps.element, this.info.steps.length > 1);
    const resetAll = () => {
      this.change(this.store.initial, "reset");
      this.done();
    };
    const reset = button("Reset", resetAll, { "aria-label": "Reset all" });
    const changes = html("label", {}, html("span", {}, "compare with"), this.against);
    hinted(this.steps.element, HINTS.steps);
    hinted(changes, HINTS.against);
    hinted(this.pin, HINTS.pin);
    hinted(reset, HINTS.reset);
    this.board.append(...this.panels.map((panel) => panel.element));
    this.root.body.append(
      html("div", { class: "lv-controls" }, pager, this.steps.element, changes, this.pin, reset),
      new HintLine(this.root.body, HINTS.rest, signal).element,
      this.differ,
      this.board,
      this.patience.element
    );
  }
};

// src/assignlab/index.ts
var label = "AssignLab: who is responsible for whom";
var help = [
  ...BOX_HELP,
  ["Point", "at a prior, an object or a cell of the matrix to see who is responsible"],
  ["Click", "on a prior keeps it, with the reason"],
  SLIDER_HELP
];
var options = { name: "assignlab", label, help, css: scene_default + assignlab_default + matrix_default };
var assignlab_default2 = knobWidget(
  options,
  AssignLabView,
  (view, answer, buffers) => view.answered(answer, buffers)
);
export {
  assignlab_default2 as default
};
