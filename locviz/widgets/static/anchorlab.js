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

// src/anchorlab/anchorlab.css
var anchorlab_default = '.locviz-anchorlab {\n  max-width: calc(1010px * var(--lv-scale));\n}\n.locviz-anchorlab .lv-main {\n  display: grid;\n  grid-template-columns: minmax(0, 1fr) minmax(0, 1.05fr);\n  gap: 0.8em 1.8em;\n  align-items: start;\n}\n.locviz-anchorlab svg text {\n  font-size: 12px;\n}\n.locviz-anchorlab .lv-pager {\n  flex-wrap: wrap;\n}\n.locviz-anchorlab .lv-pager > span {\n  display: flex;\n  align-items: center;\n  gap: 0.6em;\n}\n.locviz-anchorlab .lv-scene {\n  display: block;\n  max-width: calc(300px * var(--lv-scale) * var(--lv-aspect, 1));\n  margin: 0 auto;\n  user-select: none;\n  --lv-zoom: 1;\n}\n.locviz-anchorlab .lv-scene .lv-mark {\n  cursor: pointer;\n}\n.locviz-anchorlab .lv-overlay rect,\n.locviz-anchorlab .lv-overlay path,\n.locviz-anchorlab .lv-overlay circle {\n  vector-effect: non-scaling-stroke;\n}\n.locviz-anchorlab .lv-overlay > :not(g) {\n  pointer-events: none;\n}\n.locviz-anchorlab .lv-state {\n  fill: none;\n  stroke-linecap: round;\n}\n.locviz-anchorlab .lv-state-negative {\n  stroke: var(--lv-bg);\n  stroke-width: calc(2px * var(--lv-scale));\n  stroke-opacity: 0.75;\n}\n.locviz-anchorlab .lv-state-ignored {\n  stroke: var(--lv-overlap);\n  stroke-width: calc(5px * var(--lv-scale));\n}\n.locviz-anchorlab .lv-state-positive {\n  stroke: var(--lv-pull);\n  stroke-width: calc(9px * var(--lv-scale));\n}\n.locviz-anchorlab .lv-rim {\n  fill: none;\n  stroke: var(--lv-bg) !important;\n  stroke-opacity: 0.8;\n  stroke-width: calc(4.5px * var(--lv-scale));\n  stroke-dasharray: none !important;\n}\n.locviz-anchorlab .lv-state-negative.lv-rim {\n  display: none;\n}\n.locviz-anchorlab .lv-state-ignored.lv-rim {\n  stroke-width: calc(7.5px * var(--lv-scale));\n}\n.locviz-anchorlab .lv-state-positive.lv-rim {\n  stroke-width: calc(12px * var(--lv-scale));\n}\n.locviz-anchorlab .lv-scene .lv-cell {\n  fill: var(--lv-bg);\n  fill-opacity: 0.35;\n  stroke: var(--lv-text);\n  stroke-width: 1;\n}\n.locviz-anchorlab .lv-anchors {\n  fill: none;\n  stroke: var(--lv-text);\n  stroke-width: calc(1.5px * var(--lv-scale));\n  stroke-dasharray: 2 3;\n}\n.locviz-anchorlab .lv-anchors.lv-rim {\n  stroke-opacity: 0.5;\n  stroke-width: calc(3.5px * var(--lv-scale));\n}\n.locviz-anchorlab .lv-target-halo {\n  stroke: var(--lv-bg);\n  stroke-opacity: 0.75;\n  stroke-width: calc(6px * var(--lv-scale));\n}\n.locviz-anchorlab .lv-target-line {\n  stroke: var(--lv-target);\n  stroke-width: calc(3px * var(--lv-scale));\n}\n.locviz-anchorlab .lv-best {\n  stroke: var(--lv-prediction);\n  stroke-width: calc(2.5px * var(--lv-scale));\n  stroke-dasharray: 9 4;\n}\n.locviz-anchorlab .lv-notes {\n  pointer-events: none;\n}\n.locviz-anchorlab .lv-overlay .lv-note {\n  fill: var(--lv-mark, var(--lv-target));\n  font-size: calc(12px * var(--lv-scale) / var(--lv-zoom));\n  font-weight: 600;\n  paint-order: stroke;\n  stroke: var(--lv-bg);\n  stroke-width: calc(4px / var(--lv-zoom));\n  stroke-linejoin: round;\n}\n.locviz-anchorlab .lv-handles .lv-mark {\n  stroke: var(--lv-target);\n}\n.locviz-anchorlab .lv-cross-hit {\n  fill: transparent;\n}\n.locviz-anchorlab .lv-overlay .lv-free {\n  pointer-events: none;\n}\n.locviz-anchorlab .lv-hint {\n  overflow: hidden;\n  margin: 0.5em 0 0;\n  color: var(--lv-soft);\n  text-overflow: ellipsis;\n  white-space: nowrap;\n}\n.locviz-anchorlab .lv-cross-halo {\n  stroke: var(--lv-bg);\n  stroke-width: calc(6px * var(--lv-scale));\n}\n.locviz-anchorlab .lv-cross-line {\n  stroke: var(--lv-text);\n  stroke-width: calc(2.5px * var(--lv-scale));\n}\n.locviz-anchorlab .lv-cross:focus-visible .lv-cross-line {\n  stroke: var(--lv-pull);\n  stroke-width: calc(4px * var(--lv-scale));\n}\n.locviz-anchorlab .lv-counts {\n  display: flex;\n  flex-wrap: wrap;\n  gap: 0.2em 1.4em;\n  list-style: none;\n  margin: 0.6em 0 0;\n  padding: 0;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-anchorlab .lv-counts li {\n  display: flex;\n  align-items: center;\n  gap: 0.4em;\n  margin: 0;\n}\n.locviz-anchorlab .lv-counts i {\n  border-radius: 50%;\n  width: 0.75em;\n  height: 0.75em;\n  background: var(--lv-pull);\n}\n.locviz-anchorlab .lv-counts .lv-key-ignored i {\n  width: 0.45em;\n  height: 0.45em;\n  background: var(--lv-overlap);\n}\n.locviz-anchorlab .lv-counts .lv-key-negative i {\n  width: 0.3em;\n  height: 0.3em;\n  background: var(--lv-control);\n}\n.locviz-anchorlab .lv-says {\n  margin: 0.3em 0 0.4em;\n  min-height: 2.9em;\n  color: var(--lv-soft);\n  font-variant-numeric: tabular-nums;\n}\n.locviz-anchorlab .lv-looks {\n  display: flex;\n  flex-wrap: wrap;\n  align-items: center;\n  gap: 0.4em;\n}\n.locviz-anchorlab .lv-looks > span {\n  color: var(--lv-soft);\n}\n.locviz-anchorlab .lv-looks button {\n  position: relative;\n  line-height: 1.15;\n  min-width: 2.9em;\n  padding: 0.25em 0.5em;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-anchorlab .lv-looks button > * {\n  display: block;\n}\n.locviz-anchorlab .lv-looks small {\n  font-size: 0.86em;\n}\n.locviz-anchorlab .lv-headline {\n  display: grid;\n  grid-template-columns: 1fr auto;\n  gap: 0 1em;\n  margin: 0 0 0.4em;\n  align-items: baseline;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-anchorlab .lv-line i {\n  display: inline-block;\n  width: 2em;\n  margin-inline-end: 0.5em;\n  vertical-align: middle;\n  border-top: 3px solid var(--lv-prediction);\n}\n.locviz-anchorlab .lv-line-default i {\n  border-top: 2px dashed var(--lv-text);\n}\n.locviz-anchorlab .lv-line-default {\n  grid-row: 2;\n  color: var(--lv-soft);\n}\n.locviz-anchorlab .lv-line-default b {\n  color: var(--lv-text);\n}\n.locviz-anchorlab .lv-recall {\n  font-size: 1.5em;\n  line-height: 1.3;\n}\n.locviz-anchorlab .lv-at {\n  grid-row: 1;\n  grid-column: 2;\n  color: var(--lv-soft);\n}\n.locviz-anchorlab .lv-chart {\n  width: 100%;\n  max-width: calc(480px * var(--lv-scale));\n  overflow: visible;\n}\n.locviz-anchorlab .lv-own {\n  fill: none;\n  stroke: var(--lv-prediction);\n  stroke-width: 2.6;\n  stroke-linejoin: round;\n}\n.locviz-anchorlab .lv-default {\n  fill: none;\n  stroke: var(--lv-text);\n  stroke-width: 1.6;\n  stroke-dasharray: 6 4;\n}\n.locviz-anchorlab .lv-threshold {\n  stroke: var(--lv-pull);\n  stroke-width: 1.5;\n  stroke-dasharray: 2 3;\n}\n.locviz-anchorlab .lv-own-dot {\n  fill: var(--lv-prediction);\n  stroke: var(--lv-bg);\n  stroke-width: 2;\n}\n.locviz-anchorlab .lv-tried circle {\n  fill: var(--lv-prediction);\n  fill-opacity: 0.45;\n}\n.locviz-anchorlab .lv-default-mark {\n  fill: none;\n  stroke: var(--lv-text);\n  stroke-width: 2;\n}\n.locviz-anchorlab .lv-design {\n  display: grid;\n  grid-template-columns: repeat(3, minmax(0, 1fr));\n  gap: 0.8em 1.8em;\n  margin-top: 0.5em;\n  padding-top: 0.7em;\n  border-top: 1px solid var(--lv-line);\n}\n.locviz-anchorlab h4 {\n  margin: 0 0 0.4em;\n  font: inherit;\n  font-weight: 600;\n}\n.locviz-anchorlab .lv-set-head {\n  display: flex;\n  align-items: center;\n  justify-content: space-between;\n  gap: 0.6em;\n  margin-bottom: 0.3em;\n}\n.locviz-anchorlab .lv-set-head h4 {\n  margin: 0;\n}\n.locviz-anchorlab .lv-values {\n  list-style: none;\n  margin: 0;\n  padding: 0;\n}\n.locviz-anchorlab .lv-values li {\n  display: flex;\n  align-items: center;\n  gap: 0.6em;\n  margin: 0 0 0.2em;\n}\n.locviz-anchorlab .lv-values .lv-slider {\n  display: flex;\n  align-items: center;\n  gap: 0.6em;\n}\n.locviz-anchorlab .lv-values .lv-slider > span {\n  color: var(--lv-soft);\n}\n.locviz-anchorlab .lv-remove {\n  padding: 0;\n}\n.locviz-anchorlab .lv-strides {\n  display: flex;\n  flex-wrap: wrap;\n  gap: 0.3em;\n  margin-bottom: 0.5em;\n}\n.locviz-anchorlab .lv-strides button {\n  min-width: 2.5em;\n  padding: 0.2em 0.5em;\n}\n.locviz-anchorlab .lv-more button {\n  padding: 0.2em 0.6em;\n  white-space: nowrap;\n}\n.locviz-anchorlab .lv-strides button[aria-pressed="true"]:disabled {\n  background: var(--lv-accent);\n  color: var(--lv-on-accent);\n}\n.locviz-anchorlab .lv-more,\n.locviz-anchorlab .lv-field {\n  display: flex;\n  flex-wrap: wrap;\n  align-items: center;\n  gap: 0.4em;\n}\n.locviz-anchorlab .lv-field span {\n  color: var(--lv-soft);\n}\n.locviz-anchorlab .lv-field input {\n  font: inherit;\n  width: 3.8em;\n  min-height: 2.2em;\n  padding: 0.2em 0.4em;\n  color: var(--lv-text);\n  background: var(--lv-panel);\n  border: 1px solid var(--lv-control);\n  border-radius: 6px;\n}\n.locviz-anchorlab .lv-field input::placeholder {\n  color: var(--lv-soft);\n}\n.locviz-anchorlab .lv-controls {\n  gap: 0 1.4em;\n  margin-top: 0.3em;\n  padding-top: 0;\n  border-top: none;\n}\n.locviz-anchorlab .lv-controls input[type="checkbox"] {\n  width: 18px;\n  height: 18px;\n  margin: 0;\n  accent-color: var(--lv-accent);\n}\n@container (max-width: 700px) {\n  .locviz-anchorlab .lv-main,\n  .locviz-anchorlab .lv-design {\n    grid-template-columns: minmax(0, 1fr);\n  }\n}\n@container (min-width: 900px) {\n  .locviz-anchorlab .lv-scene {\n    max-width: calc(360px * var(--lv-scale) * var(--lv-aspect, 1));\n  }\n}\n';

// src/shared/buffers.ts
var copied = ({ buffer, byteOffset, byteLength }) => buffer.slice(byteOffset, byteOffset + byteLength);
var floats = (buffer) => new Float32Array(copied(buffer));
var bytes = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);

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
    const place2 = { x: x1, y: y1, width: Math.max(x2 - x1, 0), height: Math.max(y2 - y1, 0) };
    const { x, y, anchor } = notePlace([x1, y1, x2, y2], this.width, note.length * this.letter);
    return svg(
      "g",
      { class: `lv-mark lv-mark-${kind}` },
      svg("title", {}, title),
      svg("rect", { class: "lv-mark-rim", ...place2 }),
      svg("rect", { class: "lv-mark-line", ...place2 }),
      ...note ? [svg("text", { x, y, "text-anchor": anchor }, note)] : []
    );
  }
};

// src/shared/axes.ts
function linear([d0, d1], [r0, r1]) {
  const slope = d1 === d0 ? 0 : (r1 - r0) / (d1 - d0);
  return (value) => r0 + (value - d0) * slope;
}
function ticks(low, high, count2) {
  if (!(high > low) || count2 < 1) return [low];
  const rough = (high - low) / count2;
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

// src/anchorlab/lattice.ts
function cellAt(point, stride, [rows2, columns]) {
  const index = (value, size) => Math.min(Math.max(Math.floor(value / stride), 0), size - 1);
  const [j, i] = [index(point[0], columns), index(point[1], rows2)];
  return [j * stride, i * stride, (j + 1) * stride, (i + 1) * stride];
}
function dots(cells, [rows2, columns], stride, state) {
  let path = "";
  for (let k = 0; k < rows2 * columns; k++) {
    if (cells[k] !== state) continue;
    path += `M${(k % columns + 0.5) * stride} ${(Math.floor(k / columns) + 0.5) * stride}h0`;
  }
  return path;
}
var unlog = (logarithm) => Number((2 ** logarithm).toPrecision(3));
var plain = (value) => String(Number(value.toPrecision(3)));
function another(values, high) {
  const sorted = [...values].sort((a, b) => a - b);
  const next = sorted[sorted.length - 1] * 1.5;
  if (next <= high) return Number(next.toPrecision(3));
  return Number(Math.sqrt(sorted[0] * (sorted[1] ?? sorted[0] / 2)).toPrecision(3));
}
function count(value) {
  return value >= 1e4 ? `${Math.round(value / 1e3)}k` : Math.round(value).toLocaleString("en");
}

// src/anchorlab/charts.ts
var VIEW = [420, 178];
var BOX = { left: 40, top: 24, right: 410, bottom: 136 };
var IOUS = [0.3, 0.95];
var DECADES = [2, 5.6];
var RecallChart = class {
  element = frame("Recall against the IoU that an anchor must reach");
  axes;
  fallback = svg("path", { class: "lv-default" });
  own = svg("path", { class: "lv-own" });
  rule = svg("line", { class: "lv-threshold" });
  dot = svg("circle", { class: "lv-own-dot", r: 6 });
  constructor() {
    this.axes = axes({
      ...BOX,
      x: IOUS,
      y: [0, 1],
      yTicks: 5,
      xTicks: 7,
      format: (value) => fixed(value, 1),
      xLabel: "IoU that the best anchor must reach",
      yLabel: "recall: the part of all boxes that is reached"
    });
    this.element.append(this.axes.group, this.rule, this.fallback, this.own, this.dot);
  }
  show(own, fallback) {
    const { x, y } = this.axes;
    attributes(this.own, { d: line2(own.ious, own.recall, x, y) });
    attributes(this.fallback, { d: line2(fallback.ious, fallback.recall, x, y) });
  }
  showThreshold(threshold, recall) {
    const { x, y } = this.axes;
    const inside = threshold >= IOUS[0] && threshold <= IOUS[1];
    setVisible(this.rule, inside);
    setVisible(this.dot, inside && recall !== null);
    attributes(this.rule, { x1: x(threshold), x2: x(threshold), y1: BOX.top, y2: BOX.bottom });
    attributes(this.dot, { cx: x(threshold), cy: y(recall ?? 0) });
  }
};
var PriceChart = class {
  element = frame(
    "Recall against anchors per image: every design tried, the default and the present one"
  );
  axes;
  tried = svg("g", { class: "lv-tried" });
  fallback = svg("path", { class: "lv-default-mark" });
  own = svg("circle", { class: "lv-own-dot", r: 6 });
  constructor() {
    this.axes = axes({
      ...BOX,
      x: DECADES,
      y: [0, 1],
      yTicks: 5,
      xTicks: 4,
      format: decades,
      xLabel: "anchors per image",
      yLabel: "recall at the positive threshold: every design you tried"
    });
    this.element.append(this.axes.group, this.tried, this.fallback, this.own);
  }
  /** Designs as pairs of anchors per image and recall, the present one last. */
  show(designs, fallback) {
    const at = ([anchors, recall]) => [
      this.axes.x(Math.log10(Math.max(anchors, 1))),
      this.axes.y(recall)
    ];
    const points = Array.from(
      { length: designs.length / 2 },
      (_, i) => at([designs[2 * i], designs[2 * i + 1]])
    );
    const known = points.filter(([, y2]) => Number.isFinite(y2));
    this.tried.replaceChildren(...known.map(([cx, cy]) => svg("circle", { cx, cy, r: 2.5 })));
    const [x, y] = at(fallback);
    setVisible(this.fallback, Number.isFinite(y));
    attributes(this.fallback, { d: `M${x} ${y - 7}l7 7l-7 7l-7 -7Z` });
    const last = known[known.length - 1];
    setVisible(this.own, last !== void 0);
    if (last) attributes(this.own, { cx: last[0], cy: last[1] });
  }
};
function decades(value) {
  if (value <= 1) return fixed(value, 1);
  return Number.isInteger(value) ? count(10 ** value) : "";
}
function frame(label2) {
  return svg("svg", {
    class: "lv-chart",
    viewBox: `0 0 ${VIEW[0]} ${VIEW[1]}`,
    role: "img",
    "aria-label": label2
  });
}

// src/anchorlab/hints.ts
var HINTS = {
  rest: "Drag the box; click another box to drag that one; click between the boxes to look at another cell.",
  target: "The target: drag its body, an edge or a corner; double-click puts it back where it was annotated.",
  cell: "The cell whose anchors are drawn: drag it; double-click sends it back to the target's centre.",
  scales: "An anchor's side, in strides of its level: it is as large as a square of this side.",
  ratios: "An anchor's height over its width; its area stays the same.",
  add: "Add one more: every cell gets more anchors.",
  remove: "Leave this one out: every cell gets fewer anchors.",
  stride: "Switch the level with this stride (pixels per cell) on or off; the last one stays.",
  another: "A stride of your own, 2 to 256 pixels; Enter adds its level.",
  addStride: "Add a level with the stride in the field.",
  looks: "Draw the anchors of this level; below it, how many of them are positive.",
  best: "Draw the level of the target's best anchor, whichever it is.",
  positive: "From this IoU with a box an anchor is positive; recall is read here.",
  negative: "Below this IoU with every box an anchor is negative; in between it is ignored.",
  forced: "Each box's best anchors are positive, however little they overlap it (the rule of Faster R-CNN's RPN).",
  reset: "Everything goes back to where the cell put it."
};
var FLIPS = {
  "Previous image": "Turn to the image before; its first box becomes the target.",
  "Next image": "Turn to the next image; its first box becomes the target.",
  "Previous box": "Take the image's box before as the target.",
  "Next box": "Take the image's next box as the target."
};

// src/anchorlab/messages.ts
var KNOBS = [
  "scales",
  "ratios",
  "strides",
  "positive",
  "negative",
  "forced",
  "target",
  "cell",
  "level"
];
var LIMITS = {
  scales: { low: 0.25, high: 64, most: 6 },
  ratios: { low: 0.05, high: 20, most: 7 },
  strides: { low: 2, high: 256, most: 7 },
  positive: { low: 0, high: 1, aboveLow: true },
  negative: { low: 0, high: 1, aboveLow: true },
  level: { low: 0, high: Infinity }
};

// src/anchorlab/levels.ts
var { low: LEAST, high: GREATEST } = LIMITS.strides;
var USUAL = [4, 8, 16, 32, 64, 128];
function stridesOf(...designs) {
  return [.../* @__PURE__ */ new Set([...USUAL, ...designs.flat()])].sort((a, b) => a - b);
}
function toggled(on, stride) {
  const kept = on.filter((other) => other !== stride);
  if (kept.length === on.length) return [...on, stride].sort((a, b) => a - b);
  return kept.length ? kept : null;
}
var Levels = class {
  constructor(hooks) {
    this.hooks = hooks;
    const add = button("+ stride", () => this.add(), { class: "lv-add" });
    this.extra.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") this.add();
    });
    const field = html("label", { class: "lv-field" }, html("span", {}, "another"), this.extra);
    this.switches.append(
      html("h4", {}, "strides (pixels per cell)"),
      this.buttons,
      this.more
    );
    this.more.append(hinted(field, HINTS.another), hinted(add, HINTS.addStride));
  }
  hooks;
  looks = html("div", {
    class: "lv-looks",
    role: "group",
    "aria-label": "Level whose anchors are drawn"
  });
  switches = html("div", { class: "lv-set" });
  /** The last row below the switches. */
  more = html("div", { class: "lv-more" });
  buttons = html("div", {
    class: "lv-strides",
    role: "group",
    "aria-label": "Strides that are on"
  });
  extra = html("input", {
    type: "number",
    min: LEAST,
    max: GREATEST,
    step: 1,
    placeholder: "24"
  });
  offered = "";
  looked = "";
  on = [];
  show(state) {
    this.on = state.on;
    this.showSwitches(state);
    this.showLooks(state);
  }
  add() {
    const stride = Math.round(Number(this.extra.value));
    if (!(stride >= LEAST && stride <= GREATEST) || this.on.includes(stride)) return;
    this.extra.value = "";
    this.hooks.put(toggled(this.on, stride));
  }
  showSwitches({ offered, on }) {
    if (this.offered !== String(offered)) {
      this.offered = String(offered);
      this.buttons.replaceChildren(...offered.map((stride) => this.switch(stride)));
    }
    for (const button2 of this.buttons.querySelectorAll("button")) {
      const stride = Number(button2.dataset.stride);
      button2.setAttribute("aria-pressed", String(on.includes(stride)));
      button2.disabled = on.length === 1 && on[0] === stride;
    }
  }
  switch(stride) {
    const button2 = html(
      "button",
      { type: "button", "data-stride": stride, "aria-label": `Stride ${stride}` },
      String(stride)
    );
    button2.addEventListener("click", () => {
      const strides = toggled(this.on, stride);
      if (strides) this.hooks.put(strides);
    });
    return hinted(button2, HINTS.stride);
  }
  showLooks({ known, counts, shown, best, chosen }) {
    if (this.looked !== String(known)) {
      this.looked = String(known);
      const all = [null, ...known.map((_, level) => level)];
      this.looks.replaceChildren(
        html("span", {}, "stride"),
        ...all.map((level) => this.look(level, known))
      );
    }
    this.looks.querySelectorAll("button").forEach((button2, i) => {
      const level = i === 0 ? null : i - 1;
      button2.setAttribute(
        "aria-pressed",
        String(level === chosen || chosen !== null && level === shown && chosen >= known.length)
      );
      const positive = level === null ? "" : counts[level][0].toLocaleString("en");
      const count2 = button2.querySelector(".lv-count");
      if (count2) setText(count2, level === null ? String(known[best]) : `${positive} +`);
    });
  }
  look(level, known) {
    const title = level === null ? "the best’s" : String(known[level]);
    const unseen = (words) => html("span", { class: "lv-hidden" }, words);
    const button2 = html(
      "button",
      { type: "button" },
      html("span", {}, ...level === null ? [] : [unseen("stride ")], title),
      " ",
      html("small", {}, html("span", { class: "lv-count" }), ...level === null ? [] : [unseen(" positive")])
    );
    button2.addEventListener("click", () => this.hooks.look(level));
    return hinted(button2, level === null ? HINTS.best : HINTS.looks);
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

// src/anchorlab/picture.ts
var STATES = ["negative", "ignored", "positive"];
var [LETTER, LINE] = [8, 17];
var MOST_DOTS = 3e3;
var Picture = class {
  constructor(hooks, signal) {
    this.hooks = hooks;
    this.scene = new SceneView(signal);
    const { target: read, moveTarget: write, resetTarget: reset, done, scale } = hooks;
    const handles = { name: "target", size: () => this.size, read, write, reset, done, scale, zoom: () => this.zoom };
    this.handles = new BoxHandles(handles, signal);
    this.cross.append(
      svg("circle", { class: "lv-cross-hit" }),
      svg("path", { class: "lv-cross-halo" }),
      svg("path", { class: "lv-cross-line" })
    );
    const still = [
      ...this.states.flat(),
      this.cell,
      ...this.anchors,
      this.halo,
      this.outline,
      this.bestRim,
      this.best,
      this.notes
    ];
    for (const layer of still) attributes(layer, { "aria-hidden": "true" });
    for (const grip of this.handles.element.querySelectorAll("[role=slider]"))
      hinted(grip, HINTS.target);
    hinted(this.cross, HINTS.cell);
    this.overlay.append(...still, this.handles.element, this.cross);
    this.scene.element.append(this.overlay);
    attributes(this.scene.element, { role: "group" });
    this.describePoint = this.makePointDraggable(signal);
    const pressed = (event) => this.gripped = event.target.closest(".lv-overlay") !== null;
    this.scene.element.addEventListener("pointerdown", pressed, { signal });
    this.scene.element.addEventListener("click", (event) => this.clicked(event), { signal });
    onResize(this.scene.element, () => this.resize(), signal);
  }
  hooks;
  scene;
  overlay = svg("g", { class: "lv-overlay" });
  // Whatever is drawn on a photograph has a rim in the page's colour, so that it shows on any ground.
  states = STATES.map((name) => [
    svg("path", { class: `lv-state lv-rim lv-state-${name}` }),
    svg("path", { class: `lv-state lv-state-${name}` })
  ]);
  anchors = [
    svg("path", { class: "lv-anchors lv-rim" }),
    svg("path", { class: "lv-anchors" })
  ];
  cell = svg("rect", { class: "lv-cell" });
  bestRim = svg("rect", { class: "lv-rim" });
  best = svg("rect", { class: "lv-best" });
  halo = svg("rect", { class: "lv-target-halo" });
  outline = svg("rect", { class: "lv-target-line" });
  notes = svg("g", { class: "lv-notes" });
  note = svg("text", { class: "lv-note" });
  marks = [];
  cross = svg("g", { class: "lv-cross" });
  handles;
  describePoint;
  size = [1, 1];
  zoom = 1;
  /** The press that a click ends began on a handle, which may have gone since. */
  gripped = false;
  showPhoto(size, png) {
    this.size = [size[1], size[0]];
    this.scene.showPhoto(size, png);
    this.scene.element.style.setProperty("--lv-aspect", String(size[1] / size[0]));
    this.resize();
  }
  /** Draw the other ground truths, and a note at each where there is room. */
  showTruths(marks, words) {
    this.scene.show(marks.map((mark) => ({ ...mark, note: "" })), words);
    this.marks = marks;
    const texts = marks.map(
      ({ kind, note }) => svg("text", { class: `lv-note lv-mark-${kind}` }, note)
    );
    this.notes.replaceChildren(this.note, ...texts);
    this.showNotes();
  }
  /** The target's own note comes first; one that would lie on another is left out: the box's title says it, too. */
  showNotes() {
    const unit = this.hooks.scale() / this.zoom;
    const texts = Array.from(this.notes.children);
    const boxes = [this.hooks.target(), ...this.marks.map(({ box }) => Array.from(box))];
    const labels = texts.map((text, i) => {
      return { box: boxes[i], wide: (text.textContent ?? "").length * LETTER * unit };
    });
    const [width, height] = this.size;
    const rules = { width, height, high: LINE * unit, gap: 5 * unit };
    labelPlaces(labels, rules).forEach((at, i) => {
      setVisible(texts[i], at !== null);
      if (at) attributes(texts[i], { x: at[0], y: at[1] });
    });
  }
  /** What the kernel says of the level and cell shown. */
  showLevel(level, point, anchors, best, note) {
    const { stride, shape, cells } = level;
    STATES.forEach((_, state) => {
      const crowded = state === 0 && cells.length > MOST_DOTS;
      const d = crowded ? "" : dots(cells, shape, stride, state);
      for (const path of this.states[state]) attributes(path, { d });
    });
    place(this.cell, cellAt(point, stride, shape));
    for (const path of this.anchors) attributes(path, { d: outlines(anchors) });
    for (const rect of [this.bestRim, this.best]) place(rect, best);
    setText(this.note, note);
    this.showNotes();
  }
  /** Put the target, its handles and the cross where they are now. */
  showHandles() {
    const target = this.hooks.target();
    place(this.outline, target);
    place(this.halo, target);
    this.handles.draw(target);
    const [x, y] = this.hooks.point();
    const unit = this.hooks.scale() / this.zoom;
    const [hit, ...lines] = this.cross.children;
    attributes(hit, { cx: x, cy: y, r: 13 * unit });
    for (const path of lines)
      attributes(path, {
        d: `M${x - 8 * unit} ${y}h${16 * unit}M${x} ${y - 8 * unit}v${16 * unit}`
      });
    this.showNotes();
    this.cross.classList.toggle("lv-free", this.hooks.free());
    this.describePoint();
  }
  /** A click on another ground truth takes it as the target; one between the boxes looks at that cell. */
  clicked(event) {
    if (this.gripped || !(event.target instanceof Element)) return;
    const mark = event.target.closest("g.lv-mark");
    const siblings = mark?.parentElement?.children;
    if (mark && siblings) return this.hooks.select([...siblings].indexOf(mark));
    this.hooks.movePoint(placeIn(this.overlay, event), "click");
    this.hooks.done();
  }
  makePointDraggable(signal) {
    const hold = (value, high) => Math.min(Math.max(value, 0), high);
    const handle = {
      element: this.cross,
      label: "Cell whose anchors are shown",
      move: ([x, y], dx, dy) => [
        hold(x + dx, this.size[0]),
        hold(y + dy, this.size[1])
      ],
      describe: ([x, y]) => ({
        now: x,
        min: 0,
        max: this.size[0],
        text: `at x ${fixed(x, 0)}, y ${fixed(y, 0)}`
      })
    };
    const options = {
      read: () => this.hooks.point(),
      write: (point, gesture) => this.hooks.movePoint(point, gesture),
      reset: () => this.hooks.freePoint(),
      done: () => this.hooks.done(),
      unitsPerPixel: () => unitsPerPixel(this.overlay)
    };
    return draggable(handle, options, signal);
  }
  resize() {
    const width = this.scene.element.getBoundingClientRect().width;
    if (!width) return;
    this.zoom = width / this.size[0];
    const view = this.scene.element.viewBox.baseVal.width;
    attributes(this.overlay, { transform: `scale(${view / this.size[0]})` });
    this.scene.element.style.setProperty("--lv-zoom", String(this.zoom));
    this.showHandles();
  }
};

// src/anchorlab/values.ts
var Values = class {
  constructor(options) {
    this.options = options;
    this.add = html("button", { type: "button", class: "lv-add" }, `+ ${options.one}`);
    this.add.addEventListener(
      "click",
      () => this.put([...options.read(), another(options.read(), options.high)], "add")
    );
    this.element = html(
      "div",
      { class: "lv-set" },
      html("div", { class: "lv-set-head" }, html("h4", {}, options.title), hinted(this.add, HINTS.add)),
      this.list
    );
  }
  options;
  element;
  list = html("ul", { class: "lv-values" });
  add;
  rows = [];
  show(values) {
    if (values.length !== this.rows.length) this.build(values.length);
    this.rows.forEach(({ slider, remove }, i) => {
      slider.show(Math.log2(values[i]));
      attributes(remove, {
        disabled: values.length === 1,
        "aria-label": `Leave out ${this.options.one} ${plain(values[i])}`
      });
    });
    attributes(this.add, { disabled: values.length >= this.options.most });
  }
  put(values, gesture) {
    this.options.changed(values, gesture);
    this.options.done();
  }
  build(length) {
    const { one, low, high, read, changed, reset, done } = this.options;
    this.rows = Array.from({ length }, (_, i) => {
      const replaced = (logarithm) => read().map((old, k) => k === i ? unlog(logarithm) : old);
      const slider = new Slider({
        label: `${one} ${i + 1}`,
        min: Math.log2(low),
        max: Math.log2(high),
        step: 1 / 16,
        format: (logarithm) => plain(unlog(logarithm)),
        changed: (logarithm, gesture) => changed(replaced(logarithm), gesture),
        reset,
        done
      });
      const remove = html("button", { type: "button", class: "lv-remove" }, "×");
      remove.addEventListener(
        "click",
        () => this.put(
          read().filter((_2, k) => k !== i),
          "remove"
        )
      );
      hinted(slider.element, one === "scale" ? HINTS.scales : HINTS.ratios);
      return { slider, remove: hinted(remove, HINTS.remove) };
    });
    this.list.replaceChildren(
      ...this.rows.map(({ slider, remove }) => html("li", {}, slider.element, remove))
    );
  }
};

// src/anchorlab/words.ts
var OUTCOMES = ["positive", "ignored", "negative"];
function headline(result, own, reference) {
  const mine = html("b", { class: "lv-recall" }, share(result.recall));
  const theirs = html("b", {}, share(result.default_recall));
  const line3 = (kind, word, recall, tail) => html("span", { class: `lv-line lv-line-${kind}` }, html("i", {}), word, recall, tail);
  return [
    line3("own", "recall ", mine, ` with ${count(own.num_anchors)} anchors`),
    line3("default", "default ", theirs, ` with ${count(reference.num_anchors)}`),
    html("span", { class: "lv-at" }, `at IoU ${fixed(result.positive, 2)}`)
  ];
}
function tally(counts) {
  return OUTCOMES.map((name, i) => {
    const number = html("b", {}, counts[i].toLocaleString("en"));
    return html("li", { class: `lv-key-${name}` }, html("i", {}), number, ` ${name}`);
  });
}
function bestInWords({ best, design, gt_num, selected }) {
  const stride = design.strides[best.level];
  const anchor = `stride ${stride}, scale ${plain(best.scale)}, ratio ${plain(best.ratio)}`;
  const said = `Best anchor of the target: IoU ${fixed(best.iou, 3)} (${anchor}), ${best.outcome}`;
  return `${said} by the thresholds; ${responsible(gt_num[selected] ?? gt_num[0])} for it.`;
}
var responsible = (count2) => count2 === 1 ? "1 anchor is responsible" : `${count2} anchors are responsible`;
function spokenResult({ recall, best, counts }, own) {
  const price = `Recall ${share(recall)} with ${count(own.num_anchors)} anchors`;
  return `${price}; best IoU of the target ${fixed(best.iou, 2)}; ${counts[0]} positive`;
}

// src/anchorlab/view.ts
var AnchorLabView = class {
  constructor(model, root, questions, signal) {
    this.model = model;
    this.root = root;
    this.store = new KnobStore(KNOBS, model, questions, () => this.knobsMoved(), signal);
    this.patience = this.store.patience(root, () => model.get("result").seq, signal);
    this.picture = new Picture(this.hooks(), signal);
    this.levels = new Levels({
      look: (level) => this.change({ level }, "level"),
      put: (strides) => this.change({ strides, level: null }, "strides")
    });
    this.scales = this.values("scales", "scale", "scales (side in strides)");
    this.ratios = this.values("ratios", "ratio", "ratios (height / width)");
    this.positive = this.slider("positive from IoU", "positive");
    this.negative = this.slider("negative below IoU", "negative");
    this.layOut(signal);
    listen(model, "change:photo", () => this.photoArrived(), signal);
    listen(model, "change:curve", () => this.curveArrived(), signal);
    listen(model, "change:result", () => this.resultArrived(), signal);
    this.photoArrived();
    this.curveArrived();
    this.resultArrived();
    this.knobsMoved();
  }
  model;
  root;
  store;
  patience;
  picture;
  levels;
  recall = new RecallChart();
  price = new PriceChart();
  scales;
  ratios;
  positive;
  negative;
  forced = html("input", { type: "checkbox" });
  headline = html("p", { class: "lv-headline" });
  says = html("p", { class: "lv-says" });
  page = html("span", { class: "lv-page" });
  box = html("span", { class: "lv-page" });
  counts = html("ul", { class: "lv-counts" });
  drawn = [];
  // What the user does
  change(change, gesture) {
    this.store.change(change, gesture);
    this.announce();
  }
  command(name, ...args) {
    const command = { kind: "command", name, arguments: args };
    this.model.send(command);
    this.announce();
  }
  /** A threshold pushes the other one along: no anchor can be both. */
  threshold(name, value, gesture) {
    const { positive, negative } = this.store.knobs;
    const pair = name === "positive" ? { positive: value, negative: Math.min(negative, value) } : { negative: value, positive: Math.max(positive, value) };
    this.store.change(pair, gesture);
  }
  hooks() {
    const point = () => {
      const { cell, target } = this.store.knobs;
      return cell ?? [(target[0] + target[2]) / 2, (target[1] + target[3]) / 2];
    };
    return {
      target: () => this.store.knobs.target,
      point,
      scale: () => this.model.get("scale"),
      moveTarget: (target, gesture) => this.store.change({ target }, gesture),
      movePoint: (cell, gesture) => this.store.change({ cell }, gesture),
      resetTarget: () => this.command("select", this.result.selected),
      free: () => this.store.knobs.cell === null,
      freePoint: () => this.change({ cell: null }, "reset"),
      done: () => this.announce(),
      select: (mark) => this.drawn[mark] !== void 0 && this.command("select", this.drawn[mark])
    };
  }
  knobsMoved() {
    const { scales, ratios, positive, negative, forced } = this.store.knobs;
    this.picture.showHandles();
    this.scales.show(scales);
    this.ratios.show(ratios);
    this.positive.show(positive);
    this.negative.show(negative);
    this.forced.checked = forced;
    this.showLevels();
    this.patience.wait();
  }
  // What the kernel says
  get result() {
    return this.model.get("result");
  }
  photoArrived() {
    const { size, png, image, num } = this.model.get("photo");
    this.picture.showPhoto(size, png);
    setText(this.page, `image ${image + 1} of ${num}`);
  }
  curveArrived() {
    const curve = (sent) => ({ ious: floats(sent.ious), recall: floats(sent.recall) });
    this.recall.show(curve(this.model.get("curve")), curve(this.model.get("reference")));
    this.showHeadline();
  }
  resultArrived() {
    const result = this.result;
    const { seq, design, best, shown_level: level, states, counts, positive } = result;
    const perCell = design.scales.length * design.ratios.length;
    const anchors = rows(floats(result.cell_anchors)).slice(level * perCell, (level + 1) * perCell);
    const cells = bytes(states.cells);
    this.picture.showLevel(
      { stride: design.strides[level], shape: states.shape, cells },
      result.point,
      anchors,
      best.region,
      `best IoU ${fixed(best.iou, 2)}`
    );
    this.showTruths(result);
    this.recall.showThreshold(positive, result.recall);
    const { num_anchors } = this.model.get("reference");
    this.price.show(floats(result.tried), [num_anchors, result.default_recall ?? NaN]);
    setText(this.says, bestInWords(result));
    this.counts.replaceChildren(...tally(counts));
    this.showHeadline();
    this.showLevels();
    if (seq >= this.store.seq) this.patience.end();
  }
  /** The picture's other ground truths: solid where an anchor reaches them, dotted where none does. */
  showTruths({ gt, gt_iou, gt_num, selected, positive }) {
    const ious = floats(gt_iou);
    const all = rows(floats(gt));
    const target = Math.min(selected, all.length - 1);
    this.drawn = all.map((_, i) => i).filter((i) => i !== target);
    const marks = this.drawn.map((i) => {
      const reached2 = ious[i] >= positive;
      const title = `box ${i + 1}: best IoU ${fixed(ious[i], 2)}, ${responsible(gt_num[i])} for it; click to take it as the target`;
      return { box: all[i], kind: reached2 ? "right" : "missed", note: fixed(ious[i], 2), title };
    });
    const reached = [...ious].filter((iou) => iou >= positive).length;
    this.picture.showTruths(
      marks,
      `Image with ${all.length} boxes, ${reached} of them reached by an anchor`
    );
    setText(this.box, `box ${target + 1} of ${all.length}`);
  }
  showHeadline() {
    const [own, reference] = [this.model.get("curve"), this.model.get("reference")];
    this.headline.replaceChildren(...headline(this.result, own, reference));
  }
  showLevels() {
    const { design, level_counts, shown_level, best } = this.result;
    const offered = stridesOf(this.model.get("reference").design.strides, this.store.knobs.strides);
    this.levels.show({
      offered,
      on: this.store.knobs.strides,
      known: design.strides,
      counts: level_counts,
      shown: shown_level,
      best: best.level,
      chosen: this.store.knobs.level
    });
  }
  announce() {
    this.root.sayAnswer(() => spokenResult(this.result, this.model.get("curve")));
  }
  // Layout
  values(name, one, title) {
    return new Values({
      one,
      title,
      ...LIMITS[name],
      read: () => this.store.knobs[name],
      changed: (values, gesture) => this.store.change({ [name]: values }, gesture),
      reset: () => this.change({ [name]: this.store.initial[name] }, "reset"),
      done: () => this.announce()
    });
  }
  slider(label2, name) {
    return new Slider({
      label: label2,
      min: 0.05,
      max: 0.95,
      step: 0.01,
      format: (value) => fixed(value, 2),
      changed: (value, gesture) => this.threshold(name, value, gesture),
      reset: () => this.threshold(name, this.store.initial[name], "reset"),
      done: () => this.announce()
    });
  }
  layOut(signal) {
    const turn = (by) => () => {
      const many = this.result.gt_num.length;
      this.command("select", (this.result.selected + by + many) % many);
    };
    const flip = (sign, label2, act) => hinted(button(sign, act, { "aria-label": label2 }), FLIPS[label2]);
    const pager = html(
      "div",
      { class: "lv-pager" },
      html(
        "span",
        {},
        flip("‹", "Previous image", () => this.command("step", -1)),
        this.page,
        flip("›", "Next image", () => this.command("step", 1))
      ),
      html(
        "span",
        {},
        flip("‹", "Previous box", turn(-1)),
        this.box,
        flip("›", "Next box", turn(1))
      )
    );
    const left = html(
      "div",
      { class: "lv-left" },
      pager,
      this.picture.scene.element,
      this.counts,
      this.says,
      this.levels.looks
    );
    const right = html(
      "div",
      { class: "lv-right" },
      this.headline,
      this.recall.element,
      this.price.element,
      this.rule()
    );
    const reset = button("Reset", () => this.command("reset"), { "aria-label": "Reset all" });
    this.levels.more.append(hinted(reset, HINTS.reset));
    this.root.body.append(
      html("div", { class: "lv-main" }, left, right),
      new HintLine(this.root.body, HINTS.rest, signal).element,
      html(
        "div",
        { class: "lv-design" },
        this.scales.element,
        this.ratios.element,
        this.levels.switches
      ),
      this.patience.element
    );
  }
  /** The thresholds, and what is forced. */
  rule() {
    this.forced.addEventListener(
      "change",
      () => this.change({ forced: this.forced.checked }, "setting")
    );
    const forced = html(
      "label",
      {},
      this.forced,
      html("span", {}, "every box gets its best anchors")
    );
    return html(
      "div",
      { class: "lv-controls" },
      hinted(this.positive.element, HINTS.positive),
      hinted(this.negative.element, HINTS.negative),
      hinted(forced, HINTS.forced)
    );
  }
};

// src/anchorlab/index.ts
var label = "AnchorLab: which boxes a design of anchors reaches";
var help = [
  ...BOX_HELP,
  ["Click", "on another box takes that one; between the boxes it shows that cell's anchors"],
  SLIDER_HELP
];
var anchorlab_default2 = knobWidget(
  { name: "anchorlab", label, help, css: scene_default + handles_default + controls_default + anchorlab_default },
  AnchorLabView
);
export {
  anchorlab_default2 as default
};
