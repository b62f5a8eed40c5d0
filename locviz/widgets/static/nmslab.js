// src/shared/controls.css
var controls_default = ".locviz .lv-pager {\n  display: flex;\n  align-items: center;\n  justify-content: space-between;\n  gap: 0.6em;\n  margin-bottom: 0.6em;\n}\n.locviz .lv-page {\n  font-variant-numeric: tabular-nums;\n}\n.locviz .lv-controls {\n  display: flex;\n  flex-wrap: wrap;\n  align-items: center;\n  gap: 0.6em 1.6em;\n  margin-top: 1em;\n  padding-top: 1em;\n  border-top: 1px solid var(--lv-line);\n}\n.locviz .lv-controls label {\n  display: flex;\n  align-items: center;\n  gap: 0.6em;\n}\n.locviz .lv-controls label > span {\n  color: var(--lv-soft);\n}\n.locviz .lv-slider {\n  flex: 1 1 calc(230px * var(--lv-scale));\n}\n.locviz .lv-slider span {\n  white-space: nowrap;\n}\n.locviz .lv-slider input {\n  flex: 1;\n  min-width: 6em;\n  height: 28px;\n  margin: 0;\n  accent-color: var(--lv-accent);\n  cursor: grab;\n}\n.locviz .lv-slider output {\n  min-width: 2.6em;\n  font-variant-numeric: tabular-nums;\n  font-weight: 600;\n}\n";

// src/shared/handles.css
var handles_default = '.locviz .lv-handle .lv-hit {\n  fill: transparent;\n}\n.locviz .lv-body .lv-hit {\n  cursor: move;\n}\n.locviz [data-part="left edge"],\n.locviz [data-part="right edge"] {\n  cursor: ew-resize !important;\n}\n.locviz [data-part="top edge"],\n.locviz [data-part="bottom edge"] {\n  cursor: ns-resize !important;\n}\n.locviz [data-part="top left corner"],\n.locviz [data-part="bottom right corner"] {\n  cursor: nwse-resize !important;\n}\n.locviz [data-part="top right corner"],\n.locviz [data-part="bottom left corner"] {\n  cursor: nesw-resize !important;\n}\n.locviz .lv-handle .lv-mark {\n  fill: var(--lv-bg);\n  stroke-width: calc(2px * var(--lv-scale));\n}\n.locviz .lv-ring {\n  fill: none;\n  pointer-events: none;\n}\n.locviz .lv-handle:hover .lv-mark,\n.locviz .lv-dragging .lv-mark {\n  fill: currentColor;\n}\n.locviz .lv-edge:hover .lv-ring,\n.locviz .lv-edge.lv-dragging .lv-ring {\n  fill: currentColor;\n  fill-opacity: 0.55;\n}\n.locviz .lv-handle:focus-visible .lv-ring,\n.locviz .lv-handle:focus-visible .lv-mark {\n  stroke: var(--lv-focus);\n  stroke-width: 3;\n  stroke-dasharray: none;\n}\n.locviz .lv-handle:focus-visible .lv-mark {\n  fill: var(--lv-pull);\n}\n';

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
var motionless = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

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

// src/nmslab/nmslab.css
var nmslab_default = `.locviz-nmslab {
  max-width: calc(1010px * var(--lv-scale));
  --lv-ink-open: var(--lv-hull);
  --lv-ink-kept: var(--lv-prediction);
  --lv-ink-below: var(--lv-hull);
  --lv-ink-suppressed: var(--lv-pull);
}
.locviz-nmslab .lv-controls {
  display: grid;
  gap: 0.3em;
  margin: 0 0 0.5em;
  padding: 0 0 0.5em;
  border-top: 0;
  border-bottom: 1px solid var(--lv-line);
}
.locviz-nmslab .lv-control-row {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.3em 1.4em;
}
.locviz-nmslab .lv-control-row > select {
  flex: 0 0 14.5em;
  min-height: 28px;
  padding: 0 0.5em;
}
.locviz-nmslab .lv-control-row > .lv-slider {
  flex: 1 1 calc(180px * var(--lv-scale));
}
.locviz-nmslab .lv-switch {
  display: flex;
  align-items: center;
  gap: 0.5em;
  min-height: 24px;
}
.locviz-nmslab .lv-switch input {
  width: 16px;
  height: 16px;
  margin: 4px;
}
.locviz-nmslab .lv-player {
  display: flex;
  flex: 1;
  align-items: center;
  gap: 0.35em;
}
.locviz-nmslab .lv-player button,
.locviz-nmslab .lv-control-row > button {
  min-height: 28px;
  padding: 0.1em 0.7em;
}
.locviz-nmslab .lv-player .lv-slider {
  flex: 1;
  margin-left: 0.8em;
}
.locviz-nmslab .lv-player output {
  min-width: 4.6em;
}
.locviz-nmslab .lv-board {
  display: grid;
  grid-template-columns: minmax(0, 1.08fr) minmax(0, 1fr) minmax(0, 1fr);
  grid-template-areas: "says0 says0 says0" "stage0 bars chart0" "verdict0 verdict0 verdict0";
  gap: 0.5em 1.4em;
  align-items: start;
}
.locviz-nmslab .lv-board.lv-two {
  grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) minmax(0, 1fr);
  grid-template-areas: "says0 says1 bars" "stage0 stage1 bars" "verdict0 verdict1 bars" "chart0 chart1 bars";
}
.locviz-nmslab .lv-panel {
  display: contents;
}
.locviz-nmslab .lv-panel-0 > .lv-says { grid-area: says0; }
.locviz-nmslab .lv-panel-0 > .lv-stage { grid-area: stage0; }
.locviz-nmslab .lv-panel-0 > .lv-verdict { grid-area: verdict0; }
.locviz-nmslab .lv-panel-0 > .lv-chart { grid-area: chart0; }
.locviz-nmslab .lv-panel-1 > .lv-says { grid-area: says1; }
.locviz-nmslab .lv-panel-1 > .lv-stage { grid-area: stage1; }
.locviz-nmslab .lv-panel-1 > .lv-verdict { grid-area: verdict1; }
.locviz-nmslab .lv-panel-1 > .lv-chart { grid-area: chart1; }
.locviz-nmslab .lv-bars { grid-area: bars; }
.locviz-nmslab h4 {
  margin: 0;
  font-size: 1.05em;
  font-weight: 600;
}
.locviz-nmslab .lv-board:not(.lv-two) .lv-says {
  display: flex;
  gap: 0.8em;
  min-height: 2.9em;
}
.locviz-nmslab .lv-board:not(.lv-two) h4 {
  flex: none;
}
.locviz-nmslab .lv-two .lv-says {
  min-height: 7.2em;
}
.locviz-nmslab :is(.lv-step, .lv-counts, .lv-difference, .lv-look, .lv-hint, .lv-agreement, .lv-bars-title) {
  margin: 0;
}
.locviz-nmslab .lv-difference {
  margin-bottom: 0.4em;
  font-weight: 600;
}
.locviz-nmslab .lv-counts {
  font-variant-numeric: tabular-nums;
  font-weight: 600;
}
.locviz-nmslab .lv-findings {
  list-style: none;
  margin: 0.1em 0 0;
  padding: 0;
}
.locviz-nmslab .lv-findings li {
  display: flex;
  gap: 0.5em;
  margin: 0;
}
.locviz-nmslab .lv-findings b {
  flex: 0 0 1.5em;
  text-align: center;
}
.locviz-nmslab .lv-finding-lost b,
.locviz-nmslab .lv-finding-missed b {
  color: var(--lv-overlap);
}
.locviz-nmslab .lv-finding-wrong b,
.locviz-nmslab .lv-finding-repeated b {
  color: var(--lv-pull);
}
.locviz-nmslab .lv-finding-fine b {
  color: var(--lv-good);
}
.locviz-nmslab .lv-look {
  min-height: 1.45em;
  margin-top: 0.4em;
  font-variant-numeric: tabular-nums;
}
.locviz-nmslab .lv-foot {
  display: flex;
  justify-content: space-between;
  gap: 1.5em;
  color: var(--lv-soft);
}
.locviz-nmslab .lv-hint {
  flex: 1;
  min-height: 1.45em;
}

/* The picture. Lines keep their width on the screen; fate is in colour and dash. */
.locviz-nmslab .lv-scene {
  width: 100%;
  border-radius: 4px;
  contain: layout paint;
}
.locviz-nmslab .lv-scene rect {
  fill: none;
  vector-effect: non-scaling-stroke;
}
.locviz-nmslab .lv-scene .lv-ground {
  fill: var(--lv-raised);
}
.locviz-nmslab .lv-truth {
  stroke: var(--lv-text);
  stroke-width: 1.6;
  stroke-dasharray: 1 4;
}
.locviz-nmslab .lv-truth-lost,
.locviz-nmslab .lv-truth-missed {
  stroke: var(--lv-overlap);
  stroke-width: 3;
  stroke-dasharray: 2 4;
}
.locviz-nmslab .lv-candidate .lv-rim {
  stroke: var(--lv-bg);
  stroke-opacity: 0.75;
  stroke-width: calc(var(--lv-wide) + 2.4px);
}
.locviz-nmslab .lv-candidate .lv-line {
  stroke: var(--lv-ink);
  stroke-width: var(--lv-wide);
}
.locviz-nmslab .lv-fate-open {
  --lv-ink: var(--lv-ink-open);
  --lv-wide: 1.8px;
}
.locviz-nmslab .lv-fate-kept {
  --lv-ink: var(--lv-ink-kept);
  --lv-wide: 2.4px;
}
.locviz-nmslab .lv-fate-below {
  --lv-ink: var(--lv-ink-below);
  --lv-wide: 1.2px;
}
.locviz-nmslab .lv-fate-suppressed {
  --lv-ink: var(--lv-ink-suppressed);
  --lv-wide: 1.4px;
}
.locviz-nmslab .lv-candidate.lv-picked {
  --lv-wide: 4px;
}
.locviz-nmslab .lv-candidate.lv-lit {
  --lv-wide: 4px;
}
.locviz-nmslab .lv-candidate.lv-fate-below .lv-line {
  stroke-dasharray: 2 3;
}
.locviz-nmslab .lv-candidate.lv-fate-suppressed .lv-line {
  stroke-dasharray: 6 4;
}
.locviz-nmslab .lv-link line {
  stroke: var(--lv-ink);
  stroke-width: 1.5;
  vector-effect: non-scaling-stroke;
}
.locviz-nmslab .lv-link line.lv-link-rim {
  stroke: var(--lv-bg);
  stroke-opacity: 0.75;
  stroke-width: 4;
}
.locviz-nmslab .lv-link circle {
  fill: var(--lv-ink);
}
.locviz-nmslab .lv-link-out {
  --lv-ink: var(--lv-pull);
}
.locviz-nmslab .lv-link-out line:not(.lv-link-rim) {
  stroke-dasharray: 5 3;
}
.locviz-nmslab .lv-link-lower {
  --lv-ink: var(--lv-overlap);
}
.locviz-nmslab .lv-link-lower line:not(.lv-link-rim) {
  stroke-dasharray: 1.5 3;
}
.locviz-nmslab .lv-link.lv-lit line:not(.lv-link-rim) {
  stroke-width: 3;
}
.locviz-nmslab .lv-center {
  fill: none;
  stroke: var(--lv-text);
  stroke-width: 2;
  vector-effect: non-scaling-stroke;
}
.locviz-nmslab .lv-label {
  --lv-ink: var(--lv-ink-kept);
  pointer-events: none;
}
.locviz-nmslab .lv-label-open,
.locviz-nmslab .lv-label-below {
  --lv-ink: var(--lv-soft);
}
.locviz-nmslab .lv-label-suppressed {
  --lv-ink: var(--lv-pull);
}
.locviz-nmslab .lv-label-truth {
  --lv-ink: var(--lv-text);
}
.locviz-nmslab .lv-label-gone {
  --lv-ink: var(--lv-overlap);
}
.locviz-nmslab .lv-scene .lv-label rect {
  fill: var(--lv-bg);
  stroke: var(--lv-ink);
  stroke-width: 1;
}
.locviz-nmslab .lv-scene .lv-label text {
  fill: var(--lv-ink);
  font-weight: 600;
  font-size: calc(11.5px * var(--lv-scale) / var(--lv-zoom, 1));
}
.locviz-nmslab :is(.lv-links, .lv-center, .lv-truth, .lv-candidate) {
  pointer-events: none;
}
.locviz-nmslab .lv-candidate-grip .lv-hit {
  pointer-events: all;
  cursor: move;
}
.locviz-nmslab .lv-pointed .lv-candidate-grip:not(.lv-under) .lv-hit {
  pointer-events: none;
}
/* A box that lights up can be gripped: its grip reaches as far out as the pointer finds it (REACH in scene.ts). */
.locviz-nmslab .lv-pointed .lv-under .lv-hit {
  stroke-width: 24;
  vector-effect: non-scaling-stroke;
}
.locviz-nmslab .lv-candidate-grip:focus-visible .lv-hit {
  stroke: var(--lv-focus);
  stroke-width: 2;
  stroke-dasharray: 3 3;
}
.locviz-nmslab .lv-handles {
  color: var(--lv-text);
}
.locviz-nmslab .lv-handle .lv-mark {
  fill: var(--lv-bg);
  stroke: var(--lv-text);
}
.locviz-nmslab .lv-handle .lv-hit {
  pointer-events: all;
}

/* Bars: the slider's own track carries the fill. */
.locviz-nmslab .lv-bars-title {
  color: var(--lv-soft);
}
.locviz-nmslab .lv-bars-rows {
  max-height: calc(350px * var(--lv-scale));
  overflow-y: auto;
}
.locviz-nmslab .lv-two .lv-bars-rows {
  max-height: calc(560px * var(--lv-scale));
}
.locviz-nmslab .lv-bar {
  display: flex;
  align-items: center;
  gap: 0.4em;
  height: calc(24px * var(--lv-scale));
  padding: 0 0.2em;
  border-radius: 3px;
  font-variant-numeric: tabular-nums;
}
.locviz-nmslab .lv-bar.lv-lit {
  background: var(--lv-raised);
}
.locviz-nmslab .lv-bar .lv-slider {
  display: flex;
  flex: 1;
  align-items: center;
  gap: 0.4em;
  min-width: 0;
}
.locviz-nmslab .lv-bar .lv-slider span {
  flex: 0 0 5.2em;
  overflow: hidden;
  text-overflow: ellipsis;
}
.locviz-nmslab .lv-bar.lv-differs .lv-slider span::after {
  content: " ≠";
  font-weight: 700;
}
.locviz-nmslab .lv-bar output {
  position: absolute;
  width: 1px;
  height: 1px;
  min-width: 0;
  overflow: hidden;
  clip-path: inset(50%);
}
.locviz-nmslab .lv-bar input {
  --at: calc((100% - 3px) * var(--lv-first, 0));
  --at2: calc((100% - 3px) * var(--lv-second, 0));
  appearance: none;
  flex: 1;
  min-width: 3em;
  height: calc(24px * var(--lv-scale));
  margin: 0;
  background:
    linear-gradient(var(--lv-first-ink), var(--lv-first-ink)) 0 calc(50% - 3px) / var(--at) 6px no-repeat,
    linear-gradient(var(--lv-second-ink), var(--lv-second-ink)) 0 calc(50% + 3px) / var(--at2) 6px no-repeat,
    linear-gradient(var(--lv-line), var(--lv-line)) 0 50% / 100% 12px no-repeat;
}
.locviz-nmslab .lv-two .lv-bar input {
  background:
    linear-gradient(var(--lv-first-ink), var(--lv-first-ink)) 0 calc(50% - 4px) / var(--at) 6px no-repeat,
    linear-gradient(var(--lv-second-ink), var(--lv-second-ink)) 0 calc(50% + 4px) / var(--at2) 6px no-repeat,
    linear-gradient(var(--lv-line), var(--lv-line)) 0 50% / 100% 14px no-repeat;
}
.locviz-nmslab .lv-bar input::-webkit-slider-thumb {
  appearance: none;
  width: 6px;
  height: 20px;
  border: 1px solid var(--lv-bg);
  border-radius: 2px;
  background: var(--lv-text);
}
.locviz-nmslab .lv-bar input::-moz-range-thumb {
  width: 4px;
  height: 18px;
  border: 1px solid var(--lv-bg);
  border-radius: 2px;
  background: var(--lv-text);
}
.locviz-nmslab .lv-brief {
  flex: 0 0 5em;
  white-space: nowrap;
}
.locviz-nmslab .lv-brief.lv-fate-suppressed {
  color: var(--lv-pull);
}
.locviz-nmslab .lv-brief.lv-fate-none {
  display: none;
}

/* Score against IoU. */
.locviz-nmslab .lv-scatter {
  width: 100%;
}
.locviz-nmslab .lv-scatter text {
  font-size: calc(11.2px * var(--lv-scale) / var(--lv-zoom, 1));
}
.locviz-nmslab .lv-chart .lv-ring,
.locviz-nmslab .lv-chart .lv-cross {
  fill: none;
  stroke: none;
  stroke-width: 1.6;
}
.locviz-nmslab .lv-chart .lv-dot {
  fill: var(--lv-ink);
  stroke: var(--lv-ink);
  stroke-width: 1.8;
}
.locviz-nmslab .lv-chart .lv-fate-suppressed .lv-dot,
.locviz-nmslab .lv-chart .lv-fate-below .lv-dot {
  fill: var(--lv-bg);
}
.locviz-nmslab .lv-chart .lv-outranked .lv-ring {
  stroke: var(--lv-text);
}
.locviz-nmslab .lv-chart .lv-victim .lv-cross {
  stroke: var(--lv-overlap);
  stroke-width: 2.6;
}
.locviz-nmslab .lv-scatter .lv-lit .lv-dot {
  stroke: var(--lv-focus);
  stroke-width: 4;
}
.locviz-nmslab .lv-legend {
  display: flex;
  flex-wrap: wrap;
  gap: 0 1em;
  list-style: none;
  margin: 0;
  padding: 0;
  color: var(--lv-soft);
}
.locviz-nmslab .lv-legend li {
  display: flex;
  align-items: center;
  gap: 0.3em;
  margin: 0;
}
.locviz-nmslab .lv-sample {
  flex: none;
  width: 16px;
  height: 16px;
}
.locviz-nmslab .lv-agreement {
  margin-top: 0.3em;
}
@container (max-width: 720px) {
  .locviz-nmslab .lv-board {
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    grid-template-areas: "says0 says0" "stage0 bars" "verdict0 verdict0" "chart0 chart0";
  }
  .locviz-nmslab .lv-board.lv-two {
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    grid-template-areas: "says0 says1" "stage0 stage1" "verdict0 verdict1" "bars bars" "chart0 chart1";
  }
}
@container (max-width: 460px) {
  .locviz-nmslab .lv-control-row > * {
    flex: 1 1 100%;
    min-width: 0;
  }
  .locviz-nmslab .lv-player {
    flex-wrap: wrap;
  }
  .locviz-nmslab .lv-player .lv-slider {
    flex: 1 1 100%;
    margin-left: 0;
  }
  .locviz-nmslab .lv-slider input {
    min-width: 3em;
  }
  .locviz-nmslab .lv-bar .lv-slider span {
    flex-basis: 4.2em;
  }
  .locviz-nmslab .lv-brief {
    flex-basis: 4.6em;
  }
  .locviz-nmslab .lv-foot {
    flex-wrap: wrap;
  }
  .locviz-nmslab .lv-board {
    grid-template-columns: minmax(0, 1fr);
    grid-template-areas: "says0" "stage0" "verdict0" "bars" "chart0";
  }
  .locviz-nmslab .lv-board.lv-two {
    grid-template-columns: minmax(0, 1fr);
    grid-template-areas: "says0" "stage0" "verdict0" "says1" "stage1" "verdict1" "bars" "chart0" "chart1";
  }
}
`;

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

// src/nmslab/hints.ts
var HINTS = {
  rest: "Drag a box, or the line on its bar; point at one to read what has become of it.",
  method: "What suppresses; below it stands what it does.",
  second: "A second method beside the first, on the same boxes.",
  threshold: "An IoU above it suppresses; methods that look at every overlap have none.",
  second_threshold: "The second method's own threshold; a double-click lets it follow the first's.",
  sigma: "How fast scores decay with the overlap: small is hard. Of Gaussian Soft-NMS and Matrix-NMS.",
  beta: "DIoU-NMS's power: the smaller, the more a distance of the centres saves a box.",
  weight: "How much closeness to the cluster's centre counts beside the score, in CL-balanced NMS.",
  score_threshold: "Boxes that score this or less after suppression are not reported.",
  all_labels: "Whether boxes of different classes suppress each other, too.",
  first: "Before the first step.",
  back: "One step back.",
  play: "Play the steps, or pause.",
  on: "One step on.",
  last: "To the end.",
  step: "Go to any step.",
  reset: "Everything goes back to where the cell put it.",
  box: "Drag it; arrows move it by a pixel, Alt and arrows resize it; double-click puts it back.",
  score: "Its score before suppression; the bar shows what is left of it."
};

// src/nmslab/bars.ts
var Bars = class {
  element = html("div", { class: "lv-bars" });
  rows;
  sliders;
  says;
  constructor(info, hooks, signal) {
    this.sliders = info.classes.map(
      (name, row) => new Slider({
        label: `${row} ${name}`,
        min: 0,
        max: 1,
        step: 0.01,
        format: (value) => fixed(value, 2),
        changed: (value, gesture) => hooks.write(row, value, gesture),
        reset: () => hooks.reset(row),
        done: () => hooks.done()
      })
    );
    this.says = info.classes.map(() => [html("span"), html("span")]);
    this.rows = this.sliders.map(({ element }, row) => {
      hinted(element, HINTS.score);
      const line2 = html("div", { class: "lv-bar", "data-row": row }, element, ...this.says[row]);
      for (const name of ["pointerenter", "focusin"])
        line2.addEventListener(name, () => hooks.look(row), { signal });
      for (const name of ["pointerleave", "focusout"])
        line2.addEventListener(name, () => hooks.look(-1), { signal });
      return line2;
    });
    const head = html("p", { class: "lv-bars-title" }, "Score before (line) and now (bar)");
    this.element.append(head, html("div", { class: "lv-bars-rows" }, ...this.rows));
  }
  /** The sliders, at once. */
  showScores(scores) {
    scores.forEach((score, row) => this.sliders[row].show(score));
  }
  /** What the kernel says is left of each; one bar for each method. */
  show(sides, differs) {
    this.rows.forEach((line2, row) => {
      const ones = sides.map(({ candidates }) => candidates[row]);
      line2.classList.toggle("lv-differs", differs[row] ?? false);
      [ones[0], ones[1] ?? ones[0]].forEach((one, i) => this.fill(line2, one, i));
      this.says[row].forEach((cell, i) => {
        setText(cell, ones[i]?.brief ?? "");
        cell.className = `lv-brief lv-fate-${ones[i]?.fate ?? "none"}`;
      });
    });
  }
  fill(line2, one, i) {
    const names = ["first", "second"];
    line2.style.setProperty(`--lv-${names[i]}`, String(Math.min(one.score, 1)));
    line2.style.setProperty(`--lv-${names[i]}-ink`, `var(--lv-ink-${one.fate})`);
  }
  highlight(row) {
    this.rows.forEach((line2, i) => line2.classList.toggle("lv-lit", i === row));
  }
};

// src/nmslab/messages.ts
var KNOBS = [
  "boxes",
  "scores",
  "method",
  "second",
  "threshold",
  "second_threshold",
  "sigma",
  "beta",
  "weight",
  "score_threshold",
  "all_labels",
  "played"
];
var LIMITS = {
  threshold: { low: 0, high: 1 },
  second_threshold: { low: 0, high: 1 },
  sigma: { low: 0.05, high: 2 },
  beta: { low: 0.1, high: 2 },
  weight: { low: 0, high: 5 },
  score_threshold: { low: 0, high: 1 },
  played: { low: 0, high: Infinity }
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
function axes(options2) {
  const { left, top, right, bottom, format = short, yFormat = format } = options2;
  const x = linear(options2.x, [left, right]);
  const y = linear(options2.y, [bottom, top]);
  const group = svg("g", { class: "lv-axes", "aria-hidden": "true" });
  for (const value of ticks(...options2.x, options2.xTicks ?? 5)) {
    group.append(
      svg("line", { class: "lv-grid", x1: x(value), x2: x(value), y1: top, y2: bottom })
    );
    group.append(
      svg("text", { x: x(value), y: bottom + 15, "text-anchor": "middle" }, format(value))
    );
  }
  for (const value of ticks(...options2.y, options2.yTicks ?? 4)) {
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
    svg("text", { class: "lv-axis-label", ...below }, options2.xLabel),
    svg(
      "text",
      { class: "lv-axis-label", x: left, y: top - 8, "text-anchor": "start" },
      options2.yLabel
    )
  );
  return { group, x, y };
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

// src/nmslab/scatter.ts
var VIEW = [300, 226];
var FRAME = { left: 30, top: 10, right: 290, bottom: 190 };
var HOVER = 14;
var Scatter = class {
  element;
  drawing;
  dots;
  words = html("p", { class: "lv-agreement" });
  axes;
  places = [];
  constructor(num, hooks, signal) {
    const format = (value) => fixed(value, 1);
    const labels = { xLabel: "score before suppression", yLabel: "" };
    this.axes = axes({ ...FRAME, x: [0, 1], y: [0, 1], ...labels, yTicks: 5, format });
    this.dots = Array.from(
      { length: num },
      () => svg("g", {}, svg("circle", { class: "lv-ring", r: 7.5 }), svg("circle", { class: "lv-dot", r: 4.2 }), svg("path", { class: "lv-cross", d: "M-6-6L6 6M6-6L-6 6" }))
    );
    const frame = { class: "lv-scatter", viewBox: `0 0 ${VIEW[0]} ${VIEW[1]}`, role: "img" };
    this.drawing = svg("svg", frame, this.axes.group, ...this.dots);
    const title = html("p", { class: "lv-bars-title" }, "IoU with its object");
    this.element = html("div", { class: "lv-chart" }, title, this.drawing, legend(), this.words);
    const point = (event) => hooks.look(this.at(event));
    this.drawing.addEventListener("pointermove", point, { signal });
    this.drawing.addEventListener("pointerleave", () => hooks.look(-1), { signal });
    this.drawing.addEventListener("click", (event) => hooks.select(this.at(event)), { signal });
    const keep = () => this.drawing.style.setProperty("--lv-zoom", String(this.drawing.getBoundingClientRect().width / VIEW[0] || 1));
    onResize(this.drawing, keep, signal);
  }
  show({ candidates, outranked }, { overlap, words }, scores) {
    this.places = scores.map((score, row) => [this.axes.x(score), this.axes.y(overlap[row])]);
    this.dots.forEach((dot, row) => {
      const [x, y] = this.places[row];
      const lit = dot.classList.contains("lv-lit") ? " lv-lit" : "";
      attributes(dot, { transform: `translate(${x.toFixed(2)} ${y.toFixed(2)})`, class: classOf(candidates[row]) + lit });
    });
    setText(this.words, `${words} ${outranked}`);
    attributes(this.drawing, { "aria-label": `Score against IoU. ${words} ${outranked}` });
  }
  highlight(row) {
    this.dots.forEach((dot, i) => dot.classList.toggle("lv-lit", i === row));
  }
  at(event) {
    const [x, y] = placeIn(this.drawing, event);
    const far = this.places.map(([px, py]) => Math.hypot(px - x, py - y));
    const least = Math.min(...far);
    return least <= HOVER ? far.indexOf(least) : -1;
  }
};
var classOf = (one) => `lv-fate-${one.fate}${one.outranked ? " lv-outranked" : ""}${one.victim ? " lv-victim" : ""}`;
var KEYS = [
  ["lv-fate-kept", "kept"],
  ["lv-fate-open", "not yet decided"],
  ["lv-fate-below", "scores too little to be reported"],
  ["lv-fate-suppressed", "suppressed"],
  ["lv-fate-suppressed lv-outranked", "lay better than what suppressed it"],
  ["lv-fate-suppressed lv-victim", "its object is lost"]
];
function legend() {
  const sample = (kind) => svg(
    "svg",
    { class: "lv-sample", viewBox: "-9 -9 18 18", "aria-hidden": "true" },
    svg("g", { class: kind }, svg("circle", { class: "lv-ring", r: 7.5 }), svg("circle", { class: "lv-dot", r: 4.2 }), svg("path", { class: "lv-cross", d: "M-6-6L6 6M6-6L-6 6" }))
  );
  return html("ul", { class: "lv-legend" }, ...KEYS.map(([kind, words]) => html("li", {}, sample(kind), words)));
}

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
var spoken = (box) => {
  const [x1, y1, x2, y2] = box.map((value) => Math.round(value));
  return `x ${x1} to ${x2}, y ${y1} to ${y2}`;
};

// src/shared/handles.ts
var REACH = 13;
var KINDS = ["body", "edge", "corner"];
var kindOf = (part) => part === "body" ? "body" : part.endsWith("edge") ? "edge" : "corner";
var BoxHandles = class {
  constructor(hooks, signal) {
    this.hooks = hooks;
    const layer = () => svg("g", { class: `lv-handles lv-${hooks.name}` });
    this.layers = { body: layer(), edge: layer(), corner: layer() };
    for (const part of Object.keys(PARTS)) {
      const kind = kindOf(part);
      const mark = svg("rect", { class: kind === "corner" ? "lv-mark" : "lv-ring" });
      const hit = svg("rect", { class: "lv-hit" });
      const handle = svg("g", { class: `lv-handle lv-${kind}`, "data-part": part }, hit, mark);
      this.handles.set(part, handle);
      this.layers[kind].append(handle);
    }
    this.element = svg("g", {}, ...stacked([this]));
    this.makeDraggable(signal);
  }
  hooks;
  /** All handles of this box alone; `stacked` is for several boxes. */
  element;
  /** Bodies lie lowest, corners highest. */
  layers;
  handles = /* @__PURE__ */ new Map();
  describe = [];
  /** Put the handles where the box is, and say where that is. */
  draw(box) {
    this.place(box);
    this.describe.forEach((describe2) => describe2());
  }
  /**
   * Put the handles where the box is; what screen readers hear can follow later.
   *
   * A handle's place counts from the box's low corner, so a box that moves whole changes three attributes.
   */
  place(box) {
    const [x1, y1, x2, y2] = box;
    const reach = REACH * this.hooks.scale() / this.hooks.zoom();
    const here = `translate(${round(x1)} ${round(y1)})`;
    for (const kind of KINDS) attributes(this.layers[kind], { transform: here });
    const inside = [0, 0, x2 - x1, y2 - y1];
    for (const [part, element] of this.handles) {
      const [hit, mark] = element.children;
      place(hit, hitArea(part, inside, reach));
      place(mark, markArea(part, inside, reach));
    }
  }
  makeDraggable(signal) {
    const { hooks } = this;
    const options2 = {
      read: () => hooks.read(),
      write: (box, gesture) => hooks.write(box, gesture),
      reset: () => hooks.reset(),
      done: () => hooks.done(),
      // Of the corners: a widget with a body of its own leaves this one out of the drawing.
      unitsPerPixel: () => unitsPerPixel(this.layers.corner)
    };
    for (const [part, element] of this.handles) {
      const vertical = part === "top edge" || part === "bottom edge";
      const axis = PARTS[part].findIndex((moves, i) => moves && (vertical ? i % 2 === 1 : true));
      const handle = {
        element,
        label: part === "body" ? hooks.name : `${hooks.name}, ${part}`,
        move: (start, dx, dy, resize) => moved(start, part, dx, dy, hooks.size(), resize),
        describe: (box) => ({
          now: box[axis],
          min: 0,
          max: hooks.size()[axis % 2],
          text: spoken(box)
        })
      };
      this.describe.push(draggable(handle, options2, signal));
    }
  }
};
var stacked = (boxes) => KINDS.flatMap((kind) => boxes.map(({ layers }) => layers[kind]));
var round = (value) => Math.round(value * 1e3) / 1e3;
function place(rect, [x1, y1, x2, y2]) {
  attributes(rect, { x: x1, y: y1, width: Math.max(x2 - x1, 0), height: Math.max(y2 - y1, 0) });
}
function hitArea(part, [x1, y1, x2, y2], reach) {
  const inward = Math.min(reach, Math.max(Math.min(x2 - x1, y2 - y1) / 6, reach * 0.15));
  const out = 2 * reach - inward;
  const [left, top, right, bottom] = [x1 + inward, y1 + inward, x2 - inward, y2 - inward];
  const tall = Math.max(bottom - top, 2 * reach) / 2;
  const wide = Math.max(right - left, 2 * reach) / 2;
  const [cx, cy] = [(x1 + x2) / 2, (y1 + y2) / 2];
  switch (part) {
    case "body":
      return [cx - wide, cy - tall, cx + wide, cy + tall];
    case "left edge":
      return [x1 - out, cy - tall, left, cy + tall];
    case "right edge":
      return [right, cy - tall, x2 + out, cy + tall];
    case "top edge":
      return [cx - wide, y1 - out, cx + wide, top];
    case "bottom edge":
      return [cx - wide, bottom, cx + wide, y2 + out];
    case "top left corner":
      return [x1 - out, y1 - out, left, top];
    case "top right corner":
      return [right, y1 - out, x2 + out, top];
    case "bottom right corner":
      return [right, bottom, x2 + out, y2 + out];
    case "bottom left corner":
      return [x1 - out, bottom, left, y2 + out];
  }
}
function markArea(part, [x1, y1, x2, y2], reach) {
  if (part === "body") return [x1, y1, x2, y2];
  const half = reach * (part.includes("corner") ? 0.35 : 0.2);
  const [left, top, right, bottom] = PARTS[part];
  return [
    (right && !left ? x2 : x1) - half,
    (bottom && !top ? y2 : y1) - half,
    (left && !right ? x1 : x2) + half,
    (top && !bottom ? y1 : y2) + half
  ];
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

// src/nmslab/look.ts
var SIGNS = /* @__PURE__ */ new Map([
  [1, "✓ "],
  [0, "✗ "]
]);
var RANKS = { kept: 0, open: 1, below: 2, suppressed: 3 };
function noteOf(one, row) {
  if (one.fate !== "kept") return String(row);
  return `${SIGNS.get(one.outcome) ?? ""}${row}${one.repeated ? " 2×" : ""}`;
}
function fromBelow(candidates) {
  const order = candidates.map((_, row) => row);
  const rank = (row) => RANKS[candidates[row].fate];
  return order.sort((a, b) => rank(b) - rank(a) || candidates[a].score - candidates[b].score || b - a);
}
function isNamed(one, side) {
  return one.fate === "kept" || one.fate === "open" || one.when === side.at && side.at > 0;
}
function linksOf({ candidates, at, steps }, looked) {
  return candidates.flatMap(({ by, when, fate }, row) => {
    const shown = when === at || at === steps || row === looked || by === looked;
    return by < 0 || by === row || !shown ? [] : [{ row, by, out: fate === "suppressed" }];
  });
}
function nearestBox(boxes, x, y, reach) {
  let [found, least] = [-1, Infinity];
  boxes.forEach(([x1, y1, x2, y2], row) => {
    const outside = Math.hypot(Math.max(x1 - x, 0, x - x2), Math.max(y1 - y, 0, y - y2));
    const far = outside || Math.min(x - x1, x2 - x, y - y1, y2 - y);
    if (outside <= reach && far < least) [found, least] = [row, far];
  });
  return found;
}

// src/nmslab/scene.ts
var REACH2 = 12;
var LETTER = 7;
var CandidateScene = class {
  constructor(info, photograph, hooks, signal) {
    this.info = info;
    this.photograph = photograph;
    this.hooks = hooks;
    this.signal = signal;
    const [width, height] = this.size;
    attributes(this.element, { viewBox: `0 0 ${width} ${height}` });
    this.photo = new Photograph(signal);
    this.photo.fit(photograph.size, { width, height });
    this.photo.show(photograph.png);
    this.truths = info.gt.map((box) => {
      const rect = svg("rect", { class: "lv-truth" });
      place(rect, box);
      return rect;
    });
    const rows = info.classes.map((_, row) => row);
    this.candidates = rows.map(() => svg("g", {}, svg("rect", { class: "lv-rim" }), svg("rect", { class: "lv-line" })));
    this.bodies = rows.map((row) => svg("g", { class: "lv-candidate-grip", "data-row": row }, svg("rect", { class: "lv-hit" })));
    this.describes = rows.map((row) => this.makeDraggable(row));
    this.drawn.append(...this.candidates);
    this.element.append(
      svg("rect", { class: "lv-ground", width, height }),
      this.photo.element,
      svg("g", { "aria-hidden": "true" }, ...this.truths),
      this.drawn,
      this.links,
      this.center,
      this.labels,
      this.grips,
      this.handles
    );
    this.grips.append(...this.bodies);
    this.listen();
    onResize(this.element, () => this.measure(), signal);
    signal.addEventListener("abort", () => this.stop.abort());
  }
  info;
  photograph;
  hooks;
  signal;
  element = svg("svg", { class: "lv-scene", role: "group" });
  truths;
  candidates;
  drawn = svg("g", { "aria-hidden": "true" });
  links = svg("g", { class: "lv-links", "aria-hidden": "true" });
  center = svg("path", { class: "lv-center", "aria-hidden": "true" });
  labels = svg("g", { class: "lv-labels", "aria-hidden": "true" });
  bodies;
  describes;
  grips = svg("g");
  handles = svg("g", { class: "lv-selected" });
  photo;
  chosen = null;
  chosenRow = -1;
  stop = new AbortController();
  side = null;
  sent = [];
  // the boxes that `side` is about
  looked = -1;
  order = "";
  zoom = 1;
  dragging = false;
  get size() {
    const [height, width] = this.photograph.size;
    return [width, height];
  }
  /** The kernel's answer, for candidates that lay at `sent`. */
  show(side, sent, words) {
    this.side = side;
    this.sent = sent;
    attributes(this.element, { "aria-label": words });
    side.candidates.forEach((one, row) => this.paint(row, one));
    this.stack(fromBelow(side.candidates));
    this.truths.forEach((rect, i) => attributes(rect, { class: `lv-truth lv-truth-${side.truth[i]}` }));
    this.draw();
  }
  /** Draw candidates in this order; nothing is written where they lie so already. */
  stack(order) {
    if (order.join() === this.order) return;
    this.order = order.join();
    this.drawn.append(...order.map((row) => this.candidates[row]));
  }
  /** Put everything where the boxes are now. */
  draw() {
    this.hooks.boxes().forEach((_, row) => this.put(row));
    this.drawLinks();
    this.drawLabels();
    this.drawChosen();
  }
  /** One box moves under the pointer: nothing else is written. */
  follow(row) {
    this.put(row);
    this.drawLinks();
    if (row === this.chosenRow) this.chosen?.place(this.hooks.boxes()[row]);
  }
  /** Light up a candidate; -1 for none. */
  highlight(row) {
    if (row === this.looked) return;
    this.looked = row;
    this.candidates.forEach((group, i) => group.classList.toggle("lv-lit", i === row));
    this.drawLinks();
    this.drawLabels();
  }
  /** Give the selected candidate its edges and corners. */
  drawChosen() {
    const row = this.hooks.selected();
    if (row !== this.chosenRow) this.choose(row);
    if (row >= 0) this.chosen?.draw(this.hooks.boxes()[row]);
  }
  choose(row) {
    this.chosenRow = row;
    this.stop.abort();
    this.stop = new AbortController();
    this.chosen = null;
    this.handles.replaceChildren();
    if (row < 0) return;
    const { hooks } = this;
    const mine = {
      name: `box ${row}`,
      size: () => this.size,
      read: () => hooks.boxes()[row],
      write: (box, gesture) => hooks.write(row, box, gesture),
      reset: () => hooks.reset(row),
      done: () => hooks.done(),
      zoom: () => this.zoom,
      scale: () => hooks.scale()
    };
    this.chosen = new BoxHandles(mine, this.stop.signal);
    this.handles.append(this.chosen.layers.edge, this.chosen.layers.corner);
  }
  /** Where a candidate is drawn: where the method has put it, or where the pointer has since. */
  regionOf(row) {
    const box = this.hooks.boxes()[row];
    const sent = this.sent[row];
    const same = sent?.every((value, i) => value === box[i]);
    return same && this.side ? this.side.candidates[row].region : box;
  }
  put(row) {
    const region = this.regionOf(row);
    for (const rect of this.candidates[row].children) place(rect, region);
    const [x1, y1, x2, y2] = this.hooks.boxes()[row];
    const reach = REACH2 * this.hooks.scale() / this.zoom;
    const [wide, tall] = [Math.max(0, reach - (x2 - x1) / 2), Math.max(0, reach - (y2 - y1) / 2)];
    place(this.bodies[row].firstElementChild, [x1 - wide, y1 - tall, x2 + wide, y2 + tall]);
    this.describes[row]();
  }
  paint(row, one) {
    const now = row === this.side.picked && this.side.at > 0 && this.side.at < this.side.steps ? " lv-picked" : "";
    const lit = row === this.looked ? " lv-lit" : "";
    attributes(this.candidates[row], { class: `lv-candidate lv-fate-${one.fate}${now}${lit}`, "data-box": row });
  }
  drawLinks() {
    if (!this.side) return;
    const links = linksOf(this.side, this.looked);
    while (this.links.children.length > links.length) this.links.lastElementChild.remove();
    links.forEach((link, i) => this.drawLink(link, i));
    const [x, y] = this.side.center;
    const arm = 6 / this.zoom;
    const cross = `M${x - arm} ${y}h${2 * arm}M${x} ${y - arm}v${2 * arm}`;
    attributes(this.center, { d: this.side.center.length ? cross : "" });
  }
  drawLink({ row, by, out }, i) {
    const group = this.links.children[i] ?? this.links.appendChild(svg("g", {}, svg("line", { class: "lv-link-rim" }), svg("line"), svg("circle")));
    const [[x1, y1], [x2, y2]] = [row, by].map((one) => middle(this.regionOf(one)));
    const lit = row === this.looked || by === this.looked;
    attributes(group, { class: `lv-link lv-link-${out ? "out" : "lower"}${lit ? " lv-lit" : ""}` });
    const [rim, line2, end] = group.children;
    for (const one of [rim, line2]) attributes(one, { x1, y1, x2, y2 });
    attributes(end, { cx: x1, cy: y1, r: 3.2 / this.zoom });
  }
  /** Numbers at the boxes where there is room: the one that is looked at first, then what counts most. */
  drawLabels() {
    const { side } = this;
    if (!side) return;
    const objects = side.truth.map((state, i) => {
      const [name] = this.info.objects[i].split(",");
      const gone = state === "lost" || state === "missed";
      return { text: gone ? `${name} ${state}` : name, box: this.info.gt[i], kind: gone ? "gone" : "truth" };
    });
    objects.sort((a, b) => Number(b.kind === "gone") - Number(a.kind === "gone"));
    const rows = fromBelow(side.candidates).reverse();
    const named = rows.filter((row) => row === this.looked || isNamed(side.candidates[row], side));
    named.sort((a, b) => Number(b === this.looked) - Number(a === this.looked));
    const boxes = named.map((row) => {
      const one = side.candidates[row];
      return { text: noteOf(one, row), box: this.regionOf(row), kind: one.fate };
    });
    const items = [...objects, ...boxes];
    const scale = this.hooks.scale();
    const [width, height] = this.size.map((length) => length * this.zoom);
    const wanted = items.map(({ text, box }) => ({
      box: box.map((value) => value * this.zoom),
      wide: (text.length * LETTER + 8) * scale
    }));
    const places = labelPlaces(wanted, { width, height, high: 17 * scale, gap: 4 });
    const shown = items.flatMap((item, i) => places[i] ? [{ ...item, at: places[i], wide: wanted[i].wide }] : []);
    while (this.labels.children.length > shown.length) this.labels.lastElementChild.remove();
    shown.forEach(({ text, kind, at: [x, y], wide }, i) => {
      const group = this.labels.children[i] ?? this.labels.appendChild(svg("g", {}, svg("rect"), svg("text")));
      const high = 16 * scale;
      attributes(group, { class: `lv-label lv-label-${kind}` });
      attributes(group.children[0], {
        x: x / this.zoom,
        y: (y - 0.75 * high) / this.zoom,
        width: wide / this.zoom,
        height: high / this.zoom,
        rx: 3 * scale / this.zoom
      });
      attributes(group.children[1], { x: (x + wide / 2) / this.zoom, y: y / this.zoom, "text-anchor": "middle" });
      setText(group.children[1], text);
    });
  }
  measure() {
    const { width } = this.element.getBoundingClientRect();
    if (!width) return;
    this.zoom = width / this.size[0];
    this.element.style.setProperty("--lv-zoom", String(this.zoom));
    this.draw();
  }
  // Gestures
  makeDraggable(row) {
    const { hooks } = this;
    const element = hinted(this.bodies[row], HINTS.box);
    const handle = {
      element,
      label: `box ${row}, ${this.info.classes[row]}`,
      move: (start, dx, dy, resize) => moved(start, "body", dx, dy, this.size, resize),
      describe: (box) => ({ now: box[0], min: 0, max: this.size[0], text: `${spoken(box)}. ${hooks.words(row)}` })
    };
    const options2 = {
      read: () => hooks.boxes()[row],
      write: (box, gesture) => {
        this.dragging = gesture === "drag";
        hooks.write(row, box, gesture);
      },
      reset: () => hooks.reset(row),
      done: () => {
        this.dragging = false;
        hooks.done();
      },
      unitsPerPixel: () => unitsPerPixel(this.element)
    };
    element.addEventListener("focus", () => hooks.select(row), { signal: this.signal });
    element.addEventListener("focus", () => hooks.look(row), { signal: this.signal });
    element.addEventListener("blur", () => hooks.look(-1), { signal: this.signal });
    return draggable(handle, options2, this.signal);
  }
  /** Boxes lie on each other: the one whose outline is nearest is under the pointer. */
  listen() {
    const { signal, hooks } = this;
    const at = (event) => {
      const [x, y] = placeIn(this.element, event);
      return nearestBox(hooks.boxes(), x, y, REACH2 / this.zoom);
    };
    const point = (event) => {
      if (this.dragging || event.buttons) return;
      const row = at(event);
      this.bodies.forEach((body, i) => body.classList.toggle("lv-under", i === row));
      this.grips.classList.toggle("lv-pointed", row >= 0);
      hooks.look(row);
    };
    this.element.addEventListener("pointermove", point, { signal });
    this.element.addEventListener("pointerleave", () => this.dragging || hooks.look(-1), { signal });
    const away = (event) => {
      if (!event.target.closest(".lv-candidate-grip, .lv-handle")) hooks.select(-1);
    };
    this.element.addEventListener("pointerdown", away, { signal });
    const press = (event) => {
      const body = event.target.closest(".lv-candidate-grip");
      const meant = body && event.isTrusted ? this.bodies[at(event)] : void 0;
      if (!meant || meant === body) return;
      event.stopPropagation();
      event.preventDefault();
      meant.dispatchEvent(new PointerEvent(event.type, event));
    };
    this.element.addEventListener("pointerdown", press, { signal, capture: true });
  }
};
var middle = ([x1, y1, x2, y2]) => [(x1 + x2) / 2, (y1 + y2) / 2];

// src/nmslab/panel.ts
var SIGNS2 = { lost: "!", missed: "○", wrong: "✗", repeated: "2×", fine: "✓" };
var Panel = class {
  constructor(info, photo, index, hooks, signal) {
    this.info = info;
    this.scene = new CandidateScene(info, photo, hooks, signal);
    this.scatter = new Scatter(info.classes.length, hooks, signal);
    this.element = html(
      "section",
      { class: `lv-panel lv-panel-${index}`, "aria-label": index ? "What the second method does" : "What the method does" },
      html("div", { class: "lv-says" }, this.title, this.step),
      html("div", { class: "lv-stage" }, this.scene.element),
      html("div", { class: "lv-verdict" }, this.counts, this.findings),
      this.scatter.element
    );
  }
  info;
  element;
  scene;
  scatter;
  title = html("h4");
  step = html("p", { class: "lv-step" });
  counts = html("p", { class: "lv-counts" });
  findings = html("ul", { class: "lv-findings" });
  show(side, sent, agreement, scores) {
    const entry = this.info.methods.find(({ name }) => name === side.method);
    setText(this.title, entry.title);
    setText(this.step, side.steps ? side.words : entry.says);
    setText(this.counts, side.counts);
    this.findings.replaceChildren(
      ...side.findings.map(
        ({ kind, words }) => html("li", { class: `lv-finding-${kind}` }, html("b", { "aria-hidden": "true" }, SIGNS2[kind]), html("span", {}, words))
      )
    );
    this.scene.show(side, sent, `${entry.title}: ${side.counts}`);
    this.scatter.show(side, agreement, scores);
  }
  setVisible(visible) {
    setVisible(this.element, visible);
  }
  highlight(row) {
    this.scene.highlight(row);
    this.scatter.highlight(row);
  }
};

// src/nmslab/player.ts
var STEP_MS = 1100;
var LONGEST_MS = 16e3;
var Player = class {
  constructor(hooks, signal) {
    this.hooks = hooks;
    const to = (name, text, step, hint) => hinted(button(text, () => this.jump(step()), { "aria-label": name }), hint);
    this.slider = new Slider({
      label: "step",
      min: 0,
      max: 1,
      step: 1,
      format: (value) => `${value} of ${hooks.steps()}`,
      changed: (value, gesture) => {
        this.pause();
        hooks.go(Math.round(value), gesture);
      },
      reset: () => hooks.reset(),
      done: () => hooks.done()
    });
    this.element = html(
      "div",
      { class: "lv-player", role: "group", "aria-label": "Steps" },
      to("To the start", "«", () => 0, HINTS.first),
      to("One step back", "‹", () => hooks.now() - 1, HINTS.back),
      hinted(this.play, HINTS.play),
      to("One step on", "›", () => hooks.now() + 1, HINTS.on),
      to("To the end", "»", () => hooks.steps(), HINTS.last),
      hinted(this.slider.element, HINTS.step)
    );
    signal.addEventListener("abort", () => clearInterval(this.timer));
  }
  hooks;
  element;
  play = button("▶", () => this.timer ? this.pause() : this.run(), { "aria-label": "Play" });
  slider;
  timer;
  show() {
    this.slider.bounds(0, Math.max(this.hooks.steps(), 1));
    this.slider.show(this.hooks.now());
  }
  /** Something else was changed: the film stands still. */
  pause() {
    clearInterval(this.timer);
    this.timer = void 0;
    attributes(this.play, { "aria-label": "Play" });
    setText(this.play, "▶");
  }
  jump(step) {
    this.pause();
    this.hooks.go(Math.min(Math.max(step, 0), this.hooks.steps()), "step");
    this.hooks.done();
  }
  run() {
    const { hooks } = this;
    if (!hooks.steps()) return;
    if (motionless()) return this.jump(hooks.steps());
    if (hooks.now() >= hooks.steps()) hooks.go(0, "play");
    attributes(this.play, { "aria-label": "Pause" });
    setText(this.play, "❚❚");
    this.timer = setInterval(() => this.tick(), Math.min(STEP_MS, LONGEST_MS / hooks.steps()));
  }
  tick() {
    const { hooks } = this;
    if (!hooks.drawn()) return;
    hooks.go(hooks.now() + 1, "play");
    if (hooks.now() < hooks.steps()) return;
    this.pause();
    hooks.done();
  }
};

// src/nmslab/view.ts
var OWN = ["sigma", "beta", "weight"];
var NMSLabView = class {
  // the box that is dragged: nothing else of what shows at once has changed
  constructor(model, root, questions, signal) {
    this.model = model;
    this.root = root;
    this.signal = signal;
    this.info = model.get("scene");
    this.store = new KnobStore(KNOBS, model, questions, () => this.knobsMoved(), signal);
    this.patience = this.store.patience(root, () => this.result.seq, signal);
    this.panels = [0, 1].map((i) => new Panel(this.info, model.get("photo"), i, this.sceneHooks(), signal));
    this.bars = new Bars(this.info, this.barHooks(), signal);
    this.player = new Player(this.playerHooks(), signal);
    const { methods } = this.info;
    this.method = this.select(methods, "Method", (name) => this.change({ method: name }, "method"));
    this.second = this.select(
      methods,
      "Second method",
      (name) => this.change({ second: name || null }, "method")
    );
    this.second.prepend(html("option", { value: "" }, "nothing beside it"));
    this.sliders = {
      threshold: this.slider("threshold", "threshold"),
      second_threshold: this.slider("second_threshold", "threshold"),
      sigma: this.slider("sigma", "sigma"),
      beta: this.slider("beta", "beta"),
      weight: this.slider("weight", "weight"),
      score_threshold: this.slider("score_threshold", "report above")
    };
    this.allLabels.addEventListener("change", () => this.change({ all_labels: this.allLabels.checked }, "switch"));
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
  panels;
  bars;
  player;
  board = html("div", { class: "lv-board" });
  look = html("p", { class: "lv-look" });
  difference = html("p", { class: "lv-difference" });
  method;
  second;
  sliders;
  allLabels = html("input", { type: "checkbox" });
  selected = -1;
  looked = -1;
  moving = -1;
  get result() {
    return this.model.get("result");
  }
  // What the user does
  change(change, gesture) {
    this.player.pause();
    this.store.change(change, gesture);
    this.announce();
  }
  write(change, gesture) {
    this.player.pause();
    this.store.change(change, gesture);
  }
  sceneHooks() {
    const { store } = this;
    const put = (row, box, gesture) => {
      this.moving = row;
      this.write({ boxes: store.knobs.boxes.map((old, i) => i === row ? box : old) }, gesture);
      this.moving = -1;
    };
    return {
      scale: () => this.model.get("scale"),
      boxes: () => store.knobs.boxes,
      write: put,
      reset: (row) => {
        put(row, store.initial.boxes[row], "reset");
        this.announce();
      },
      done: () => this.announce(),
      look: (row) => this.lookAt(row),
      select: (row) => this.choose(row),
      selected: () => this.selected,
      words: (row) => this.result.sides[0].candidates[row]?.words ?? ""
    };
  }
  barHooks() {
    const { store } = this;
    const put = (row, score, gesture) => this.write({ scores: store.knobs.scores.map((old, i) => i === row ? score : old) }, gesture);
    return {
      score: (row) => store.knobs.scores[row],
      write: put,
      reset: (row) => {
        put(row, store.initial.scores[row], "reset");
        this.announce();
      },
      done: () => this.announce(),
      look: (row) => this.lookAt(row)
    };
  }
  playerHooks() {
    const steps = () => Math.max(...this.result.sides.map((side) => side.steps));
    return {
      now: () => Math.min(this.store.knobs.played ?? Infinity, steps()),
      steps,
      go: (step, gesture) => this.store.change({ played: step >= steps() ? null : step }, gesture),
      reset: () => this.change({ played: this.store.initial.played }, "reset"),
      done: () => this.announce(),
      drawn: () => this.result.seq >= this.store.seq
    };
  }
  lookAt(row) {
    const shown = row < 0 ? this.selected : row;
    if (shown === this.looked) return;
    this.looked = shown;
    for (const panel of this.panels) panel.highlight(shown);
    this.bars.highlight(shown);
    this.sayLooked();
  }
  choose(row) {
    if (row === this.selected) return;
    this.selected = row;
    for (const panel of this.panels) panel.scene.drawChosen();
    this.lookAt(row);
  }
  // What shows at once
  knobsMoved() {
    const { knobs } = this.store;
    const shown = this.panels.slice(0, knobs.second === null ? 1 : 2);
    this.patience.wait();
    if (this.moving >= 0) return shown.forEach(({ scene }) => scene.follow(this.moving));
    this.method.value = knobs.method;
    this.second.value = knobs.second ?? "";
    this.allLabels.checked = knobs.all_labels;
    for (const [name, slider] of Object.entries(this.sliders))
      slider.show(knobs[name] ?? knobs.threshold);
    const entries = [this.entry(knobs.method), knobs.second ? this.entry(knobs.second) : null];
    setVisible(this.sliders.threshold.element, entries[0].thresholded);
    setVisible(this.sliders.second_threshold.element, entries[1]?.thresholded ?? false);
    for (const name of OWN) setVisible(this.sliders[name].element, entries.some((one) => one?.knob === name));
    this.panels[1].setVisible(knobs.second !== null);
    this.board.classList.toggle("lv-two", knobs.second !== null);
    this.bars.showScores(knobs.scores);
    this.player?.show();
    for (const { scene } of shown) scene.draw();
  }
  // What the kernel says
  resultArrived() {
    const { seq, of, sides, agreement, differs, difference } = this.result;
    this.store.follow(seq, of);
    sides.forEach((side, i) => this.panels[i].show(side, of.boxes, agreement, of.scores));
    this.bars.show(sides, differs);
    setText(this.difference, difference);
    setVisible(this.difference, difference !== "");
    this.player.show();
    this.sayLooked();
    if (seq >= this.store.seq) this.patience.end();
  }
  sayLooked() {
    const { sides } = this.result;
    const words = this.looked < 0 ? [] : sides.map(({ candidates }) => candidates[this.looked].words);
    const [first, second] = words;
    const two = second && second !== first ? ` Beside it: ${second.slice(second.lastIndexOf(": ") + 2)}` : "";
    setText(this.look, first ? first + two : "");
  }
  announce() {
    this.root.sayAnswer(() => {
      const { sides, difference } = this.result;
      return [...sides.map(({ words, counts }) => `${words} ${counts}`), difference].join(". ");
    });
  }
  // Layout
  entry(name) {
    return this.info.methods.find((one) => one.name === name);
  }
  select(methods, label2, chosen) {
    const options2 = methods.map(({ name, title }) => html("option", { value: name }, title));
    const element = html("select", { "aria-label": label2 }, ...options2);
    element.addEventListener("change", () => chosen(element.value), { signal: this.signal });
    return hinted(element, label2 === "Method" ? HINTS.method : HINTS.second);
  }
  slider(knob, label2) {
    const { low: min, high: max } = LIMITS[knob];
    const step = knob === "weight" ? 0.1 : knob === "sigma" || knob === "beta" ? 0.05 : 0.01;
    const put = (value, gesture) => this.write({ [knob]: value }, gesture);
    const slider = new Slider({
      label: label2,
      min,
      max,
      step,
      format: (value) => fixed(value, 2),
      changed: put,
      reset: () => {
        put(this.store.initial[knob], "reset");
        this.announce();
      },
      done: () => this.announce()
    });
    hinted(slider.element, HINTS[knob]);
    return slider;
  }
  layOut() {
    const reset = button("Reset", () => this.change(this.store.initial, "reset"), { "aria-label": "Reset all" });
    const labels = html("label", { class: "lv-switch" }, this.allLabels, html("span", {}, "all classes together"));
    const { sliders } = this;
    const row = (...children) => html("div", { class: "lv-control-row" }, ...children);
    this.board.append(...this.panels.map(({ element }) => element), this.bars.element);
    this.root.body.append(
      html(
        "div",
        { class: "lv-controls" },
        row(this.method, sliders.threshold.element, sliders.sigma.element, sliders.beta.element, sliders.weight.element),
        row(this.second, sliders.second_threshold.element, sliders.score_threshold.element, hinted(labels, HINTS.all_labels)),
        row(this.player.element, hinted(reset, HINTS.reset))
      ),
      this.difference,
      this.board,
      this.look,
      html(
        "div",
        { class: "lv-foot" },
        new HintLine(this.root.body, HINTS.rest, this.signal).element,
        html("span", { class: "lv-source" }, this.info.source)
      ),
      this.patience.element
    );
    attributes(this.look, { "aria-hidden": "true" });
  }
};

// src/nmslab/index.ts
var label = "NMSLab: what suppression keeps, drops and gets wrong";
var help = [
  ...BOX_HELP,
  ["Point", "at a box, a bar or a dot of the chart to read what has become of it, and by whom"],
  ["Click", "on a box shows its handles; on plain ground hides them"],
  SLIDER_HELP
];
var options = { name: "nmslab", label, help, css: controls_default + handles_default + nmslab_default };
var nmslab_default2 = knobWidget(options, NMSLabView);
export {
  nmslab_default2 as default
};
