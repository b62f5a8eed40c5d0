// src/shared/model.ts
function listen(model, event, callback, signal) {
  model.on(event, callback);
  signal.addEventListener("abort", () => model.off(event, callback));
}

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
function written(value2) {
  if (value2 === false || value2 === null || value2 === void 0) return null;
  if (value2 === true) return "";
  return typeof value2 === "number" ? coordinate(value2) : value2;
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
function coordinate(value2) {
  return Number.isFinite(value2) ? String(Math.round(value2 * 1e3) / 1e3) : "0";
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

// src/shared/help.ts
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

// src/shared/scene.css
var scene_default = ".locviz .lv-scene {\n  width: 100%;\n  border-radius: 4px;\n}\n.locviz .lv-scene-ground {\n  fill: var(--lv-raised);\n}\n.locviz .lv-scene rect {\n  fill: none;\n}\n.locviz .lv-scene .lv-scene-ground {\n  fill: var(--lv-raised);\n}\n.locviz .lv-scene .lv-mark {\n  --lv-mark: var(--lv-text);\n  pointer-events: all;\n}\n.locviz .lv-scene .lv-mark-rim {\n  stroke: var(--lv-bg);\n  stroke-opacity: 0.7;\n  stroke-width: 4.5;\n}\n.locviz .lv-scene .lv-mark-line {\n  stroke: var(--lv-mark);\n  stroke-width: 2.2;\n}\n.locviz .lv-scene .lv-mark text {\n  fill: var(--lv-mark);\n  font-size: 12px;\n  font-weight: 600;\n  paint-order: stroke;\n  stroke: var(--lv-bg);\n  stroke-width: 4px;\n  stroke-linejoin: round;\n}\n.locviz .lv-mark-right,\n.locviz .lv-key-right {\n  --lv-mark: var(--lv-good) !important;\n}\n.locviz .lv-mark-wrong,\n.locviz .lv-key-wrong {\n  --lv-mark: var(--lv-pull) !important;\n}\n.locviz .lv-mark-wrong .lv-mark-line {\n  stroke-dasharray: 7 3;\n}\n.locviz .lv-mark-missed,\n.locviz .lv-key-missed {\n  --lv-mark: var(--lv-overlap) !important;\n}\n.locviz .lv-mark-missed .lv-mark-line {\n  stroke-dasharray: 2 3;\n}\n.locviz .lv-mark-found .lv-mark-line,\n.locviz .lv-mark-ignored .lv-mark-line {\n  stroke-width: 1.4;\n  stroke-dasharray: 1 4;\n}\n.locviz .lv-mark-predicted {\n  --lv-mark: var(--lv-prediction) !important;\n}\n.locviz .lv-outcomes {\n  display: flex;\n  flex-wrap: wrap;\n  gap: 0.2em 1.2em;\n  list-style: none;\n  margin: 0.6em 0 0;\n  padding: 0;\n  font-variant-numeric: tabular-nums;\n}\n.locviz .lv-outcomes li {\n  display: flex;\n  align-items: center;\n  gap: 0.5em;\n  margin: 0;\n  color: var(--lv-mark);\n  font-weight: 600;\n}\n.locviz .lv-outcomes i {\n  width: 1.8em;\n  border-top: 2.5px solid var(--lv-mark);\n}\n.locviz .lv-key-wrong i {\n  border-top-style: dashed;\n}\n.locviz .lv-key-missed i {\n  border-top-style: dotted;\n}\n";

// src/monitor/monitor.css
var monitor_default = ".locviz-monitor {\n  max-width: calc(1010px * var(--lv-scale));\n}\n.locviz-monitor .lv-head {\n  display: flex;\n  flex-wrap: wrap;\n  align-items: center;\n  gap: 0.4em 1em;\n}\n.locviz-monitor .lv-status {\n  font-size: 1.25em;\n  min-width: 6em;\n}\n.locviz-monitor .lv-progress-words {\n  color: var(--lv-soft);\n  font-variant-numeric: tabular-nums;\n}\n.locviz-monitor .lv-buttons {\n  display: flex;\n  gap: 0.6em;\n  margin-left: auto;\n}\n.locviz-monitor .lv-buttons button {\n  min-width: 6em;\n}\n.locviz-monitor .lv-buttons button.lv-primary:disabled {\n  color: var(--lv-soft);\n  background: var(--lv-panel);\n  border-color: var(--lv-control);\n}\n.locviz-monitor progress {\n  appearance: none;\n  display: block;\n  width: 100%;\n  height: 6px;\n  margin: 0.8em 0 1em;\n  border: 0;\n  border-radius: 3px;\n  background: var(--lv-line);\n  overflow: hidden;\n}\n.locviz-monitor progress::-webkit-progress-bar {\n  background: var(--lv-line);\n}\n.locviz-monitor progress::-webkit-progress-value {\n  background: var(--lv-accent);\n}\n.locviz-monitor progress::-moz-progress-bar {\n  background: var(--lv-accent);\n}\n.locviz-monitor .lv-charts {\n  display: grid;\n  grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);\n  gap: 1.6em;\n}\n.locviz-monitor .lv-chart {\n  width: 100%;\n}\n.locviz-monitor svg text {\n  font-size: 11px;\n}\n.locviz-monitor .lv-curve {\n  fill: none;\n  stroke-linejoin: round;\n}\n.locviz-monitor .lv-series {\n  display: flex;\n  flex-wrap: wrap;\n  gap: 0.1em 1.2em;\n  list-style: none;\n  margin: 0.2em 0 0;\n  padding: 0;\n  min-height: 1.5em;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-monitor .lv-series li {\n  display: flex;\n  align-items: center;\n  gap: 0.5em;\n  margin: 0;\n}\n.locviz-monitor .lv-below {\n  display: flex;\n  flex-wrap: wrap;\n  align-items: center;\n  gap: 0.3em 1.6em;\n  margin: 1em 0 0.6em;\n}\n.locviz-monitor .lv-below .lv-caption,\n.locviz-monitor .lv-below .lv-outcomes {\n  margin: 0;\n}\n.locviz-monitor .lv-slider {\n  display: flex;\n  align-items: center;\n  gap: 0.6em;\n}\n.locviz-monitor .lv-slider span {\n  color: var(--lv-soft);\n}\n.locviz-monitor .lv-slider input {\n  width: 10em;\n  height: 28px;\n  margin: 0;\n  accent-color: var(--lv-accent);\n}\n.locviz-monitor .lv-slider output {\n  min-width: 5em;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-monitor .lv-scenes {\n  display: flex;\n  flex-wrap: wrap;\n  gap: 0.8em;\n}\n.locviz-monitor .lv-scenes svg {\n  flex: 1 1 calc(165px * var(--lv-scale));\n  max-width: calc(250px * var(--lv-scale));\n}\n.locviz-monitor .lv-scenes .lv-mark text {\n  font-size: 17px;\n  stroke-width: 5px;\n}\n@container (max-width: 620px) {\n  .locviz-monitor .lv-charts {\n    grid-template-columns: minmax(0, 1fr);\n  }\n}\n";

// src/shared/buffers.ts
var copied = ({ buffer, byteOffset, byteLength }) => buffer.slice(byteOffset, byteOffset + byteLength);
var floats = (buffer) => new Float32Array(copied(buffer));

// src/shared/format.ts
function short(value2, digits = 3) {
  if (!Number.isFinite(value2)) return Number.isNaN(value2) ? "not a number" : value2 > 0 ? "∞" : "−∞";
  if (value2 === 0) return "0";
  const size = Math.abs(value2);
  if (size >= 10 ** 6 || size < 10 ** -4) return minus(exponent(value2, digits));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return minus(value2.toFixed(Math.min(decimals, 6)));
}
function fixed(value2, decimals) {
  const text = rounded(value2, decimals);
  return minus(Number(text) === 0 ? text.replace("-", "") : text);
}
function share(value2) {
  return value2 === null || Number.isNaN(value2) ? "undefined" : fixed(value2, 3);
}
function rounded(value2, decimals) {
  const text = value2.toFixed(decimals);
  const tie = Math.abs(value2 * 2 ** (decimals + 1)) % 2 === 1;
  const last = Number(text.at(-1));
  return tie && last % 2 === 1 ? text.slice(0, -1) + (last - 1) : text;
}
function exponent(value2, digits) {
  const [mantissa, power] = value2.toExponential(digits - 1).split("e");
  return `${mantissa}e${Number(power)}`;
}
function minus(text) {
  return text.replaceAll("-", "−");
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
    const [x1, y1, x2, y2] = Array.from(box, (value2) => value2 * this.zoom);
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
  show(value2) {
    if (Number(this.input.value) !== value2) this.input.value = String(value2);
    const text = this.options.format(value2);
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

// src/shared/axes.ts
function linear([d0, d1], [r0, r1]) {
  const slope = d1 === d0 ? 0 : (r1 - r0) / (d1 - d0);
  return (value2) => r0 + (value2 - d0) * slope;
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
  for (const value2 of ticks(...options2.x, options2.xTicks ?? 5)) {
    group.append(
      svg("line", { class: "lv-grid", x1: x(value2), x2: x(value2), y1: top, y2: bottom })
    );
    group.append(
      svg("text", { x: x(value2), y: bottom + 15, "text-anchor": "middle" }, format(value2))
    );
  }
  for (const value2 of ticks(...options2.y, options2.yTicks ?? 4)) {
    group.append(
      svg("line", { class: "lv-grid", x1: left, x2: right, y1: y(value2), y2: y(value2) })
    );
    group.append(
      svg("text", { x: left - 6, y: y(value2) + 4, "text-anchor": "end" }, yFormat(value2))
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

// src/monitor/charts.ts
var VIEW = [420, 236];
var BOX = { left: 40, top: 24, right: 408, bottom: 196 };
var DASHES = [null, "7 3", "2 2", "8 3 2 3", "12 4", "5 2"];
var FIGURE_COLOURS = [3, 4, 5, 1];
var FIGURE_DASHES = [null, "7 3", "2 2", "8 3 2 3"];
function lossSeries(names, rows2) {
  const width = names.length + 1;
  const column = (j) => Array.from({ length: Math.floor(rows2.length / width) }, (_, i) => rows2[i * width + j]);
  return names.map((name, i) => {
    const total = name === "total";
    const colour = total ? "var(--lv-text)" : `var(--lv-series-${1 + i % 7})`;
    return {
      name,
      colour,
      dash: total ? null : DASHES[1 + i % 5],
      xs: column(0),
      ys: column(i + 1)
    };
  });
}
function figureSeries(rows2) {
  const names = rows2.length ? Object.keys(rows2[rows2.length - 1].figures) : [];
  return names.map((name, i) => ({
    name,
    colour: `var(--lv-series-${FIGURE_COLOURS[i % 4]})`,
    dash: FIGURE_DASHES[i % 4],
    xs: rows2.map(({ step }) => step),
    ys: rows2.map(({ figures }) => figures[name] ?? NaN)
  }));
}
function ceiling(series) {
  const later = series.flatMap(({ ys }) => ys.slice(Math.min(Math.floor(ys.length / 20), ys.length - 1))).filter(Number.isFinite);
  return later.length ? Math.max(...later) * 1.05 || 1 : 1;
}
var StepChart = class {
  element;
  drawing = svg("svg", {
    class: "lv-chart",
    viewBox: `0 0 ${VIEW[0]} ${VIEW[1]}`,
    role: "img"
  });
  legend = html("ul", { class: "lv-series" });
  constructor() {
    this.element = html("div", {}, this.drawing, this.legend);
  }
  show(series, { title, high, steps, points }) {
    const x = [0, Math.max(steps, 1)];
    const frame = axes({
      ...BOX,
      x,
      y: [0, high],
      xLabel: "step",
      yLabel: title,
      yTicks: 5,
      format: String
    });
    const cut = (y) => frame.y(Math.min(y, high));
    const curves = series.map(
      ({ colour, dash, xs, ys, name }) => svg("path", {
        class: "lv-curve",
        d: line2(xs, ys, frame.x, cut),
        stroke: colour,
        "stroke-dasharray": dash,
        "stroke-width": name === "total" ? 2.2 : 1.8
      })
    );
    const dots = points ? series.flatMap(
      ({ colour, xs, ys }) => xs.flatMap(
        (step, i) => Number.isFinite(ys[i]) ? [svg("circle", { cx: frame.x(step), cy: cut(ys[i]), r: 3, fill: colour })] : []
      )
    ) : [];
    this.drawing.replaceChildren(frame.group, ...curves, ...dots);
    const latest = series.map(({ name, ys }) => `${name} ${value(ys.at(-1), points)}`);
    this.drawing.setAttribute("aria-label", `${title}: ${latest.join(", ") || "nothing yet"}`);
    this.legend.replaceChildren(...series.map((one, i) => entry(one, latest[i])));
  }
};
function value(latest, inShares) {
  if (latest === void 0 || Number.isNaN(latest)) return "undefined";
  return inShares ? share(latest) : short(latest);
}
function entry({ colour, dash }, text) {
  const key = svg("svg", { viewBox: "0 0 24 8", width: 24, height: 8, "aria-hidden": "true" });
  key.append(
    svg("line", {
      x1: 0,
      x2: 24,
      y1: 4,
      y2: 4,
      stroke: colour,
      "stroke-width": 2.4,
      "stroke-dasharray": dash
    })
  );
  return html("li", {}, key, text);
}

// src/monitor/words.ts
var STATUS = {
  idle: "Waiting for a run",
  running: "Training",
  paused: "Paused",
  finished: "Finished",
  stopped: "Stopped",
  failed: "Failed"
};
function duration(seconds) {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
function progressInWords({ step, num_steps, seconds, left }, status) {
  if (step === void 0 || num_steps === void 0) return "";
  const rest = status === "running" && left ? `, about ${duration(left)} left` : "";
  return `step ${step} of ${num_steps}, ${duration(seconds ?? 0)}${rest}`;
}

// src/monitor/view.ts
var MonitorView = class {
  constructor(model, root, send, signal) {
    this.model = model;
    this.root = root;
    this.send = send;
    this.photos = model.get("scenes").map(({ size, png }) => {
      const view = new SceneView(signal, 10);
      view.showPhoto(size, png);
      view.show([], "No predictions yet");
      return view;
    });
    this.rounds = [...model.get("past")];
    this.shownRound = this.rounds.length - 1;
    this.scrub = this.makeScrub();
    this.layOut();
    listen(model, "change:status", () => this.statusArrived(), signal);
    listen(model, "change:progress", () => this.progressArrived(), signal);
    listen(model, "change:losses", () => this.lossesArrived(), signal);
    listen(model, "change:figures", () => this.figuresArrived(), signal);
    listen(model, "change:found", () => this.foundArrived(), signal);
    this.statusArrived();
    this.lossesArrived();
    this.figuresArrived();
    this.foundArrived();
  }
  model;
  root;
  send;
  status = html("strong", { class: "lv-status" });
  words = html("span", { class: "lv-progress-words" });
  bar = html("progress", {
    max: "1",
    value: "0",
    "aria-label": "Training progress"
  });
  hold = button("", () => this.command(this.paused ? "resume" : "pause"), {
    class: "lv-primary"
  });
  end = button("Stop", () => this.command("stop"));
  losses = new StepChart();
  figures = new StepChart();
  photos;
  scenes = html("div", { class: "lv-scenes" });
  caption = html("p", { class: "lv-caption" });
  legend = html("ul", { class: "lv-outcomes" });
  rounds;
  scrub;
  wished = { command: "" };
  shownRound = -1;
  drawnSteps = 0;
  connectionChanged() {
    this.statusArrived();
  }
  get paused() {
    return this.status.dataset.status === "paused";
  }
  command(command) {
    this.wished.command = command;
    this.send(command);
    this.statusArrived();
  }
  statusArrived() {
    const status = this.model.get("status");
    const going = this.root.connected() && (status === "running" || status === "paused");
    if (status === "paused" === (this.wished.command === "pause") || !going)
      this.wished.command = "";
    const waiting = { pause: "Pausing …", resume: "Resuming …", stop: "Stopping …", "": "" }[this.wished.command];
    setText(this.status, waiting || STATUS[status]);
    this.status.dataset.status = status;
    setText(this.hold, status === "paused" ? "Resume" : "Pause");
    attributes(this.hold, { disabled: !going || this.wished.command !== "" });
    attributes(this.end, { disabled: !going || this.wished.command === "stop" });
    if (status !== "idle" && status !== "running") this.root.say(STATUS[status]);
    this.progressArrived();
  }
  progressArrived() {
    const progress = this.model.get("progress");
    const done = (progress.step ?? 0) / (progress.num_steps ?? 1);
    setText(this.words, progressInWords(progress, this.model.get("status")));
    this.bar.value = done;
  }
  lossesArrived() {
    const { names = [], rows: rows2 } = this.model.get("losses");
    const series = rows2 ? lossSeries(names, floats(rows2)) : [];
    this.losses.show(series, {
      title: "loss",
      high: ceiling(series),
      steps: this.steps,
      points: false
    });
    if (this.steps !== this.drawnSteps) this.drawFigures();
  }
  drawFigures() {
    const rows2 = this.model.get("figures");
    this.drawnSteps = this.steps;
    this.figures.show(figureSeries(rows2), {
      title: "on held-out images",
      high: 1,
      steps: this.steps,
      points: true
    });
    return rows2;
  }
  figuresArrived() {
    const last = this.drawFigures().at(-1);
    if (!last) return;
    const said = Object.entries(last.figures).map(
      ([name, value2]) => `${name} ${value2 === null ? "undefined" : fixed(value2, 2)}`
    );
    this.root.say(`After step ${last.step}: ${said.join(", ")}`);
  }
  get steps() {
    return this.model.get("progress").num_steps ?? 1;
  }
  // Predictions: the newest, or an earlier round by the slider
  foundArrived() {
    const found = this.model.get("found");
    if (!found.scenes) {
      this.rounds.length = 0;
      this.shownRound = -1;
    } else if (found.step !== this.rounds.at(-1)?.step) {
      const following = this.shownRound === this.rounds.length - 1;
      this.rounds.push(found);
      if (following) this.shownRound = this.rounds.length - 1;
    }
    this.showRound();
  }
  showRound() {
    const round = this.rounds[this.shownRound];
    const names = this.model.get("classes");
    this.photos.forEach((photo, i) => {
      const scene = round?.scenes?.[i];
      const [right, wrong, missed] = scene?.tally ?? [0, 0, 0];
      const words = `Scene ${i + 1}: ${scene ? `${right} right, ${wrong} wrong, ${missed} missed` : "no predictions yet"}`;
      photo.show(scene ? marksOf(scene, names, true) : [], words);
    });
    const tally = [0, 1, 2].map(
      (i) => (round?.scenes ?? []).reduce((sum, scene) => sum + scene.tally[i], 0)
    );
    this.legend.replaceChildren(...round ? legendOf(tally) : []);
    setText(
      this.caption,
      round ? `Predictions after step ${round.step}` : "Predictions show at the first evaluation"
    );
    setVisible(this.caption, this.photos.length > 0);
    setVisible(this.scrub.element, this.rounds.length > 1);
    this.scrub.bounds(0, Math.max(this.rounds.length - 1, 1));
    this.scrub.show(Math.max(this.shownRound, 0));
  }
  makeScrub() {
    return new Slider({
      label: "look back",
      min: 0,
      max: 1,
      step: 1,
      format: (value2) => `step ${this.rounds[value2]?.step ?? 0}`,
      changed: (value2) => {
        this.shownRound = value2;
        this.showRound();
      },
      reset: () => {
        this.shownRound = this.rounds.length - 1;
        this.showRound();
      },
      done: () => {
      }
    });
  }
  layOut() {
    const head = html(
      "div",
      { class: "lv-head" },
      this.status,
      this.words,
      html("div", { class: "lv-buttons" }, this.hold, this.end)
    );
    const charts = html("div", { class: "lv-charts" }, this.losses.element, this.figures.element);
    this.scenes.append(...this.photos.map(({ element }) => element));
    const below = html("div", { class: "lv-below" }, this.caption, this.scrub.element, this.legend);
    this.root.body.append(head, this.bar, charts, below, this.scenes);
  }
};

// src/monitor/index.ts
var REFERENCE = "IPY_MODEL_";
async function tell(model, name) {
  const remote = await model.widget_manager.get_model(model.get("remote").slice(REFERENCE.length));
  remote.send({ kind: "command", name }, {});
}
var help = [
  ["Pause, Stop", "hold the run, or end it so that the cell goes on after its loop"],
  ["Look back", "shows an earlier evaluation; the arrow keys step through them"]
];
var label = "Monitor: a training run";
var options = { name: "monitor", label, help, css: scene_default + monitor_default };
var monitor_default2 = mounted(options, (model, root, signal) => {
  const view = new MonitorView(
    model,
    root,
    (name) => void tell(model, name),
    signal
  );
  root.onConnection(() => view.connectionChanged());
});
export {
  monitor_default2 as default
};
