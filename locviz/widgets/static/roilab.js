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
  const label3 = "What mouse and keys do here";
  const ask = button("?", () => show(!open()), {
    class: "lv-ask",
    title: label3,
    "aria-label": label3,
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
function createRoot(host, model, options, signal) {
  const live = liveRegion(signal);
  const body = html("div", { class: "lv-body" });
  const error2 = html("p", { class: "lv-error", role: "alert", hidden: true });
  const lost = html("p", { class: "lv-lost", role: "status", hidden: true });
  const element = html(
    "section",
    {
      class: `locviz locviz-${options.name}`,
      "aria-label": options.label
    },
    html("style", {}, theme_default + help_default + goals_default + (options.css ?? "")),
    helpLine(options.label, options.help),
    error2,
    showGoals(model, signal),
    body,
    lost,
    live.element
  );
  host.replaceChildren(element);
  keepKeys(element, signal);
  signal.addEventListener("abort", () => element.remove());
  followTraits(element, error2, model, signal);
  const sayAnswer = (words) => void setTimeout(() => live.say(words()), ANSWER_MS);
  return { body, element, say: live.say, sayAnswer, ...connection(lost, model, signal) };
}
function followTraits(element, error2, model, signal) {
  const rescale = () => element.style.setProperty("--lv-scale", String(model.get("scale") ?? 1));
  const complain = () => {
    const message = model.get("last_error") ?? "";
    setText(error2, message);
    setVisible(error2, message !== "");
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

// src/roilab/roilab.css
var roilab_default = '.locviz-roilab {\n  max-width: calc(1010px * var(--lv-scale));\n}\n.locviz-roilab .lv-main {\n  display: grid;\n  grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);\n  gap: 1.8em;\n}\n.locviz-roilab h4 {\n  margin: 0;\n  font: inherit;\n  font-size: 1.15em;\n  font-weight: 600;\n}\n.locviz-roilab .lv-panel-pool h4,\n.locviz-roilab .lv-out-pool b {\n  color: var(--lv-pull);\n}\n.locviz-roilab .lv-panel-align h4,\n.locviz-roilab .lv-out-align b {\n  color: var(--lv-prediction);\n}\n.locviz-roilab .lv-says {\n  margin: 0.2em 0 0.6em;\n  min-height: 2.9em;\n  color: var(--lv-soft);\n  font-variant-numeric: tabular-nums;\n}\n.locviz-roilab .lv-map {\n  width: 100%;\n  border: 1px solid var(--lv-line);\n  border-radius: 4px;\n  user-select: none;\n  --lv-zoom: 1;\n}\n.locviz-roilab .lv-map rect,\n.locviz-roilab .lv-map line,\n.locviz-roilab .lv-map path,\n.locviz-roilab .lv-map circle {\n  vector-effect: non-scaling-stroke;\n}\n.locviz-roilab .lv-cell {\n  fill: var(--lv-prediction);\n  stroke: var(--lv-line);\n  stroke-width: 1;\n}\n.locviz-roilab .lv-cells text {\n  fill: var(--lv-text);\n  font-size: calc(var(--lv-cell) * 0.28);\n  font-variant-numeric: tabular-nums;\n}\n.locviz-roilab .lv-looked {\n  fill: var(--lv-pull);\n  fill-opacity: 0.25;\n  stroke: var(--lv-pull);\n  stroke-width: 3;\n}\n.locviz-roilab .lv-map-align .lv-looked {\n  fill: var(--lv-prediction);\n  stroke: var(--lv-prediction);\n}\n.locviz-roilab .lv-roi,\n.locviz-roilab .lv-roi-halo,\n.locviz-roilab .lv-bin,\n.locviz-roilab .lv-rounded,\n.locviz-roilab .lv-winner,\n.locviz-roilab .lv-neighbour {\n  fill: none;\n}\n.locviz-roilab .lv-roi-halo {\n  stroke: var(--lv-bg);\n  stroke-width: calc(5.5px * var(--lv-scale));\n  stroke-opacity: 0.7;\n}\n.locviz-roilab .lv-roi {\n  stroke: var(--lv-target);\n  stroke-width: calc(2.5px * var(--lv-scale));\n}\n.locviz-roilab .lv-bin {\n  stroke: var(--lv-target);\n  stroke-width: 1.2;\n}\n.locviz-roilab .lv-rounded {\n  stroke: var(--lv-pull);\n  stroke-width: calc(2px * var(--lv-scale));\n  stroke-dasharray: 7 4;\n}\n.locviz-roilab .lv-winner {\n  stroke: var(--lv-pull);\n  stroke-width: calc(2.4px * var(--lv-scale));\n}\n.locviz-roilab .lv-roi,\n.locviz-roilab .lv-roi-halo,\n.locviz-roilab .lv-points,\n.locviz-roilab .lv-marks {\n  pointer-events: none;\n}\n.locviz-roilab .lv-point {\n  fill: var(--lv-prediction);\n  stroke: var(--lv-bg);\n  stroke-width: 1.2;\n}\n.locviz-roilab .lv-points-dots,\n.locviz-roilab .lv-points-rim {\n  fill: none;\n  stroke: var(--lv-prediction);\n  stroke-linecap: round;\n  stroke-width: calc(7px * var(--lv-scale));\n}\n.locviz-roilab .lv-points-rim {\n  stroke: var(--lv-bg);\n  stroke-width: calc(10px * var(--lv-scale));\n}\n.locviz-roilab .lv-chosen {\n  fill: var(--lv-text);\n}\n.locviz-roilab .lv-points:focus-visible .lv-points-rim {\n  stroke: var(--lv-focus);\n}\n.locviz-roilab .lv-link {\n  stroke: var(--lv-text);\n  stroke-width: 1.5;\n}\n.locviz-roilab .lv-neighbour {\n  stroke: var(--lv-text);\n  stroke-width: 2;\n}\n.locviz-roilab .lv-weight {\n  fill: var(--lv-text) !important;\n  font-size: calc(var(--lv-cell) * 0.26) !important;\n  font-weight: 700;\n  paint-order: stroke;\n  stroke: var(--lv-bg);\n  stroke-width: calc(var(--lv-cell) * 0.09);\n  stroke-linejoin: round;\n}\n.locviz-roilab .lv-handles .lv-mark {\n  stroke: var(--lv-target);\n}\n.locviz-roilab .lv-tables {\n  display: flex;\n  flex-wrap: wrap;\n  justify-content: space-between;\n  gap: 0.8em;\n  margin-top: 1em;\n  contain: layout paint;\n}\n.locviz-roilab .lv-out {\n  border-collapse: collapse;\n  font-variant-numeric: tabular-nums;\n  margin: 0;\n}\n.locviz-roilab .lv-out caption {\n  text-align: start;\n  padding: 0 0 0.3em;\n  white-space: nowrap;\n  color: var(--lv-text);\n}\n.locviz-roilab .lv-out caption span {\n  color: var(--lv-soft);\n}\n.locviz-roilab .lv-out tr,\n.locviz-roilab .lv-out tr:hover {\n  background: none !important;\n}\n.locviz-roilab .lv-out td {\n  min-width: 3.1em;\n  padding: 0.15em 0.45em;\n  text-align: end;\n  vertical-align: top;\n  border: 1px solid var(--lv-line);\n  color: var(--lv-text);\n  line-height: 1.25;\n}\n.locviz-roilab .lv-out td span,\n.locviz-roilab .lv-out td small {\n  display: block;\n}\n.locviz-roilab .lv-out td small {\n  font-size: 0.85em;\n  color: var(--lv-soft);\n}\n.locviz-roilab .lv-out td.lv-lit {\n  background: var(--lv-raised);\n  outline: 2px solid var(--lv-text);\n  outline-offset: -2px;\n}\n.locviz-roilab .lv-many .lv-out td {\n  min-width: 0;\n  padding: 0.1em 0.25em;\n  font-size: 0.88em;\n}\n.locviz-roilab .lv-where {\n  margin: 0.8em 0 0;\n  color: var(--lv-soft);\n  font-variant-numeric: tabular-nums;\n}\n.locviz-roilab .lv-controls input[type="checkbox"] {\n  width: 18px;\n  height: 18px;\n  margin: 0;\n  accent-color: var(--lv-accent);\n}\n@container (max-width: 620px) {\n  .locviz-roilab .lv-main {\n    grid-template-columns: minmax(0, 1fr);\n  }\n}\n';

// src/shared/buffers.ts
var copied = ({ buffer, byteOffset, byteLength }) => buffer.slice(byteOffset, byteOffset + byteLength);
var floats = (buffer) => new Float32Array(copied(buffer));

// src/shared/format.ts
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
    const { label: label3, min, max, step } = options;
    this.input = html("input", {
      type: "range",
      min: String(min),
      max: String(max),
      step: String(step)
    });
    this.element = html(
      "label",
      { class: "lv-slider" },
      html("span", {}, label3),
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

// src/shared/scene.ts
function rows(values) {
  return Array.from(
    { length: Math.floor(values.length / 4) },
    (_, i) => [0, 1, 2, 3].map((j) => values[4 * i + j])
  );
}

// src/roilab/geometry.ts
var axis = (sent) => ({
  samples: sent.samples,
  position: floats(sent.position),
  ends: [floats(sent.low), floats(sent.high)],
  weights: [floats(sent.low_weight), floats(sent.high_weight)]
});
function samplesOf(sentRows, sentColumns) {
  const [rows2, columns] = [axis(sentRows), axis(sentColumns)];
  const bins = columns.samples ? columns.position.length / columns.samples : 0;
  const found = [];
  for (let i = 0; i < rows2.position.length; i++) {
    for (let j = 0; j < columns.position.length; j++) {
      const neighbours = [0, 1].flatMap(
        (v) => [0, 1].map((u) => ({
          column: columns.ends[u][j],
          row: rows2.ends[v][i],
          weight: columns.weights[u][j] * rows2.weights[v][i]
        }))
      );
      const bin = Math.floor(i / rows2.samples) * bins + Math.floor(j / columns.samples);
      found.push({
        x: columns.position[j] + 0.5,
        y: rows2.position[i] + 0.5,
        bin,
        neighbours: merged(neighbours)
      });
    }
  }
  return found;
}
function merged(neighbours) {
  const cells = /* @__PURE__ */ new Map();
  for (const neighbour of neighbours) {
    const key = `${neighbour.column} ${neighbour.row}`;
    const known = cells.get(key);
    if (known) known.weight += neighbour.weight;
    else cells.set(key, { ...neighbour });
  }
  return [...cells.values()].filter(({ weight }) => weight > 0);
}
function binsOf([x1, y1, x2, y2], n) {
  const x = (j) => x1 + (x2 - x1) * j / n;
  const y = (i) => y1 + (y2 - y1) * i / n;
  return Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    return [x(j), y(i), x(j + 1), y(i + 1)];
  });
}
function nearestSample(samples, x, y, reach) {
  let best = -1;
  let least = reach;
  samples.forEach((sample, i) => {
    const distance = Math.hypot(sample.x - x, sample.y - y);
    if (distance <= least) [best, least] = [i, distance];
  });
  return best;
}
function walked(index, key, rows2, columns) {
  const [i, j] = [Math.floor(index / columns), index % columns];
  const steps = {
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0]
  };
  const [di, dj] = steps[key] ?? [0, 0];
  const clamp = (value, size) => Math.min(Math.max(value, 0), size - 1);
  return clamp(i + di, rows2) * columns + clamp(j + dj, columns);
}
function label(value) {
  const whole = Math.abs(value) >= 100 || Number.isInteger(value);
  return fixed(value, whole ? 0 : 1);
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
var outlines = (boxes) => boxes.map(([x1, y1, x2, y2]) => `M${x1} ${y1}H${x2}V${y2}H${x1}Z`).join("");

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
    const options = {
      read: () => hooks.read(),
      write: (box, gesture) => hooks.write(box, gesture),
      reset: () => hooks.reset(),
      done: () => hooks.done(),
      // Of the corners: a widget with a body of its own leaves this one out of the drawing.
      unitsPerPixel: () => unitsPerPixel(this.layers.corner)
    };
    for (const [part, element] of this.handles) {
      const vertical = part === "top edge" || part === "bottom edge";
      const axis2 = PARTS[part].findIndex((moves, i) => moves && (vertical ? i % 2 === 1 : true));
      const handle = {
        element,
        label: part === "body" ? hooks.name : `${hooks.name}, ${part}`,
        move: (start, dx, dy, resize) => moved(start, part, dx, dy, hooks.size(), resize),
        describe: (box) => ({
          now: box[axis2],
          min: 0,
          max: hooks.size()[axis2 % 2],
          text: spoken(box)
        })
      };
      this.describe.push(draggable(handle, options, signal));
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

// src/roilab/map.ts
var REACH2 = 0.45;
var MapPanel = class {
  constructor(kind, label3, hooks, signal) {
    this.hooks = hooks;
    this.element = svg("svg", {
      class: `lv-map lv-map-${kind}`,
      role: "group",
      "aria-label": label3
    });
    const { region, image, write, reset, done, scale } = hooks;
    const handles = { name: "region", size: image, read: region, write, reset, done, scale, zoom: () => this.zoom };
    this.handles = new BoxHandles(handles, signal);
    this.element.append(
      this.cells,
      this.looked,
      this.bins,
      this.rounded,
      this.winners,
      this.halo,
      this.outline,
      this.handles.element
    );
    onResize(this.element, () => this.resize(), signal);
  }
  hooks;
  element;
  cells = svg("g", { class: "lv-cells", "aria-hidden": "true" });
  // One path for all of a kind: a drag changes them sixty times a second.
  rounded = svg("path", { class: "lv-marks lv-rounded", "aria-hidden": "true" });
  winners = svg("path", { class: "lv-marks lv-winner", "aria-hidden": "true" });
  halo = svg("rect", { class: "lv-roi-halo" });
  outline = svg("rect", { class: "lv-roi" });
  bins = svg("path", { class: "lv-marks lv-bin", "aria-hidden": "true" });
  looked = svg("rect", { class: "lv-looked", display: "none" });
  handles;
  zoom = 1;
  /** Draw the map: (h, w) values, row by row; darker is larger. */
  showMap(values, [rows2, columns]) {
    const low = Math.min(...values);
    const span = Math.max(...values) - low || 1;
    const cell = this.hooks.stride();
    attributes(this.element, { viewBox: `0 0 ${columns * cell} ${rows2 * cell}` });
    const drawn = Array.from({ length: rows2 * columns }, (_, k) => {
      const [x, y] = [k % columns * cell, Math.floor(k / columns) * cell];
      const ground = svg("rect", { class: "lv-cell", x, y, width: cell, height: cell });
      ground.style.fillOpacity = String(0.05 + 0.37 * (values[k] - low) / span);
      const text = svg(
        "text",
        { x: x + cell * 0.5, y: y + cell * 0.6, "text-anchor": "middle" },
        label(values[k])
      );
      return svg("g", {}, ground, text);
    });
    this.element.style.setProperty("--lv-cell", `${cell}px`);
    this.cells.replaceChildren(...drawn);
    this.resize();
  }
  /** Put the region and its handles where it is now. */
  showRegion(bins) {
    const region = this.hooks.region();
    place(this.outline, region);
    place(this.halo, region);
    this.handles.draw(region);
    if (bins) attributes(this.bins, { d: outlines(inPixels(bins, this.hooks.stride())) });
  }
  /** Mark boxes and the middles of cells. */
  showMarks(boxes, cells) {
    const cell = this.hooks.stride();
    attributes(this.rounded, { d: outlines(inPixels(boxes, cell)) });
    attributes(this.winners, {
      d: cells.map(([x, y]) => circle((x + 0.5) * cell, (y + 0.5) * cell, 0.4 * cell)).join("")
    });
  }
  /** Light up one part of the map, in cells; null for none. */
  showLooked(box) {
    setVisible(this.looked, box !== null);
    if (box)
      place(
        this.looked,
        box.map((value) => value * this.hooks.stride())
      );
  }
  /** Where the pointer is, in cells. */
  at(event) {
    const [x, y] = placeIn(this.element, event);
    return [x / this.hooks.stride(), y / this.hooks.stride()];
  }
  resize() {
    const width = this.element.clientWidth || this.element.getBoundingClientRect().width;
    if (!width) return;
    this.zoom = width / this.hooks.image()[0];
    this.element.style.setProperty("--lv-zoom", String(this.zoom));
    this.handles.draw(this.hooks.region());
  }
};
function boxIn(box, name, cell) {
  const rect = svg("rect", { class: name });
  place(
    rect,
    box.map((value) => value * cell)
  );
  return rect;
}
var inPixels = (boxes, cell) => boxes.map((box) => box.map((value) => value * cell));
var circle = (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 1 ${2 * r} 0a${r} ${r} 0 1 1 ${-2 * r} 0Z`;
function ring(x, y, r, name, cell) {
  return svg("circle", { class: name, cx: x * cell, cy: y * cell, r: r * cell });
}
var Points = class {
  constructor(panel, hooks, signal) {
    this.hooks = hooks;
    this.element.append(this.rims, this.dots, this.weights);
    const hover = (event) => {
      if (event.pointerType !== "touch" && !event.buttons)
        this.choose(nearestSample(this.samples, ...panel.at(event), REACH2));
    };
    panel.element.addEventListener("pointermove", hover, { signal });
    panel.element.addEventListener("pointerleave", () => this.focused || this.choose(-1), {
      signal
    });
    this.element.addEventListener("focus", () => this.choose(Math.max(this.chosen, 0)), { signal });
    this.element.addEventListener("blur", () => this.choose(-1), { signal });
    this.element.addEventListener("keydown", (event) => this.key(event), { signal });
  }
  hooks;
  element = svg("g", {
    class: "lv-points",
    role: "slider",
    tabindex: 0,
    "aria-label": "Sample points of RoIAlign"
  });
  rims = svg("path", { class: "lv-points-rim" });
  dots = svg("path", { class: "lv-points-dots" });
  weights = svg("g", { class: "lv-weights" });
  samples = [];
  columns = 1;
  chosen = -1;
  show(samples, columns) {
    this.samples = samples;
    this.columns = columns;
    const cell = this.hooks.stride();
    const d = samples.map(({ x, y }) => `M${x * cell} ${y * cell}h0`).join("");
    for (const path of [this.rims, this.dots]) attributes(path, { d });
    if (this.chosen >= 0) this.choose(Math.min(this.chosen, samples.length - 1));
    else this.describe();
  }
  get focused() {
    return this.element.ownerDocument.activeElement === this.element || this.element.matches(":focus");
  }
  choose(index) {
    this.chosen = index;
    const sample = this.samples[index];
    const cell = this.hooks.stride();
    const spots = sample?.neighbours.flatMap(({ column, row, weight }) => [
      svg("line", {
        class: "lv-link",
        x1: sample.x * cell,
        y1: sample.y * cell,
        x2: (column + 0.5) * cell,
        y2: (row + 0.5) * cell
      }),
      boxIn([column + 0.06, row + 0.06, column + 0.94, row + 0.94], "lv-neighbour", cell),
      svg(
        "text",
        {
          class: "lv-weight",
          x: (column + 0.5) * cell,
          y: (row + (row + 0.5 < sample.y ? 0.28 : 0.94)) * cell,
          "text-anchor": "middle"
        },
        `×${fixed(weight, 2)}`
      )
    ]);
    this.weights.replaceChildren(
      ...sample ? [...spots, ring(sample.x, sample.y, 0.13, "lv-point lv-chosen", cell)] : []
    );
    this.hooks.look(sample?.bin ?? -1);
    this.describe();
  }
  describe() {
    const sample = this.samples[this.chosen];
    const said = sample ? this.inWords(sample, this.chosen) : `${this.samples.length} sample points; arrows walk them`;
    attributes(this.element, {
      "aria-valuemin": 1,
      "aria-valuemax": Math.max(this.samples.length, 1),
      "aria-valuenow": Math.max(this.chosen + 1, 1),
      "aria-valuetext": said
    });
  }
  inWords({ x, y, neighbours }, index) {
    const parts = neighbours.map(
      ({ column, row, weight }) => `${fixed(weight, 2)} of column ${column + 1} row ${row + 1}`
    );
    return `point ${index + 1} of ${this.samples.length} at ${fixed(x, 2)}, ${fixed(y, 2)}: ${parts.join(", ") || "outside the map"}`;
  }
  key(event) {
    if (!event.key.startsWith("Arrow") || event.ctrlKey || event.metaKey || event.altKey || !this.samples.length)
      return;
    event.preventDefault();
    event.stopPropagation();
    const rows2 = this.samples.length / this.columns;
    this.choose(walked(Math.max(this.chosen, 0), event.key, rows2, this.columns));
  }
};
var inCells = (region, stride) => {
  const [x1, y1, x2, y2] = region.map((value) => fixed(value / stride, 2));
  return `x ${x1} to ${x2}, y ${y1} to ${y2} cells; ${spoken(region)} px`;
};

// src/roilab/messages.ts
var KNOBS = [
  "region",
  "output_size",
  "sampling_ratio",
  "aligned",
  "function",
  "stride"
];
var LIMITS = {
  output_size: { low: 1, high: 7 },
  sampling_ratio: { low: 0, high: 4 },
  stride: { low: 1, high: 64 }
};

// src/roilab/tables.ts
var Table = class {
  constructor(kind, title, explanation, look) {
    this.look = look;
    const caption = html("caption", {}, html("b", {}, title), " ", html("span", {}, explanation));
    this.element = html("table", { class: `lv-out lv-out-${kind}` }, caption, this.body);
    this.element.addEventListener("pointerover", (event) => this.look(binOf(event.target)));
    this.element.addEventListener("pointerleave", () => this.look(-1));
  }
  look;
  element;
  body = html("tbody");
  cells = [];
  /** Show (n, n) values; with `exact`, how far each is from it too. */
  show(values, n, digits, exact) {
    if (this.cells.length !== n * n) this.build(n, exact !== void 0);
    this.cells.forEach(({ value, error: error2 }, k) => {
      setText(value, fixed(values[k], digits));
      if (exact) setText(error2, signed(values[k] - exact[k], digits));
    });
  }
  build(n, errors) {
    this.cells = Array.from({ length: n * n }, () => ({
      value: html("span"),
      error: html("small")
    }));
    const cell = ({ value, error: error2 }, k) => html("td", { "data-bin": k }, value, ...errors ? [error2] : []);
    const row = (i) => html(
      "tr",
      {},
      ...this.cells.slice(i * n, (i + 1) * n).map((parts, j) => cell(parts, i * n + j))
    );
    this.body.replaceChildren(...Array.from({ length: n }, (_, i) => row(i)));
  }
  /** Light up one bin. */
  mark(bin) {
    for (const cell of this.body.querySelectorAll("td"))
      cell.classList.toggle("lv-lit", Number(cell.dataset.bin) === bin);
  }
};
function binOf(target) {
  const cell = target instanceof Element ? target.closest("td") : null;
  return cell ? Number(cell.dataset.bin) : -1;
}
function signed(value, digits) {
  const text = fixed(value, digits);
  return Number(text) === 0 ? text : value > 0 ? `+${text}` : text;
}

// src/roilab/view.ts
var STRIDES = [4, 8, 16, 32];
var RoILabView = class {
  constructor(model, root, questions, signal) {
    this.model = model;
    this.root = root;
    this.size = model.get("size");
    this.store = new KnobStore(KNOBS, model, questions, () => this.schedule(), signal);
    this.patience = this.store.patience(root, () => model.get("result").seq, signal);
    const hooks = this.hooks();
    this.pool = new MapPanel("pool", "RoIPool: the region on the map, rounded", hooks, signal);
    this.align = new MapPanel("align", "RoIAlign: the region on the map, sampled", hooks, signal);
    this.points = new Points(this.align, hooks, signal);
    this.align.element.append(this.points.element);
    const look = (bin) => this.look(bin);
    this.tables = {
      exact: new Table("exact", "exact", "average of each bin", look),
      pool: new Table("pool", "RoIPool", "and how far it is off", look),
      align: new Table("align", "RoIAlign", "and how far it is off", look)
    };
    const { low: min, high: max } = LIMITS.output_size;
    const done = () => this.announce();
    this.bins = this.store.slider("output_size", {
      label: "bins on each axis",
      min,
      max,
      step: 1,
      format: String,
      done
    });
    this.layOut();
    listen(model, "change:features", () => this.mapArrived(), signal);
    listen(
      model,
      "change:result",
      () => {
        this.arrived = true;
        this.schedule();
      },
      signal
    );
    signal.addEventListener("abort", () => cancelAnimationFrame(this.frame));
    this.mapArrived();
    this.knobsMoved();
    this.resultArrived();
  }
  model;
  root;
  store;
  patience;
  pool;
  align;
  points;
  tables;
  says = {
    pool: html("p", { class: "lv-says" }),
    align: html("p", { class: "lv-says" })
  };
  outputs = html("div", { class: "lv-tables" });
  where = html("p", { class: "lv-where" });
  bins;
  maps = html("select");
  ratio = html("select");
  stride = html("select");
  aligned = html("input", { type: "checkbox" });
  size;
  drawnStride = 0;
  frame = 0;
  arrived = false;
  // What the user does
  change(change, gesture) {
    this.store.change(change, gesture);
    this.announce();
  }
  /** Another stride: the region stays over the same cells. */
  restride(stride) {
    const { region, stride: before } = this.store.knobs;
    this.change({ stride, region: region.map((value) => value * stride / before) }, "setting");
  }
  hooks() {
    return {
      region: () => this.store.knobs.region,
      image: () => [this.size[1] * this.store.knobs.stride, this.size[0] * this.store.knobs.stride],
      stride: () => this.store.knobs.stride,
      scale: () => this.model.get("scale"),
      write: (region, gesture) => this.store.change({ region }, gesture),
      reset: () => this.resetRegion(),
      done: () => this.announce(),
      look: (bin) => this.look(bin)
    };
  }
  resetRegion() {
    const { region, stride } = this.store.initial;
    this.change(
      { region: region.map((value) => value * this.store.knobs.stride / stride) },
      "reset"
    );
  }
  /** Draw once a frame, however often the pointer moves and the kernel answers. */
  schedule() {
    this.patience.wait();
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.knobsMoved();
      if (this.arrived) this.resultArrived();
      this.arrived = false;
    });
  }
  knobsMoved() {
    const {
      region,
      output_size,
      sampling_ratio,
      aligned,
      function: name,
      stride
    } = this.store.knobs;
    if (stride !== this.drawnStride) this.mapArrived();
    const bins = binsOf(
      region.map((value) => value / stride),
      output_size
    );
    this.pool.showRegion(null);
    this.align.showRegion(bins);
    setText(this.where, `The region: ${inCells(region, stride)}.`);
    this.bins.show(output_size);
    this.aligned.checked = aligned;
    this.maps.value = name;
    choose(this.ratio, String(sampling_ratio));
    choose(this.stride, String(stride));
  }
  // What the kernel says
  get result() {
    return this.model.get("result");
  }
  mapArrived() {
    const { values } = this.model.get("features");
    this.drawnStride = this.store.knobs.stride;
    for (const panel of [this.pool, this.align]) panel.showMap(floats(values), this.size);
    if (this.tables) this.drawMarks();
  }
  resultArrived() {
    const { seq, output_size: n, errors, misalignment, values: sent } = this.result;
    const values = floats(sent);
    const [exact, pool, align] = [0, 1, 2].map((k) => values.subarray(k * n * n, (k + 1) * n * n));
    const digits = Math.max(...exact.map(Math.abs)) >= 20 ? 1 : 2;
    this.tables.exact.show(exact, n, digits);
    this.tables.pool.show(pool, n, digits, exact);
    this.tables.align.show(align, n, digits, exact);
    this.outputs.classList.toggle("lv-many", n > 5);
    this.drawMarks();
    setText(
      this.says.pool,
      `mean error ${error(errors.pool)} (averages over the rounded bins: ${error(errors.rounding)}), looks up to ${fixed(misalignment.pool, 1)} px beside its bins`
    );
    setText(
      this.says.align,
      `mean error ${error(errors.align)}, looks ${fixed(misalignment.align, 1)} px beside its bins`
    );
    if (seq >= this.store.seq) this.patience.end();
  }
  /** What each layer looks at, as the kernel says it. */
  drawMarks() {
    const { rounded: rounded2, argmax, rows: down, columns: across } = this.result;
    const cells = floats(argmax);
    const winners = Array.from({ length: cells.length / 2 }, (_, k) => [
      cells[2 * k],
      cells[2 * k + 1]
    ]).filter(([x]) => x >= 0);
    this.pool.showMarks(rows(floats(rounded2)), winners);
    const samples = samplesOf(down, across);
    this.points.show(samples, floats(across.position).length || 1);
  }
  look(bin) {
    const { region, stride, output_size: n } = this.store.knobs;
    const rounded2 = rows(floats(this.result.rounded));
    this.pool.showLooked(rounded2[bin] ?? null);
    this.align.showLooked(
      binsOf(
        region.map((value) => value / stride),
        n
      )[bin] ?? null
    );
    for (const table of Object.values(this.tables)) table.mark(bin);
  }
  announce() {
    this.root.sayAnswer(() => {
      const { errors } = this.result;
      return `Mean error of RoIPool ${error(errors.pool)}, of RoIAlign ${error(errors.align)}`;
    });
  }
  // Layout
  layOut() {
    for (const name of this.model.get("functions"))
      this.maps.append(html("option", { value: name }, name));
    const { low, high } = LIMITS.sampling_ratio;
    for (let value = low; value <= high; value++)
      this.ratio.append(html("option", { value }, value ? String(value) : "one per cell"));
    for (const value of STRIDES) this.stride.append(html("option", { value }, String(value)));
    this.maps.addEventListener(
      "change",
      () => this.change({ function: this.maps.value }, "setting")
    );
    this.ratio.addEventListener(
      "change",
      () => this.change({ sampling_ratio: Number(this.ratio.value) }, "setting")
    );
    this.stride.addEventListener("change", () => this.restride(Number(this.stride.value)));
    this.aligned.addEventListener(
      "change",
      () => this.change({ aligned: this.aligned.checked }, "setting")
    );
    const reset = button("Reset", () => this.change(this.store.initial, "reset"), {
      "aria-label": "Reset all"
    });
    const panel = (kind, title) => html(
      "div",
      { class: `lv-panel lv-panel-${kind}` },
      html("h4", {}, title),
      this.says[kind],
      this[kind].element
    );
    this.outputs.append(
      this.tables.exact.element,
      this.tables.pool.element,
      this.tables.align.element
    );
    this.root.body.append(
      html(
        "div",
        { class: "lv-main" },
        panel("pool", "RoIPool rounds"),
        panel("align", "RoIAlign samples")
      ),
      this.outputs,
      this.where,
      html(
        "div",
        { class: "lv-controls" },
        html("label", {}, html("span", {}, "map"), this.maps),
        this.bins.element,
        html("label", {}, html("span", {}, "samples per bin and axis"), this.ratio),
        html("label", {}, this.aligned, html("span", {}, "half pixel (aligned)")),
        html("label", {}, html("span", {}, "stride, px"), this.stride),
        reset
      ),
      this.patience.element
    );
  }
};
function choose(element, value) {
  if (![...element.options].some((option) => option.value === value))
    element.append(html("option", { value }, value));
  element.value = value;
}
var error = (value) => fixed(value, 3);

// src/roilab/index.ts
var label2 = "RoILab: what RoIPool rounds and RoIAlign samples";
var help = [
  ...BOX_HELP,
  ["Point", "at a sample point of RoIAlign to see the cells that it interpolates"],
  SLIDER_HELP
];
var roilab_default2 = knobWidget(
  { name: "roilab", label: label2, help, css: handles_default + controls_default + roilab_default },
  RoILabView
);
export {
  roilab_default2 as default
};
