// src/shared/buffers.ts
var copied = ({ buffer, byteOffset, byteLength }) => buffer.slice(byteOffset, byteOffset + byteLength);
var floats = (buffer) => new Float32Array(copied(buffer));

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
var LocalModel = class {
  sent = [];
  traits;
  listeners = /* @__PURE__ */ new Map();
  constructor(traits) {
    this.traits = new Map(Object.entries(traits));
  }
  get(name) {
    return this.traits.get(name);
  }
  set(name, value) {
    if (Object.is(this.traits.get(name), value)) return;
    this.traits.set(name, value);
    this.emit(`change:${name}`, this, value);
  }
  save_changes() {
  }
  on(event, callback) {
    if (!this.listeners.has(event)) this.listeners.set(event, /* @__PURE__ */ new Set());
    this.listeners.get(event).add(callback);
  }
  off(event, callback) {
    this.listeners.get(event)?.delete(callback);
  }
  send(content) {
    this.sent.push(content);
  }
  emit(event, ...args) {
    this.listeners.get(event)?.forEach((callback) => callback(...args));
  }
};
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

// src/shared/dual.ts
var TINY = 2 ** -1022;
function constant(v, size = 0) {
  return { v, d: new Array(size).fill(0) };
}
function variables(values) {
  return values.map((v, i) => ({ v, d: values.map((_, j) => i === j ? 1 : 0) }));
}
function chain(v, a, p, b, q) {
  const d = new Array(a.d.length);
  for (let i = 0; i < d.length; i++) d[i] = a.d[i] * p + b.d[i] * q;
  return { v, d };
}
function along(v, a, p) {
  const d = new Array(a.d.length);
  for (let i = 0; i < d.length; i++) d[i] = a.d[i] * p;
  return { v, d };
}
var add = (a, b) => chain(a.v + b.v, a, 1, b, 1);
var sub = (a, b) => chain(a.v - b.v, a, 1, b, -1);
var mul = (a, b) => chain(a.v * b.v, a, b.v, b, a.v);
var scale = (a, factor) => along(a.v * factor, a, factor);
var shift = (a, offset) => along(a.v + offset, a, 1);
var square = (a) => along(a.v * a.v, a, 2 * a.v);
var exp = (a) => along(Math.exp(a.v), a, Math.exp(a.v));
var log = (a) => along(Math.log(a.v), a, 1 / a.v);
var abs = (a) => along(Math.abs(a.v), a, Math.sign(a.v));
var oneMinus = (a) => along(1 - a.v, a, -1);
var detach = (a) => along(a.v, a, 0);
var minimum = (a, b) => {
  const share = a.v < b.v ? 1 : a.v > b.v ? 0 : 0.5;
  return chain(Math.min(a.v, b.v), a, share, b, 1 - share);
};
var maximum = (a, b) => {
  const share = a.v > b.v ? 1 : a.v < b.v ? 0 : 0.5;
  return chain(Math.max(a.v, b.v), a, share, b, 1 - share);
};
var clampMin = (a, bound) => along(Math.max(a.v, bound), a, a.v >= bound ? 1 : 0);
var quotient = (a, b) => b.v < TINY ? a : chain(a.v / b.v, a, 1 / b.v, b, -(a.v / b.v) / b.v);
var atan2 = (y, x) => {
  const size = x.v * x.v + y.v * y.v;
  return chain(Math.atan2(y.v, x.v), y, x.v / size, x, -y.v / size);
};
var sum = (terms) => terms.reduce(add);
var product = (factors) => factors.reduce(mul);

// src/shared/measures.ts
function compare(a, b) {
  const dim = a.length / 2;
  const [lowA, highA, lowB, highB] = [a.slice(0, dim), a.slice(dim), b.slice(0, dim), b.slice(dim)];
  const lengthsA = lowA.map((low, i) => sub(highA[i], low));
  const lengthsB = lowB.map((low, i) => sub(highB[i], low));
  const overlaps = lowA.map((low, i) => sub(minimum(highA[i], highB[i]), maximum(low, lowB[i])));
  const intersection2 = product(overlaps.map((overlap) => clampMin(overlap, 0)));
  return {
    lengthsA,
    lengthsB,
    lengthsHull: overlaps.map((overlap, i) => sub(add(lengthsA[i], lengthsB[i]), overlap)),
    twiceOffset: lowA.map((low, i) => add(sub(low, lowB[i]), sub(highA[i], highB[i]))),
    intersection: intersection2,
    union: sub(add(product(lengthsA), product(lengthsB)), intersection2)
  };
}
var iou = (pair) => quotient(pair.intersection, pair.union);
var giou = (pair) => {
  const hull2 = product(pair.lengthsHull);
  return sub(iou(pair), quotient(sub(hull2, pair.union), hull2));
};
var distanceTerm = (pair) => quotient(scale(sum(pair.twiceOffset.map(square)), 1 / 4), sum(pair.lengthsHull.map(square)));
var diou = (pair) => sub(iou(pair), distanceTerm(pair));
var isPoint = ([width, height]) => width.v * width.v + height.v * height.v < TINY;
function aspectDifference(a, b) {
  if (isPoint(a) || isPoint(b)) return constant(0, a[0].d.length);
  return scale(square(sub(atan2(b[0], b[1]), atan2(a[0], a[1]))), 4 / Math.PI ** 2);
}
var ciou = (pair) => {
  if (pair.lengthsA.length === 1) return diou(pair);
  const overlap = iou(pair);
  const v = aspectDifference(pair.lengthsA, pair.lengthsB);
  const alpha = detach(quotient(v, add(oneMinus(overlap), v)));
  return sub(sub(overlap, distanceTerm(pair)), mul(alpha, v));
};
var eiou = (pair) => {
  const terms = pair.lengthsHull.map(
    (hull2, i) => square(quotient(sub(pair.lengthsA[i], pair.lengthsB[i]), hull2))
  );
  return sub(diou(pair), sum(terms));
};

// src/shared/losses.ts
var LOSSES = ["l1", "smooth_l1", "l2", "iou", "giou", "diou", "ciou", "eiou"];
var FOCAL_LOSSES = ["focal_l1", "focal_eiou"];
var ALL_LOSSES = [...LOSSES, ...FOCAL_LOSSES];
var shownLosses = (focal2) => focal2 ? ALL_LOSSES : LOSSES;
var PLAIN = { focal_l1: "l1", focal_eiou: "eiou" };
var isFocal = (name) => name in PLAIN;
var plainLoss = (name) => PLAIN[name] ?? name;
var TITLES = {
  l1: "L1",
  smooth_l1: "Smooth L1",
  l2: "L2",
  iou: "IoU",
  giou: "GIoU",
  diou: "DIoU",
  ciou: "CIoU",
  eiou: "EIoU",
  focal_l1: "Focal-L1",
  focal_eiou: "Focal-EIoU"
};
var BETA = 1;
function smooth(difference) {
  const error = abs(difference);
  return error.v < BETA ? scale(square(error), 1 / (2 * BETA)) : shift(error, -BETA / 2);
}
var FOCAL_BETA = 0.8;
var FOCAL_SCALE = Math.E * FOCAL_BETA;
function focal(difference) {
  const error = abs(difference);
  const level = Math.log(FOCAL_BETA);
  if (error.v >= 1)
    return shift(scale(error, -FOCAL_SCALE * level), FOCAL_SCALE * (2 * level + 1) / 4);
  const logarithm = error.v < TINY ? constant(level, error.d.length) : log(scale(error, FOCAL_BETA));
  return scale(mul(square(error), shift(scale(logarithm, 2), -1)), -FOCAL_SCALE / 4);
}
var GAMMA = 0.5;
function focalEiou(pair) {
  const { v, d } = detach(iou(pair));
  return mul({ v: v ** GAMMA, d }, oneMinus(eiou(pair)));
}
var COORDINATE = {
  l1: abs,
  smooth_l1: smooth,
  l2: square,
  focal_l1: focal
};
var MEASURES = { iou, giou, diou, ciou, eiou };
var MEASURE_NAMES = ["iou", "giou", "diou", "ciou", "eiou"];
var hasMeasure = (name) => name in MEASURES;
var lossTitle = (name) => hasMeasure(name) ? `${TITLES[name]} loss` : TITLES[name];
var measuresOf = (pair) => ({
  iou: iou(pair).v,
  giou: giou(pair).v,
  diou: diou(pair).v,
  ciou: ciou(pair).v,
  eiou: eiou(pair).v
});
var isCoordinateLoss = (name) => name in COORDINATE;
function coordinateLoss(name, predicted, target) {
  return sum(predicted.map((value, i) => COORDINATE[name](sub(value, target[i]))));
}
function overlapLoss(name, pair) {
  return name === "focal_eiou" ? focalEiou(pair) : oneMinus(MEASURES[name](pair));
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

// src/boxlab/boxlab.css
var boxlab_default = ".locviz-boxlab {\n  max-width: 76em;\n}\n.locviz-boxlab .lv-main {\n  display: grid;\n  grid-template-columns: minmax(0, 1.35fr) minmax(24em, 1fr);\n  gap: 1.4em;\n  align-items: start;\n}\n/* A first meeting: the boxes and IoU. */\n.locviz-boxlab.lv-simple .lv-main {\n  grid-template-columns: minmax(0, 1.6fr) minmax(13em, 1fr);\n}\n.locviz-boxlab.lv-simple .lv-hull,\n.locviz-boxlab.lv-simple .lv-distance,\n.locviz-boxlab.lv-simple .lv-arrows,\n.locviz-boxlab.lv-simple .lv-entry-hull,\n.locviz-boxlab.lv-simple .lv-entry-distance,\n.locviz-boxlab.lv-simple .lv-entry-pull {\n  display: none;\n}\n@container (max-width: 46em) {\n  .locviz-boxlab .lv-main {\n    grid-template-columns: minmax(0, 1fr);\n  }\n}\n\n/* The picture */\n.locviz-boxlab .lv-canvas {\n  position: relative;\n  width: 100%;\n  border: 1px solid var(--lv-line);\n  border-radius: 6px;\n  overflow: hidden;\n  background: var(--lv-raised);\n  /* A layer of its own: what moves in it lays out and paints nothing else. Its size is that of its column. */\n  contain: strict;\n  will-change: transform;\n  --lv-zoom: 1;\n}\n.locviz-boxlab .lv-canvas svg {\n  position: absolute;\n  inset: 0;\n  width: 100%;\n  height: 100%;\n  user-select: none;\n}\n.locviz-boxlab .lv-underlay {\n  position: absolute;\n  inset: 0;\n  width: 100%;\n  height: 100%;\n}\n.locviz-boxlab .lv-canvas rect,\n.locviz-boxlab .lv-canvas line,\n.locviz-boxlab .lv-canvas path {\n  vector-effect: non-scaling-stroke;\n}\n.locviz-boxlab .lv-union {\n  fill: var(--lv-text);\n  opacity: 0.07;\n}\n.locviz-boxlab .lv-hatch {\n  stroke: var(--lv-overlap);\n  stroke-width: 1.5;\n}\n.locviz-boxlab .lv-shared {\n  fill-opacity: 0.75;\n}\n.locviz-boxlab .lv-hull {\n  fill: none;\n  stroke: var(--lv-hull);\n  stroke-width: 1.25;\n  stroke-dasharray: 2 4;\n}\n.locviz-boxlab .lv-anchor {\n  fill: none;\n  stroke: var(--lv-soft);\n  stroke-width: 1.5;\n  stroke-dasharray: 10 4 2 4;\n}\n.locviz-boxlab .lv-distance {\n  stroke: var(--lv-overlap);\n  stroke-width: calc(2px * var(--lv-scale));\n  stroke-dasharray: 1 4;\n  stroke-linecap: round;\n}\n.locviz-boxlab .lv-box {\n  fill: none;\n  stroke-width: calc(2.5px * var(--lv-scale));\n}\n.locviz-boxlab .lv-box.lv-target {\n  stroke: var(--lv-target);\n}\n.locviz-boxlab .lv-box.lv-prediction {\n  stroke: var(--lv-prediction);\n  stroke-dasharray: 9 4;\n}\n.locviz-boxlab .lv-label {\n  pointer-events: none;\n  font-size: calc(13px * var(--lv-scale) / var(--lv-zoom));\n  font-weight: 600;\n  paint-order: stroke;\n  stroke: var(--lv-raised);\n  stroke-width: calc(3px / var(--lv-zoom));\n  stroke-linejoin: round;\n}\n.locviz-boxlab .lv-label.lv-target {\n  fill: var(--lv-target);\n}\n.locviz-boxlab .lv-label.lv-prediction {\n  fill: var(--lv-prediction);\n}\n.locviz-boxlab .lv-target .lv-mark {\n  stroke: var(--lv-target);\n}\n.locviz-boxlab .lv-prediction .lv-mark {\n  stroke: var(--lv-prediction);\n}\n.locviz-boxlab .lv-arrows {\n  pointer-events: none;\n}\n.locviz-boxlab .lv-arrow-halo {\n  stroke: var(--lv-raised);\n  stroke-width: calc(7px * var(--lv-scale));\n  stroke-opacity: 0.8;\n  stroke-linecap: round;\n}\n.locviz-boxlab .lv-arrow {\n  stroke: var(--lv-pull);\n  stroke-width: calc(3px * var(--lv-scale));\n}\n.locviz-boxlab .lv-arrow-head {\n  fill: var(--lv-pull);\n}\n.locviz-boxlab .lv-note {\n  min-height: 2.9em;\n  margin: 0.6em 0 0;\n  padding: 0.1em 0.8em;\n  border-inline-start: 3px solid var(--lv-line);\n  color: var(--lv-soft);\n}\n.locviz-boxlab .lv-note.lv-silent {\n  border-color: var(--lv-pull);\n  color: var(--lv-text);\n}\n.locviz-boxlab.lv-on-landscape .lv-label {\n  stroke: var(--lv-bg);\n  stroke-width: calc(5px / var(--lv-zoom));\n}\n.locviz-boxlab .lv-halo {\n  display: none;\n  fill: none;\n  stroke: var(--lv-bg);\n  stroke-width: calc(6px * var(--lv-scale));\n}\n.locviz-boxlab.lv-on-landscape .lv-halo {\n  display: inline;\n}\n.locviz-boxlab.lv-on-landscape .lv-hull,\n.locviz-boxlab.lv-on-landscape .lv-distance,\n.locviz-boxlab.lv-on-landscape .lv-anchor {\n  stroke: var(--lv-text);\n  filter: drop-shadow(0 0 1px var(--lv-bg)) drop-shadow(0 0 1px var(--lv-bg));\n}\n.locviz-boxlab.lv-on-landscape .lv-arrow-halo {\n  stroke: var(--lv-bg);\n  stroke-opacity: 1;\n}\n.locviz-boxlab.lv-on-landscape .lv-union,\n.locviz-boxlab.lv-on-landscape .lv-shared {\n  display: none;\n}\n\n/* Legend */\n.locviz-boxlab .lv-legend {\n  display: flex;\n  flex-wrap: wrap;\n  gap: 0.2em 1.1em;\n  margin: 0.6em 0 0;\n  padding: 0;\n  list-style: none;\n  color: var(--lv-soft);\n  font-size: 0.92em;\n}\n.locviz-boxlab .lv-legend li {\n  display: flex;\n  align-items: center;\n  gap: 0.45em;\n}\n.locviz-boxlab .lv-key {\n  display: inline-block;\n  width: 1.5em;\n  height: 0.8em;\n  border: 0 solid transparent;\n}\n.locviz-boxlab .lv-key-target {\n  border: 2px solid var(--lv-target);\n}\n.locviz-boxlab .lv-key-prediction {\n  border: 2px dashed var(--lv-prediction);\n}\n.locviz-boxlab .lv-key-shared {\n  background: repeating-linear-gradient(135deg, var(--lv-overlap) 0 1.5px, transparent 1.5px 5px);\n}\n.locviz-boxlab .lv-key-union {\n  background: color-mix(in srgb, var(--lv-text) 16%, transparent);\n}\n.locviz-boxlab .lv-key-hull {\n  border: 1.5px dotted var(--lv-hull);\n}\n.locviz-boxlab .lv-key-distance {\n  height: 0;\n  border-top: 2px dotted var(--lv-overlap);\n}\n.locviz-boxlab:not(.lv-with-anchor) .lv-entry-anchor,\n.locviz-boxlab:not(.lv-on-landscape) .lv-entry-low,\n.locviz-boxlab.lv-on-landscape .lv-entry-union,\n.locviz-boxlab.lv-on-landscape .lv-entry-shared {\n  display: none;\n}\n.locviz-boxlab .lv-key-anchor {\n  height: 0;\n  border-top: 2px dashed var(--lv-soft);\n}\n.locviz-boxlab .lv-key-low {\n  background: linear-gradient(to right, rgb(0, 63, 110), rgb(252, 236, 170));\n}\n.locviz-boxlab .lv-key-pull {\n  height: 0.7em;\n  background: var(--lv-pull);\n  clip-path: polygon(0 38%, 60% 38%, 60% 0, 100% 50%, 60% 100%, 60% 62%, 0 62%);\n}\n";

// src/boxlab/controls.css
var controls_default = '/* Controls */\n.locviz-boxlab .lv-controls {\n  display: flex;\n  flex-wrap: wrap;\n  align-items: end;\n  gap: 0.7em 1em;\n  margin-top: 1em;\n  padding-top: 1em;\n  border-top: 1px solid var(--lv-line);\n}\n.locviz-boxlab .lv-controls label {\n  display: grid;\n  gap: 0.15em;\n}\n.locviz-boxlab .lv-controls label span {\n  color: var(--lv-soft);\n  font-size: 0.92em;\n}\n.locviz-boxlab .lv-check {\n  display: flex;\n  align-items: center;\n  gap: 0.5em;\n  width: fit-content;\n  min-height: 24px;\n  margin-top: 0.4em;\n  cursor: pointer;\n}\n.locviz-boxlab input[type="checkbox"] {\n  width: 1.1em;\n  height: 1.1em;\n  margin: 0;\n  flex: none;\n  accent-color: var(--lv-accent);\n}\n/* How a box moves stays together: on a narrow page it is a row of its own. */\n.locviz-boxlab .lv-moves {\n  display: flex;\n  flex-wrap: wrap;\n  align-items: end;\n  gap: 0.7em 1em;\n  margin-inline-start: auto;\n}\n.locviz-boxlab .lv-buttons {\n  display: flex;\n  flex-wrap: wrap;\n  gap: 0.5em;\n}\n.locviz-boxlab .lv-hint {\n  flex-basis: 100%;\n  min-height: 2.9em;\n  margin: 0;\n  color: var(--lv-soft);\n}\n';

// src/boxlab/defaults.ts
var PLAIN2 = {
  target: [90, 80, 210, 200],
  prediction: [170, 135, 310, 235],
  anchor: [140, 90, 260, 210],
  size: [300, 400],
  // height, width
  loss: "giou",
  focal: false,
  parametrisation: "corners",
  units: "pixels",
  landscape: "off",
  learning_rate: 0.05,
  race_steps: 200,
  simple: false,
  scale: 1,
  seq: 0,
  gesture: "",
  last_error: "",
  challenges: []
};

// src/boxlab/losses.css
var losses_default = '/* The losses */\n.locviz-boxlab .lv-headline {\n  display: flex;\n  align-items: baseline;\n  gap: 0.5em;\n  margin: 0 0 0.5em;\n  color: var(--lv-soft);\n}\n.locviz-boxlab .lv-iou {\n  color: var(--lv-text);\n  font-size: 1.9em;\n  font-weight: 600;\n  line-height: 1.1;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-boxlab .lv-areas {\n  display: grid;\n  grid-template-columns: max-content max-content;\n  gap: 0.3em 1.2em;\n  margin: 0.4em 0 0;\n  font-size: 1.1em;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-boxlab .lv-areas dt,\n.locviz-boxlab .lv-areas dd {\n  margin: 0;\n  padding: 0;\n  float: none;\n  width: auto;\n  font-weight: 400;\n}\n.locviz-boxlab .lv-areas dt {\n  color: var(--lv-soft);\n}\n.locviz-boxlab .lv-areas dd {\n  text-align: end;\n}\n.locviz-boxlab .lv-headline-loss {\n  margin-inline-start: auto;\n  color: var(--lv-text);\n  font-variant-numeric: tabular-nums;\n}\n.locviz-boxlab table {\n  width: 100%;\n  margin: 0;\n  border: 0;\n  border-collapse: collapse;\n  font-size: 1em;\n  table-layout: fixed; /* numbers that change do not lay out the table anew */\n}\n.locviz-boxlab table th,\n.locviz-boxlab table td {\n  padding: 0 0.45em;\n  height: 2.05em;\n  border: 0;\n  border-bottom: 1px solid var(--lv-line);\n  background: none;\n  color: var(--lv-text);\n  font-weight: 400;\n  text-align: start;\n  vertical-align: middle;\n  white-space: nowrap;\n}\n.locviz-boxlab thead th {\n  height: 1.8em;\n  color: var(--lv-soft);\n  font-size: 0.92em;\n  vertical-align: bottom;\n}\n.locviz-boxlab tbody tr {\n  cursor: pointer;\n  background: none;\n}\n.locviz-boxlab tbody tr:hover {\n  background: var(--lv-raised);\n}\n.locviz-boxlab tbody tr.lv-chosen-row {\n  background: color-mix(in srgb, var(--lv-accent) 11%, transparent);\n  box-shadow: inset 3px 0 var(--lv-accent);\n}\n.locviz-boxlab tbody tr.lv-chosen-row th {\n  font-weight: 600;\n}\n.locviz-boxlab table .lv-number,\n.locviz-boxlab table .lv-measure {\n  text-align: end;\n  font-variant-numeric: tabular-nums;\n  width: 5.3em;\n}\n.locviz-boxlab table .lv-measure {\n  color: var(--lv-soft);\n}\n.locviz-boxlab thead th:last-child {\n  width: 7.4em;\n}\n.locviz-boxlab .lv-side {\n  contain: layout style;\n}\n.locviz-boxlab th label {\n  display: flex;\n  align-items: center;\n  gap: 0.5em;\n  min-height: 24px;\n  cursor: pointer;\n}\n.locviz-boxlab input[type="radio"] {\n  width: 1.1em;\n  height: 1.1em;\n  margin: 0;\n  flex: none;\n  accent-color: var(--lv-accent);\n}\n.locviz-boxlab .lv-swatch {\n  width: 1.5em;\n  height: 0.5em;\n  flex: none;\n  margin-inline-start: auto;\n}\n.locviz-boxlab .lv-gradient {\n  display: grid;\n  align-items: center;\n}\n.locviz-boxlab .lv-gradient > * {\n  grid-area: 1 / 1;\n}\n.locviz-boxlab .lv-bars {\n  width: 6.4em;\n  overflow: visible;\n}\n.locviz-boxlab .lv-bars text {\n  font-size: 11.5px; /* of 76 units in 6.4em: at least 11 CSS pixels */\n}\n.locviz-boxlab .lv-zero {\n  stroke: var(--lv-control);\n  stroke-width: 1;\n}\n.locviz-boxlab .lv-bars rect {\n  fill: var(--lv-pull);\n}\n.locviz-boxlab .lv-none {\n  visibility: hidden;\n  color: var(--lv-soft);\n  font-style: italic;\n}\n.locviz-boxlab .lv-no-pull .lv-none {\n  visibility: visible;\n}\n.locviz-boxlab .lv-no-pull .lv-bars {\n  visibility: hidden;\n}\n.locviz-boxlab .lv-chosen {\n  margin-top: 0.7em;\n}\n.locviz-boxlab .lv-formula {\n  display: block;\n  min-height: 2.9em;\n  color: var(--lv-soft);\n}\n.locviz-boxlab .lv-slopes {\n  display: grid;\n  grid-template-columns: repeat(4, minmax(0, 1fr));\n  gap: 0.4em;\n  margin: 0.4em 0 0;\n}\n.locviz-boxlab .lv-slopes dt,\n.locviz-boxlab .lv-slopes dd {\n  display: block;\n  float: none;\n  width: auto;\n  margin: 0;\n  padding: 0;\n}\n.locviz-boxlab .lv-slopes dt {\n  color: var(--lv-soft);\n  font-size: 0.92em;\n  font-weight: 400;\n}\n.locviz-boxlab .lv-slopes dd {\n  font-variant-numeric: tabular-nums;\n}\n.locviz-boxlab .lv-torch {\n  min-height: 1.45em;\n  margin: 0.6em 0 0;\n  color: var(--lv-soft);\n  font-size: 0.92em;\n}\n.locviz-boxlab .lv-torch[data-state="agrees"] {\n  color: var(--lv-good);\n}\n.locviz-boxlab .lv-torch[data-state="disagrees"],\n.locviz-boxlab .lv-mismatch {\n  padding: 0.4em 0.8em;\n  color: var(--lv-bad);\n  background: var(--lv-bad-bg);\n  border: 1px solid currentColor;\n  border-radius: 6px;\n  font-weight: 600;\n}\n';

// src/boxlab/race.css
var race_default = "/* Race */\n.locviz-boxlab .lv-race {\n  margin-top: 1em;\n  padding-top: 1em;\n  border-top: 1px solid var(--lv-line);\n}\n.locviz-boxlab .lv-race svg {\n  width: 100%;\n}\n.locviz-boxlab .lv-race svg text {\n  font-size: 12px;\n}\n.locviz-boxlab .lv-race-note {\n  margin: 0.3em 0 0;\n  color: var(--lv-soft);\n  font-size: 0.92em;\n}\n.locviz-boxlab .lv-series,\n.locviz-boxlab .lv-swatch path {\n  fill: none;\n  stroke: currentColor;\n  stroke-width: 2;\n  pointer-events: none;\n}\n.locviz-boxlab svg .lv-series-label {\n  fill: currentColor;\n  font-variant-numeric: tabular-nums;\n}\n.locviz-boxlab .lv-series-0 { color: var(--lv-series-0); }\n.locviz-boxlab .lv-series-1 { color: var(--lv-series-1); stroke-dasharray: 7 3; }\n.locviz-boxlab .lv-series-2 { color: var(--lv-series-2); stroke-dasharray: 2 2; }\n.locviz-boxlab .lv-series-3 { color: var(--lv-series-3); }\n.locviz-boxlab .lv-series-4 { color: var(--lv-series-4); stroke-dasharray: 10 3 2 3; }\n.locviz-boxlab .lv-series-5 { color: var(--lv-series-5); stroke-dasharray: 5 2; }\n.locviz-boxlab .lv-series-6 { color: var(--lv-series-6); stroke-dasharray: 12 4; }\n.locviz-boxlab .lv-series-7 { color: var(--lv-series-7); stroke-dasharray: 4 2 1 2; }\n.locviz-boxlab .lv-series-8 { color: light-dark(#6b4423, #d8b08c); stroke-dasharray: 1 3; }\n.locviz-boxlab .lv-series-9 { color: light-dark(#1d6f78, #6fd3dd); stroke-dasharray: 9 2 2 2 2 2; }\n";

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
var center = ([x1, y1, x2, y2]) => [(x1 + x2) / 2, (y1 + y2) / 2];
function intersection(a, b) {
  const box = [
    Math.max(a[0], b[0]),
    Math.max(a[1], b[1]),
    Math.min(a[2], b[2]),
    Math.min(a[3], b[3])
  ];
  return box[0] < box[2] && box[1] < box[3] ? box : null;
}
var area = ([x1, y1, x2, y2]) => (x2 - x1) * (y2 - y1);
function areas(a, b) {
  const common = intersection(a, b);
  const shared = common ? area(common) : 0;
  return [shared, area(a) + area(b) - shared];
}
var hull = (a, b) => [
  Math.min(a[0], b[0]),
  Math.min(a[1], b[1]),
  Math.max(a[2], b[2]),
  Math.max(a[3], b[3])
];
var spoken = (box) => {
  const [x1, y1, x2, y2] = box.map((value) => Math.round(value));
  return `x ${x1} to ${x2}, y ${y1} to ${y2}`;
};

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

// src/shared/parameters.ts
var CLAMP = Math.log(1e3 / 16);
var SYMBOLS = {
  1: { corners: ["start", "end"], center_size: ["c", "len"], offsets: ["tc", "tlen"] },
  2: {
    corners: ["x1", "y1", "x2", "y2"],
    center_size: ["cx", "cy", "w", "h"],
    offsets: ["tx", "ty", "tw", "th"]
  }
};
var symbols = (parametrisation, dim) => SYMBOLS[dim][parametrisation];
var inUnits = (region, unit) => region.map((value, i) => value / unit[i % unit.length]);
function encode(region, setting) {
  if (setting.parametrisation === "corners") return [...region];
  const { center: center2, size } = centerSize(region);
  if (setting.parametrisation === "center_size") return [...center2, ...size];
  const prior = centerSize(inUnits(setting.anchor, setting.unit));
  return [
    ...center2.map((c, i) => (c - prior.center[i]) / prior.size[i]),
    ...size.map((s, i) => Math.log(Math.max(s, TINY)) - Math.log(prior.size[i]))
  ];
}
function snapped(parameters, goals, setting) {
  if (setting.parametrisation !== "offsets") return parameters;
  const close = (value, goal) => Math.abs(value - goal) < 1e-12 * Math.max(Math.abs(goal), 1);
  return parameters.map((value, i) => close(value, goals[i]) ? goals[i] : value);
}
function decode(parameters, setting) {
  if (setting.parametrisation === "corners") return [...parameters];
  const dim = parameters.length / 2;
  let [center2, size] = [parameters.slice(0, dim), parameters.slice(dim)];
  if (setting.parametrisation === "offsets") {
    const prior = centerSize(inUnits(setting.anchor, setting.unit));
    center2 = center2.map((c, i) => shift(scale(c, prior.size[i]), prior.center[i]));
    size = size.map((s, i) => scale(exp(clampRatio(s)), prior.size[i]));
  }
  return [
    ...center2.map((c, i) => sub(c, scale(size[i], 0.5))),
    ...center2.map((c, i) => add(c, scale(size[i], 0.5)))
  ];
}
var clampRatio = (ratio) => ratio.v <= CLAMP ? ratio : constant(CLAMP, ratio.d.length);
function centerSize(region) {
  const dim = region.length / 2;
  const [low, high] = [region.slice(0, dim), region.slice(dim)];
  return { center: low.map((l, i) => (l + high[i]) / 2), size: low.map((l, i) => high[i] - l) };
}
function prepare(prediction, target, setting) {
  const [region, goal] = [inUnits(prediction, setting.unit), inUnits(target, setting.unit)];
  const goals = encode(goal, setting);
  const parameters = variables(snapped(encode(region, setting), goals, setting));
  const slopes = decode(parameters, setting);
  const zero = (value) => constant(value, region.length);
  return {
    region: region.map((v, i) => ({ v, d: slopes[i].d })),
    goal: goal.map(zero),
    parameters,
    goals: goals.map(zero)
  };
}
function evaluate(prediction, target, setting) {
  const { region, goal, parameters, goals } = prepare(prediction, target, setting);
  const pair = compare(region, goal);
  const losses = {};
  for (const name of ALL_LOSSES) {
    const loss = isCoordinateLoss(name) ? coordinateLoss(name, parameters, goals) : overlapLoss(name, pair);
    losses[name] = { value: loss.v, gradient: [...loss.d] };
  }
  return { iou: iou(pair).v, measures: measuresOf(pair), losses };
}
function evaluateOne(name, prediction, target, setting) {
  const { region, goal, parameters, goals } = prepare(prediction, target, setting);
  const loss = isCoordinateLoss(name) ? coordinateLoss(name, parameters, goals) : overlapLoss(name, compare(region, goal));
  return { value: loss.v, gradient: [...loss.d] };
}
function valueOf(name, prediction, target, setting) {
  const [region, goal] = [inUnits(prediction, setting.unit), inUnits(target, setting.unit)];
  const plain = (values) => values.map((v) => constant(v));
  return isCoordinateLoss(name) ? coordinateLoss(name, plain(encode(region, setting)), plain(encode(goal, setting))).v : overlapLoss(name, compare(plain(region), plain(goal))).v;
}
function iou2(a, b) {
  const plain = (values) => values.map((v) => constant(v));
  return iou(compare(plain(a), plain(b))).v;
}

// src/shared/descent.ts
function targetUnit(target) {
  const dim = target.length / 2;
  const lengths = target.slice(dim).map((high, i) => high - target[i]);
  const measure = lengths.reduce((a, b) => a * b, 1);
  const size = dim === 2 ? Math.sqrt(measure) : measure;
  return size > 0 ? size : Math.max(...lengths) || 1;
}
function descend(loss, region, target, setting, rate) {
  const unit = targetUnit(target);
  const scaled = { ...setting, unit: [unit] };
  const { gradient } = evaluateOne(loss, region, target, scaled);
  const parameters = encode(inUnits(region, [unit]), scaled).map(
    (value, i) => constant(value - rate * gradient[i])
  );
  return upright(decode(parameters, scaled).map((dual) => dual.v * unit));
}
function upright(region) {
  const dim = region.length / 2;
  const [low, high] = [region.slice(0, dim), region.slice(dim)];
  return [...low.map((l, i) => Math.min(l, high[i])), ...low.map((l, i) => Math.max(l, high[i]))];
}
function raceRate(rate, index, steps) {
  return rate * (1 - index / steps);
}
function race(losses, start, target, setting, { steps, rate }) {
  const runs = /* @__PURE__ */ new Map();
  for (const loss of losses) {
    const regions = [[...start]];
    for (let i = 0; i < steps; i++)
      regions.push(descend(loss, regions[i], target, setting, raceRate(rate, i, steps)));
    runs.set(loss, { regions, ious: regions.map((region) => iou2(region, target)) });
  }
  return runs;
}

// src/boxlab/areas.ts
var LINES = ["target", "prediction", "intersection", "union", "intersection / union"];
var Areas = class {
  element = html("dl", { class: "lv-areas" });
  values = LINES.map(() => html("dd"));
  constructor() {
    LINES.forEach((line3, i) => this.element.append(html("dt", {}, line3), this.values[i]));
  }
  draw(target, prediction, iou3) {
    const [shared, union] = areas(target, prediction);
    const sizes = [area(target), area(prediction), shared, union].map((size) => pixels(size));
    [...sizes, fixed(iou3, 3)].forEach((text, i) => setText(this.values[i], text));
  }
};
var pixels = (size) => `${Math.round(size).toLocaleString("en-US")} px²`;

// src/boxlab/words.ts
var ZERO = 1e-12;
var isZero = (value) => Math.abs(value) < ZERO;
var hasNoPull = (reading) => reading.gradient.every(isZero);
function pullInWords(loss, reading, prediction, target, symbols2) {
  if (!hasNoPull(reading)) {
    const still = symbols2.filter((_, i) => isZero(reading.gradient[i]));
    const pulled = symbols2.filter((_, i) => !isZero(reading.gradient[i]));
    const but = still.length ? `, but not on ${listed(still)}: no gradient there` : "";
    return `The ${TITLES[loss]} loss pulls on ${listed(pulled)}${but}.`;
  }
  return `No gradient here: ${reason(loss, reading, prediction, target)}`;
}
function listed(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
function reason(loss, reading, prediction, target) {
  if (loss === "focal_eiou" && !intersection(prediction, target)) {
    return "the boxes share no area, so IoU, the weight of the Focal-EIoU loss, is 0 whichever way the box moves a little.";
  }
  if (isZero(reading.value))
    return "prediction and target are equal, there is nothing left to pull.";
  if (!isCoordinateLoss(loss) && !intersection(prediction, target)) {
    const stays = `the ${TITLES[loss]} loss stays ${reading.value.toFixed(0)}`;
    return `the boxes share no area, so ${stays} whichever way the box moves a little.`;
  }
  return "the pulls of all parts cancel.";
}
var FORMULAS = {
  l1: "Σ |d|",
  smooth_l1: "Σ d²/2 where |d| < 1, else |d| − ½",
  l2: "Σ d²",
  iou: "1 − I/U",
  giou: "1 − I/U + (C − U)/C",
  diou: "1 − I/U + ρ²/c²",
  ciou: "1 − I/U + ρ²/c² + α v",
  eiou: "1 − I/U + ρ²/c² + Δw²/Cw² + Δh²/Ch²",
  focal_l1: "Σ a d² (1 − 2 ln β|d|)/4 where |d| < 1, else a line",
  focal_eiou: "√(I/U) (1 − I/U + ρ²/c² + Δw²/Cw² + Δh²/Ch²)"
};

// src/boxlab/arrows.ts
function arrows(box, reading, kind, reference, full) {
  const length = (pull) => Math.min(1.4 * full, Math.max(10, full * Math.sqrt(pull / reference)));
  const along2 = (x, y, dx, dy) => {
    const pull = Math.hypot(dx, dy);
    if (isZero(pull)) return [];
    const size = length(pull) / pull;
    return [{ x, y, dx: dx * size, dy: dy * size }];
  };
  const [cx, cy] = center(box);
  const [a, b, c, d] = reading.gradient.map((slope) => -slope);
  const [left, top, right, bottom] = [
    [box[0], cy],
    [cx, box[1]],
    [box[2], cy],
    [cx, box[3]]
  ];
  if (kind === "corners") {
    return [
      ...along2(left[0], left[1], a, 0),
      ...along2(top[0], top[1], 0, b),
      ...along2(right[0], right[1], c, 0),
      ...along2(bottom[0], bottom[1], 0, d)
    ];
  }
  return [
    ...along2(cx, cy, a, b),
    ...along2(left[0], left[1], -c / 2, 0),
    ...along2(right[0], right[1], c / 2, 0),
    ...along2(top[0], top[1], 0, -d / 2),
    ...along2(bottom[0], bottom[1], 0, d / 2)
  ];
}
function referencePull(loss, target, setting) {
  const [w, h] = [Math.max(target[2] - target[0], 1), Math.max(target[3] - target[1], 1)];
  const beside = [target[0] + w / 4, target[1] + h / 4, target[0] + 1.5 * w, target[1] + 1.5 * h];
  return Math.max(...evaluateOne(loss, beside, target, setting).gradient.map(Math.abs)) || 1;
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
function arrowStep(key, shift2) {
  const arrow = ARROWS.get(key);
  return arrow ? [arrow[0] * (shift2 ? 10 : 1), arrow[1] * (shift2 ? 10 : 1)] : null;
}
function unitsPerPixel(element) {
  const shown = element.getScreenCTM();
  return shown && shown.a > 0 && shown.d > 0 ? [1 / shown.a, 1 / shown.d] : [1, 1];
}
function draggable(handle, options2, signal) {
  prepare2(handle);
  listenToPointer(handle, options2, signal);
  listenToKeys(handle, options2, signal);
  return () => describe(handle, options2.read());
}
function prepare2(handle) {
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
  const move2 = (event) => {
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
  element.addEventListener("pointermove", move2, { signal });
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

// src/boxlab/arrow_layer.ts
var ArrowLayer = class {
  element = svg("g", { class: "lv-arrows", "aria-hidden": "true" });
  drawn = [];
  /** Draw these arrows and no others; a head is at most `longest` user units long. */
  draw(arrows2, longest) {
    while (this.drawn.length > arrows2.length) this.drawn.pop().group.remove();
    while (this.drawn.length < arrows2.length) this.add();
    arrows2.forEach((arrow, i) => move(this.drawn[i], arrow, longest));
  }
  add() {
    const halo = svg("line", { class: "lv-arrow-halo" });
    const line3 = svg("line", { class: "lv-arrow" });
    const head = svg("path", { class: "lv-arrow-head" });
    const group = svg("g", {}, halo, line3, head);
    this.drawn.push({ group, halo, line: line3, head });
    this.element.append(group);
  }
};
function move({ halo, line: line3, head }, { x, y, dx, dy }, longest) {
  const size = Math.hypot(dx, dy);
  const length = Math.min(longest, size * 0.7);
  const [ux, uy] = [dx / size, dy / size];
  const [tx, ty] = [x + dx, y + dy];
  const [bx, by] = [tx - ux * length, ty - uy * length];
  const wing = length * 0.5;
  const at = (...numbers) => numbers.map((value) => value.toFixed(2)).join(" ");
  const d = `M${at(tx, ty)}L${at(bx - uy * wing, by + ux * wing)}L${at(bx + uy * wing, by - ux * wing)}Z`;
  attributes(halo, { x1: x, y1: y, x2: tx, y2: ty });
  attributes(line3, { x1: x, y1: y, x2: bx, y2: by });
  attributes(head, { d });
}

// src/boxlab/labels.ts
var [WIDE, HIGH] = [75, 17];
function labelSpots(target, prediction, [width, height], unit) {
  const spot = ([x1, y1, , y2], below) => ({
    x: Math.min(Math.max(x1, 2), width - WIDE * unit),
    y: below ? Math.min(y2 + HIGH * unit, height - 4 * unit) : Math.max(y1 - 7 * unit, 14 * unit)
  });
  const [above, other] = [spot(prediction, false), spot(target, false)];
  const near = Math.abs(above.x - other.x) < 80 * unit;
  const meet = near && Math.abs(above.y - other.y) < HIGH * unit;
  return { prediction: above, target: meet ? spot(target, true) : other };
}

// src/boxlab/canvas.ts
var NAMES = ["target", "prediction"];
var Canvas = class {
  constructor(hooks, signal) {
    this.hooks = hooks;
    const [w, h] = hooks.size;
    const hatch = uniqueName("lv-hatch");
    this.shared.style.fill = `url(#${hatch})`;
    this.drawing = svg(
      "svg",
      { viewBox: `0 0 ${w} ${h}`, role: "group", "aria-label": "Target and prediction boxes" },
      svg("defs", {}, hatching(hatch)),
      svg("g", { class: "lv-union" }, this.unionTarget, this.unionPrediction),
      this.shared,
      this.enclosing,
      this.anchor,
      this.ghosts,
      this.distance
    );
    for (const name of NAMES) this.boxes[name] = this.drawBox(name, signal);
    const { target, prediction } = this.boxes;
    this.drawing.append(this.arrows.element, target.label, prediction.label);
    this.drawing.append(...stacked([target.handles, prediction.handles]));
    this.element = html("div", { class: "lv-canvas" }, this.underlay, this.drawing);
    this.element.style.aspectRatio = `${w} / ${h}`;
    onResize(this.element, () => this.resize(), signal);
  }
  hooks;
  element;
  /** Under the boxes: the landscape is painted here. */
  underlay = html("canvas", { class: "lv-underlay", "aria-hidden": "true", hidden: true });
  /** Boxes of a race, drawn by the race. */
  ghosts = svg("g", { class: "lv-ghosts" });
  drawing;
  boxes = {};
  unionTarget = svg("rect");
  unionPrediction = svg("rect");
  shared = svg("rect", { class: "lv-shared" });
  enclosing = svg("rect", { class: "lv-hull" });
  anchor = svg("rect", { class: "lv-anchor" });
  distance = svg("line", { class: "lv-distance" });
  arrows = new ArrowLayer();
  /** CSS pixels per user unit. */
  zoom = 1;
  draw(arrows2) {
    const { target, prediction, anchor, parametrisation } = this.hooks.state();
    const common = intersection(target, prediction);
    place(this.unionTarget, target);
    place(this.unionPrediction, prediction);
    place(this.enclosing, hull(target, prediction));
    place(this.anchor, anchor);
    setVisible(this.anchor, parametrisation === "offsets");
    setVisible(this.shared, common !== null);
    if (common) place(this.shared, common);
    const [[x1, y1], [x2, y2]] = [center(target), center(prediction)];
    attributes(this.distance, { x1, y1, x2, y2 });
    for (const name of NAMES) this.drawBoxAt(name, this.hooks.state()[name]);
    this.placeLabels();
    this.arrows.draw(arrows2, 10 * this.hooks.scale() / this.zoom);
  }
  /** What screen readers hear of the handles; it may come later than the picture. */
  describe() {
    for (const name of NAMES) this.boxes[name].handles.draw(this.hooks.state()[name]);
  }
  /** Resolution that the underlay should have. */
  get pixels() {
    const ratio = this.zoom * Math.min(window.devicePixelRatio || 1, 2);
    return [Math.round(this.hooks.size[0] * ratio), Math.round(this.hooks.size[1] * ratio)];
  }
  resize() {
    const width = this.element.clientWidth;
    if (!width) return;
    this.zoom = width / this.hooks.size[0];
    this.element.style.setProperty("--lv-zoom", String(this.zoom));
    for (const name of NAMES) this.drawBoxAt(name, this.hooks.state()[name]);
    this.placeLabels();
  }
  drawBox(name, signal) {
    const { hooks } = this;
    const outline = svg("rect", { class: `lv-box lv-${name}` });
    const label2 = svg("text", { class: `lv-label lv-${name}`, "aria-hidden": "true" }, name);
    const halo = svg("rect", { class: "lv-halo" });
    this.drawing.append(halo, outline);
    const handles = new BoxHandles(
      {
        name,
        size: () => hooks.size,
        read: () => hooks.state()[name],
        write: (box, gesture) => hooks.write(name, box, gesture),
        reset: () => hooks.reset(name),
        done: () => hooks.done(),
        zoom: () => this.zoom,
        scale: () => hooks.scale()
      },
      signal
    );
    return { outline, halo, label: label2, handles };
  }
  drawBoxAt(name, box) {
    const drawn = this.boxes[name];
    place(drawn.outline, box);
    place(drawn.halo, box);
    drawn.handles.place(box);
  }
  placeLabels() {
    const { target, prediction } = this.hooks.state();
    const unit = this.hooks.scale() / this.zoom;
    const spots = labelSpots(target, prediction, this.hooks.size, unit);
    for (const name of NAMES) attributes(this.boxes[name].label, { ...spots[name] });
  }
};
function hatching(id) {
  const values = {
    id,
    width: 7,
    height: 7,
    patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)"
  };
  return svg("pattern", values, svg("line", { class: "lv-hatch", x1: 0, y1: 0, x2: 0, y2: 7 }));
}

// src/boxlab/confirm.ts
function answers(result, state) {
  const boxes = [...state.target, ...state.prediction, ...state.anchor];
  const setting = [state.parametrisation, state.units];
  const same = boxes.every((value, i) => value === result.boxes[i]);
  const shown = shownLosses(state.focal);
  const complete = shown.length === result.losses.length && shown.every((name, i) => name === result.losses[i]);
  return same && complete && setting.every((value, i) => value === result.setting[i]);
}
var TOLERANCE = 1e-6;
function apart(a, b) {
  const difference = Math.abs(a - b) / Math.max(1, Math.abs(b));
  return Number.isNaN(difference) ? Infinity : difference;
}
function compareWithTorch(evaluation, result) {
  let [difference, worst] = [apart(evaluation.iou, result.iou), "iou"];
  const own = areas(result.boxes.slice(0, 4), result.boxes.slice(4, 8));
  difference = Math.max(difference, ...own.map((value, i) => apart(value, result.areas[i])));
  MEASURE_NAMES.forEach((name, i) => {
    const here = apart(evaluation.measures[name], result.measures[i]);
    if (here > difference) [difference, worst] = [here, name];
  });
  result.losses.forEach((name, i) => {
    const reading = evaluation.losses[name];
    const here = Math.max(
      apart(reading.value, result.values[i]),
      ...reading.gradient.map((slope, k) => apart(slope, result.gradients[i][k]))
    );
    if (here > difference) [difference, worst] = [here, name];
  });
  return { agrees: difference <= TOLERANCE, difference, worst };
}
function verdictInWords({ agrees, difference, worst }) {
  if (agrees)
    return `✓ torch agrees, largest difference ${difference === 0 ? 0 : difference.toExponential(0)}`;
  return `✗ torch disagrees on ${TITLES[worst]} by ${difference.toExponential(1)}: please report this`;
}

// src/boxlab/controls.ts
var PARAMETRISATION = {
  corners: "corners",
  center_size: "centre and size",
  offsets: "anchor offsets"
};
var RESET = "Both boxes go back to where they started.";
var UNITS = { pixels: "pixels", normalised: "normalised" };
var RATES = [0.01, 0.05, 0.1, 0.3];
var STEPS = [200, 500, 1e3];
var LANDSCAPE = {
  off: "none",
  center: "loss over centre",
  size: "loss over size"
};
var Controls = class {
  constructor(hooks, hints) {
    this.hints = hints;
    this.play = button("", hooks.descend, { class: "lv-primary" });
    this.stepping = button("Step", hooks.step);
    this.parametrisation = select(
      PARAMETRISATION,
      (parametrisation) => hooks.change({ parametrisation })
    );
    this.units = select(UNITS, (units) => hooks.change({ units }));
    this.landscape = select(LANDSCAPE, (landscape) => hooks.change({ landscape }));
    this.rate = select(numbered(RATES), (rate) => hooks.change({ learning_rate: Number(rate) }));
    this.steps = select(numbered(STEPS), (steps) => hooks.change({ race_steps: Number(steps) }));
    this.focal.addEventListener("change", () => hooks.focal(this.focal.checked));
    this.focalChoice = html("label", { class: "lv-check" }, this.focal, "focal variants");
    const [race2, reset] = [button("Race all losses", hooks.race), button("Reset", hooks.reset)];
    this.explain(race2, reset);
    this.element = html(
      "div",
      { class: "lv-controls" },
      html("label", {}, html("span", {}, "the model predicts"), this.parametrisation),
      html("label", {}, html("span", {}, "in"), this.units),
      html("label", {}, html("span", {}, "underlay"), this.landscape),
      html(
        "div",
        { class: "lv-moves" },
        html("label", {}, html("span", {}, "learning rate"), this.rate),
        html("label", {}, html("span", {}, "race steps"), this.steps),
        html("div", { class: "lv-buttons" }, this.stepping, this.play, race2, reset)
      ),
      hints.element
    );
  }
  hints;
  element;
  /** Belongs under the table whose rows it shows. */
  focalChoice;
  parametrisation;
  units;
  landscape;
  rate;
  steps;
  focal = html("input", { type: "checkbox" });
  play;
  stepping;
  explain(race2, reset) {
    const words = [
      [this.parametrisation, "Which four numbers the model predicts. Gradients are by these numbers."],
      [this.units, "Whether the numbers are pixels, or shares of the picture's width and height."],
      [
        this.landscape,
        "Paints the chosen loss under the boxes, for every place of the centre or every size."
      ],
      [this.rate, rateInWords(1)],
      [this.steps, "How many steps a race takes. Its learning rate falls to 0 on the way."],
      [this.stepping, "The prediction takes one step of gradient descent on the chosen loss."],
      [this.play, "The prediction takes step after step until you pause."],
      [
        race2,
        "A copy of the prediction descends on every loss at once: watch all of them, and their IoU."
      ],
      [reset, RESET],
      [this.focalChoice, "Two more rows: Focal-L1 and Focal-EIoU."]
    ];
    for (const [control, text] of words) this.hints.explain(control, text);
  }
  draw(state, playing, stuck) {
    this.parametrisation.value = state.parametrisation;
    this.units.value = state.units;
    this.landscape.value = state.landscape;
    this.focal.checked = state.focal;
    chooseNumber(this.rate, state.learning_rate);
    chooseNumber(this.steps, state.race_steps);
    this.hints.reword(this.rate, rateInWords(targetUnit(state.target)));
    setText(this.play, playing ? "Pause" : "Descend");
    attributes(this.play, { disabled: stuck && !playing });
    attributes(this.stepping, { disabled: stuck });
  }
};
var rateInWords = (unit) => `One step subtracts learning rate × gradient. Lengths are then measured in target sizes: the square root of the target's area, now ${Math.round(unit)} pixels, counts as 1.`;
var numbered = (values) => Object.fromEntries(values.map((value) => [String(value), String(value)]));
function chooseNumber(element, value) {
  const known = [...element.options].some((option) => option.value === String(value));
  if (!known) element.append(html("option", { value: String(value) }, String(value)));
  element.value = String(value);
}
function select(options2, chosen) {
  const entries = Object.entries(options2);
  const element = html(
    "select",
    {},
    ...entries.map(([value, text]) => html("option", { value }, text))
  );
  element.addEventListener("change", () => chosen(element.value));
  return element;
}

// src/boxlab/hints.ts
var REST = "Point at a control to read what it does; the ? at the top says what mouse and keys do.";
var HintLine = class {
  element = html("p", { class: "lv-hint" }, REST);
  /** Words for a control, or for a part that holds one; `reword` may change them later. */
  explain(control, words) {
    this.reword(control, words);
    for (const event of ["pointerenter", "focusin"])
      control.addEventListener(event, () => setText(this.element, control.title));
    for (const event of ["pointerleave", "focusout"])
      control.addEventListener(event, () => setText(this.element, REST));
  }
  reword(control, words) {
    if (control.title !== words) attributes(control, { title: words });
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

// src/boxlab/landscape.ts
function boxAt(kind, x, y, prediction) {
  const [cx, cy] = center(prediction);
  if (kind === "center") {
    const [w2, h2] = [(prediction[2] - prediction[0]) / 2, (prediction[3] - prediction[1]) / 2];
    return [x - w2, y - h2, x + w2, y + h2];
  }
  const [w, h] = [Math.abs(x - cx), Math.abs(y - cy)];
  return [cx - w, cy - h, cx + w, cy + h];
}
function field(kind, loss, prediction, target, setting, size, columns) {
  const rows = Math.round(columns * size[1] / size[0]);
  const values = new Float64Array(columns * rows);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const [x, y] = [(i + 0.5) * size[0] / columns, (j + 0.5) * size[1] / rows];
      values[j * columns + i] = valueOf(loss, boxAt(kind, x, y, prediction), target, setting);
    }
  }
  return { columns, rows, values };
}
var LIGHT = [
  [0, 63, 110],
  [58, 95, 132],
  [107, 128, 150],
  [163, 164, 158],
  [215, 202, 150],
  [252, 236, 170]
];
function shade(share) {
  const place2 = Math.min(Math.max(share, 0), 1) * (LIGHT.length - 1);
  const i = Math.min(Math.floor(place2), LIGHT.length - 2);
  return LIGHT[i].map((from, c) => from + (LIGHT[i + 1][c] - from) * (place2 - i));
}
function paint(canvas, map) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const small = document.createElement("canvas");
  [small.width, small.height] = [map.columns, map.rows];
  const image = new ImageData(map.columns, map.rows);
  const [low, high] = range(map.values);
  map.values.forEach((value, i) => {
    const [r, g, b] = shade((value - low) / (high - low || 1));
    image.data.set([r, g, b, 255], 4 * i);
  });
  small.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
  contour(context, map, low, high, canvas);
}
function range(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
var LEVELS = 9;
function contour(context, map, low, high, canvas) {
  const x = linear([-0.5, map.columns - 0.5], [0, canvas.width]);
  const y = linear([-0.5, map.rows - 0.5], [0, canvas.height]);
  context.beginPath();
  for (let level = 1; level < LEVELS; level++) {
    const height = low + (high - low) * level / LEVELS;
    for (const [x1, y1, x2, y2] of segments(map, height)) {
      context.moveTo(x(x1), y(y1));
      context.lineTo(x(x2), y(y2));
    }
  }
  context.strokeStyle = "rgba(255, 255, 255, 0.55)";
  context.lineWidth = Math.max(1, canvas.width / 500);
  context.stroke();
}
function segments(map, height) {
  const found = [];
  const at = (i, j) => map.values[j * map.columns + i] - height;
  for (let j = 0; j + 1 < map.rows; j++) {
    for (let i = 0; i + 1 < map.columns; i++) {
      const corners = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
      const points = [];
      corners.forEach((value, n) => {
        const next = corners[(n + 1) % 4];
        if (value < 0 === next < 0) return;
        const share = value / (value - next);
        const [fromX, fromY] = [i + Number(n === 1 || n === 2), j + Number(n >= 2)];
        const [stepX, stepY] = [
          [1, 0],
          [0, 1],
          [-1, 0],
          [0, -1]
        ][n];
        points.push(fromX + stepX * share, fromY + stepY * share);
      });
      for (let n = 0; n + 3 < points.length; n += 4) found.push(points.slice(n, n + 4));
    }
  }
  return found;
}

// src/boxlab/legend.ts
function legend() {
  const entries = [
    ["target", "target"],
    ["prediction", "prediction"],
    ["shared", "intersection"],
    ["union", "union"],
    ["hull", "enclosing box"],
    ["distance", "centre distance"],
    ["pull", "pull of the loss"],
    ["anchor", "anchor"],
    ["low", "dark: low loss"]
  ];
  const key = (kind) => html("i", { class: `lv-key lv-key-${kind}` });
  const items = entries.map(
    ([kind, text]) => html("li", { class: `lv-entry-${kind}` }, key(kind), text)
  );
  return html("ul", { class: "lv-legend", "aria-label": "Legend" }, ...items);
}

// src/boxlab/race.ts
var HEIGHT = 220;
var LABELS = 112;
var SECONDS = 4;
var RaceView = class {
  constructor(ghosts, finished, signal) {
    this.ghosts = ghosts;
    this.finished = finished;
    this.element = html("div", { class: "lv-race", hidden: true }, this.chart, this.note);
    onResize(this.element, () => this.shown && this.layOut(), signal);
    signal.addEventListener("abort", () => cancelAnimationFrame(this.timer));
  }
  ghosts;
  finished;
  element;
  chart = svg("svg", { role: "img" });
  note = html("p", { class: "lv-race-note" });
  runs = /* @__PURE__ */ new Map();
  parts = /* @__PURE__ */ new Map();
  frame = null;
  timer = 0;
  step = 0;
  get steps() {
    return (this.runs.values().next().value?.ious.length ?? 1) - 1;
  }
  get shown() {
    return this.runs.size > 0;
  }
  /** Show runs, played from the start unless motion is unwelcome. */
  show(runs, play) {
    this.clear();
    this.runs = runs;
    for (const name of runs.keys()) this.addRun(name, ALL_LOSSES.indexOf(name));
    attributes(this.chart, { "aria-label": this.summary() });
    setVisible(this.element, true);
    this.layOut();
    if (!play || motionless()) return this.finish();
    const start = performance.now();
    const tick = (now) => {
      const step = Math.round((now - start) / 1e3 / SECONDS * this.steps);
      if (step >= this.steps) return this.finish();
      this.draw(Math.max(step, 0));
      this.timer = requestAnimationFrame(tick);
    };
    this.timer = requestAnimationFrame(tick);
  }
  clear() {
    cancelAnimationFrame(this.timer);
    this.runs = /* @__PURE__ */ new Map();
    this.step = 0;
    this.parts.clear();
    this.ghosts.replaceChildren();
    setText(this.note, "");
    setVisible(this.element, false);
  }
  /** What the kernel says of the same race. */
  confirm(text, bad) {
    setText(this.note, text);
    this.note.classList.toggle("lv-mismatch", bad);
  }
  /** The largest difference between these IoU curves (in the order of the runs) and the ones shown. */
  differenceTo(ious) {
    let largest = 0;
    if (ious.length !== this.runs.size * (this.steps + 1)) return Infinity;
    [...this.runs.values()].forEach(({ ious: own }, i) => {
      own.forEach((value, step) => {
        const difference = Math.abs(value - ious[i * own.length + step]);
        largest = Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
      });
    });
    return largest;
  }
  /** The chart is drawn as wide as there is room, so that its text keeps the size of all other text. */
  layOut() {
    const em = parseFloat(getComputedStyle(this.element).fontSize) || 13;
    const width = Math.max(340, this.element.clientWidth / em * 13);
    attributes(this.chart, { viewBox: `0 0 ${width} ${HEIGHT}` });
    const frame = { left: 34, top: 26, right: width - LABELS, bottom: HEIGHT - 38 };
    const labels = { xLabel: "step", yLabel: "IoU with the target", format: String };
    this.frame = axes({ ...frame, ...labels, x: [0, this.steps], y: [0, 1] });
    const lines = [...this.parts.values()].flatMap(({ path, label: label2 }) => [path, label2]);
    this.chart.replaceChildren(this.frame.group, ...lines);
    this.draw(this.step);
  }
  addRun(name, index) {
    const series = `lv-series lv-series-${index}`;
    const path = svg("path", { class: series });
    const label2 = svg("text", { class: `lv-series-label lv-series-${index}` });
    const ghost = svg("rect", { class: series });
    this.parts.set(name, { path, label: label2, ghost });
    this.ghosts.append(ghost);
  }
  finish() {
    this.draw(this.steps);
    this.finished(this.summary());
  }
  draw(step) {
    this.step = step;
    const { x, y } = this.frame;
    const steps = Array.from({ length: step + 1 }, (_, i) => i);
    for (const [name, { path, label: label2, ghost }] of this.parts) {
      const run = this.runs.get(name);
      attributes(path, { d: line2(steps, run.ious.slice(0, step + 1), x, y) });
      const [x1, y1, x2, y2] = run.regions[step];
      attributes(ghost, { x: x1, y: y1, width: x2 - x1, height: y2 - y1 });
      setText(label2, `${TITLES[name]} ${fixed(run.ious[step], 2)}`);
    }
    this.placeLabels(step);
  }
  /** Labels stand beside the ends of their lines, moved apart until none covers another. */
  placeLabels(step) {
    const { x, y } = this.frame;
    const ordered = [...this.parts].sort(
      ([a], [b]) => this.runs.get(b).ious[step] - this.runs.get(a).ious[step]
    );
    const places = spread(
      ordered.map(([name]) => y(this.runs.get(name).ious[step]) + 4),
      17,
      30,
      HEIGHT - 38
    );
    ordered.forEach(
      ([, { label: label2 }], i) => attributes(label2, { x: x(this.steps) + 10, y: places[i] })
    );
  }
  summary() {
    const last = (name) => this.runs.get(name).ious.at(-1);
    const order = [...this.runs.keys()].sort((a, b) => last(b) - last(a));
    const words = order.map((name) => `${TITLES[name]} ${fixed(last(name), 2)}`);
    return `IoU after ${this.steps} steps: ${words.join(", ")}`;
  }
};
function spread(places, gap, low, high) {
  const out = [...places];
  for (let i = 0; i < out.length; i++) out[i] = Math.max(out[i], i ? out[i - 1] + gap : low);
  for (let i = out.length - 1; i >= 0; i--)
    out[i] = Math.min(out[i], i + 1 < out.length ? out[i + 1] - gap : high);
  return out;
}

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

// src/boxlab/messages.ts
var KNOBS = [
  "target",
  "prediction",
  "anchor",
  "loss",
  "focal",
  "parametrisation",
  "units",
  "landscape",
  "learning_rate",
  "race_steps"
];

// src/boxlab/state.ts
function settingOf(state, size) {
  const unit = state.units === "pixels" ? [1, 1] : [...size];
  return { parametrisation: state.parametrisation, unit, anchor: state.anchor };
}
var BEAT_MS = 100;
var Store = class {
  constructor(model, changed, signal) {
    this.model = model;
    this.changed = changed;
    const [height, width] = model.get("size");
    this.size = [width, height];
    this.traits = new TraitStore(KNOBS, model, () => changed(""), signal);
    signal.addEventListener("abort", () => clearTimeout(this.timer));
  }
  model;
  changed;
  size;
  traits;
  timer;
  saved = -Infinity;
  get state() {
    return this.traits.values;
  }
  /** The user changed something: show it at once, and tell the kernel, whose newest message wins. */
  change(change, gesture) {
    this.traits.write(change);
    this.model.set("gesture", gesture);
    this.model.set("seq", this.model.get("seq") + 1);
    if (gesture === "drag" || gesture === "descend") this.saveSoon();
    else this.save();
    this.changed(gesture);
  }
  /** Tell the kernel now. */
  save() {
    clearTimeout(this.timer);
    this.timer = void 0;
    this.saved = performance.now();
    this.model.save_changes();
  }
  /**
   * Tell the kernel by the next beat. Each message costs JupyterLab far more than a frame of this widget (its toolbar
   * is laid out anew at every busy and idle), so a drag sends at most one per beat, the last state included.
   */
  saveSoon() {
    this.timer ??= setTimeout(
      () => this.save(),
      Math.max(0, this.saved + BEAT_MS - performance.now())
    );
  }
  /** The boxes of the constructor. */
  initial(name) {
    return this.model.get("initial")[name];
  }
};

// src/boxlab/table.ts
var BAR = { width: 15, gap: 4, half: 11 };
var LossTable = class {
  constructor(choose, hints) {
    this.choose = choose;
    this.hints = hints;
    const group = uniqueName("lv-loss");
    this.heads = [0, 1, 2, 3].map(
      (i) => svg("text", { x: barX(i) + BAR.width / 2, y: 10, "text-anchor": "middle" })
    );
    const width = 4 * (BAR.width + BAR.gap);
    const names = svg(
      "svg",
      { viewBox: `0 0 ${width} 13`, class: "lv-bars", "aria-hidden": "true" },
      ...this.heads
    );
    const head = html(
      "tr",
      {},
      html("th", { scope: "col" }, "loss"),
      html("th", { scope: "col", class: "lv-measure" }, "measure"),
      html("th", { scope: "col", class: "lv-number" }, "value"),
      html("th", { scope: "col" }, html("span", { class: "lv-hidden" }, "gradient"), names)
    );
    for (const name of ALL_LOSSES) this.rows[name] = this.row(name, group, width);
    this.body.append(...LOSSES.map((name) => this.rows[name].element));
    const caption = html(
      "caption",
      { class: "lv-hidden" },
      "Every regression loss of the present boxes"
    );
    this.element = html(
      "div",
      { class: "lv-losses" },
      html("table", {}, caption, html("thead", {}, head), this.body),
      html("div", { class: "lv-chosen" }, this.formula, this.slopes)
    );
  }
  choose;
  hints;
  element;
  body = html("tbody");
  rows = {};
  heads;
  formula = html("span", { class: "lv-formula" });
  slopes = html("dl", { class: "lv-slopes" });
  draw(state, evaluation) {
    const names = symbols(state.parametrisation, 2);
    this.heads.forEach((head, i) => setText(head, names[i]));
    this.showFocal(state.focal);
    for (const name of shownLosses(state.focal)) {
      if (hasMeasure(name)) setText(this.rows[name].measure, fixed(evaluation.measures[name], 3));
      this.drawRow(name, evaluation.losses[name], names, state.loss === name);
    }
    const chosen = evaluation.losses[state.loss];
    const means = isCoordinateLoss(state.loss) ? ` with d by ${names.join(", ")}` : "";
    setText(this.formula, `${lossTitle(state.loss)} = ${FORMULAS[state.loss]}${means}`);
    this.drawSlopes(names, chosen);
  }
  /** Rows come and go without touching the others, one of which may have the focus. */
  showFocal(focal2) {
    if (focal2 === this.body.contains(this.rows[FOCAL_LOSSES[0]].element)) return;
    for (const name of FOCAL_LOSSES) {
      if (focal2) this.body.append(this.rows[name].element);
      else this.rows[name].element.remove();
    }
  }
  row(name, group, width) {
    const radio = html("input", { type: "radio", name: group, value: name });
    const measure = html("td", { class: "lv-measure" });
    const value = html("td", { class: "lv-number" });
    const bars = [0, 1, 2, 3].map((i) => svg("rect", { x: barX(i), width: BAR.width, rx: 1.5 }));
    const zero = svg("line", {
      class: "lv-zero",
      x1: 0,
      x2: width - BAR.gap,
      y1: BAR.half,
      y2: BAR.half
    });
    const frame = {
      viewBox: `0 0 ${width} ${2 * BAR.half}`,
      class: "lv-bars",
      "aria-hidden": "true"
    };
    const chart = svg("svg", frame, zero, ...bars);
    const none = html("span", { class: "lv-none" }, "no gradient");
    const words = html("span", { class: "lv-hidden" });
    const index = ALL_LOSSES.indexOf(name);
    const line3 = {
      viewBox: "0 0 18 6",
      class: `lv-swatch lv-series-${index}`,
      "aria-hidden": "true"
    };
    const swatch = svg("svg", line3, svg("path", { d: "M0 3H18" }));
    const element = html(
      "tr",
      {},
      html("th", { scope: "row" }, html("label", {}, radio, lossTitle(name), swatch)),
      measure,
      value,
      html("td", {}, html("span", { class: "lv-gradient" }, chart, none, words))
    );
    const chosen = `Choose ${lossTitle(name)}: its pull is drawn, and Step and Descend follow it.`;
    this.hints.explain(element, chosen);
    radio.addEventListener("change", () => this.choose(name));
    element.addEventListener("click", (event) => {
      if (!(event.target instanceof Element && event.target.closest("label"))) this.choose(name);
    });
    return { element, radio, measure, value, chart, bars, none, words };
  }
  drawRow(name, reading, names, chosen) {
    const row = this.rows[name];
    const none = hasNoPull(reading);
    row.element.classList.toggle("lv-chosen-row", chosen);
    row.element.classList.toggle("lv-no-pull", none);
    row.radio.checked = chosen;
    setText(row.value, short(isZero(reading.value) ? 0 : reading.value, 4));
    const largest = Math.max(...reading.gradient.map(Math.abs));
    row.bars.forEach((bar, i) => drawBar(bar, none ? 0 : reading.gradient[i] / largest));
    setText(
      row.words,
      none ? "" : reading.gradient.map((slope, i) => `${names[i]} ${short(slope, 2)}`).join(", ")
    );
  }
  drawSlopes(names, reading) {
    while (this.slopes.children.length < names.length) {
      this.slopes.append(html("div", {}, html("dt"), html("dd")));
    }
    names.forEach((name, i) => {
      const [term, value] = this.slopes.children[i].children;
      setText(term, `∂/∂${name}`);
      setText(value, short(isZero(reading.gradient[i]) ? 0 : reading.gradient[i]));
    });
  }
};
var barX = (i) => i * (BAR.width + BAR.gap);
function drawBar(bar, share) {
  const height = share === 0 || isZero(share) ? 0 : Math.max(1.5, Math.abs(share) * (BAR.half - 1));
  attributes(bar, {
    y: share > 0 ? BAR.half - height : BAR.half,
    height,
    class: share > 0 ? "lv-up" : "lv-down"
  });
}

// src/boxlab/view.ts
var COARSE = 40;
var FINE = 100;
var PATIENCE_MS = 2500;
var OFTEN = [33, 1];
var SELDOM = [1e3, 30];
var READ_MS = 50;
var isFast = (gesture) => gesture === "drag" || gesture === "descend";
var BoxLabView = class {
  constructor(model, root, signal) {
    this.model = model;
    this.root = root;
    this.simple = model.get("simple");
    this.store = new Store(model, (gesture) => this.changed(gesture), signal);
    this.canvas = new Canvas(
      {
        size: this.store.size,
        scale: () => model.get("scale"),
        state: () => this.store.state,
        write: (name, box, gesture) => this.moveBox(name, box, gesture),
        reset: (name) => this.moveBox(name, this.store.initial(name), "reset"),
        done: () => {
          this.store.save();
          this.rest();
          this.announce();
        }
      },
      signal
    );
    this.table = new LossTable((loss) => this.store.change({ loss }, "loss"), this.hints);
    this.race = new RaceView(this.canvas.ghosts, (sentence) => this.root.say(sentence), signal);
    this.controls = new Controls(
      {
        change: (change) => this.store.change(change, "setting"),
        focal: (focal2) => this.showFocal(focal2),
        step: () => this.step("step"),
        descend: () => this.playing ? this.pause() : this.play(),
        race: () => this.startRace(),
        reset: () => this.reset()
      },
      this.hints
    );
    this.layOut();
    signal.addEventListener("abort", () => this.stop());
    this.draw(performance.now());
  }
  model;
  root;
  /** Set by the entry: asks the kernel to run the same race. */
  askForRace = () => {
  };
  store;
  canvas;
  table;
  controls;
  race;
  /** A first meeting: IoU and nothing else. */
  simple;
  areas = new Areas();
  hints = new HintLine();
  iou = html("strong", { class: "lv-iou" });
  chosen = html("span", { class: "lv-headline-loss" });
  torch = html("p", { class: "lv-torch" });
  note = html("p", { class: "lv-note" });
  frame = 0;
  playing = 0;
  fine;
  slow;
  rested;
  fast = false;
  read = -Infinity;
  evaluation;
  landscapeKey = "";
  // What the kernel says
  /** Torch's values for some boxes: the present ones, or stale. */
  resultArrived() {
    if (this.frame || this.rested !== void 0) return;
    const result = this.model.get("result");
    if (!result?.boxes || !answers(result, this.store.state)) return this.wait();
    clearTimeout(this.slow);
    this.slow = void 0;
    const verdict = compareWithTorch(this.evaluation, result);
    setText(this.torch, verdictInWords(verdict));
    attributes(this.torch, { "data-state": verdict.agrees ? "agrees" : "disagrees" });
  }
  /** Torch's IoU curves of the race that is shown, one row per loss. */
  raceAnswered(ious) {
    if (!this.race.shown) return;
    const difference = this.race.differenceTo(ious);
    const agrees = difference <= TOLERANCE;
    const size = difference.toExponential(0);
    const good = `✓ torch ran the same race: every IoU agrees to ${size}`;
    this.race.confirm(
      agrees ? good : `✗ torch's race differs by ${size}: please report this`,
      !agrees
    );
  }
  connectionChanged() {
    this.wait();
  }
  /** No torch values for these boxes yet. */
  wait() {
    if (this.model.get("result") === void 0 || !this.root.connected()) {
      clearTimeout(this.slow);
      setText(this.torch, "Computed in your browser; no kernel is connected.");
      attributes(this.torch, { "data-state": "alone" });
      return;
    }
    attributes(this.torch, { "data-state": "waiting" });
    this.slow ??= setTimeout(() => {
      setText(
        this.torch,
        "Computed in your browser; the kernel is busy and has not confirmed it yet."
      );
    }, PATIENCE_MS);
  }
  // What the user does
  moveBox(name, box, gesture) {
    this.pause();
    if (this.race.shown) this.race.clear();
    this.store.change({ [name]: box }, gesture);
  }
  /** A focal variant that is no longer shown cannot stay chosen: its plain loss takes over. */
  showFocal(focal2) {
    const { loss } = this.store.state;
    this.store.change({ focal: focal2, loss: focal2 ? loss : plainLoss(loss) }, "setting");
  }
  step(gesture) {
    const { prediction, target, loss, learning_rate } = this.store.state;
    const setting = settingOf(this.store.state, this.store.size);
    this.store.change(
      { prediction: descend(loss, prediction, target, setting, learning_rate) },
      gesture
    );
  }
  play() {
    let last = -Infinity;
    const [every, steps] = motionless() ? SELDOM : OFTEN;
    const tick = (now) => {
      if (hasNoPull(this.evaluation.losses[this.store.state.loss])) return this.pause();
      if (now - last > every) {
        last = now;
        for (let i = 0; i < steps; i++) this.step("descend");
      }
      this.playing = requestAnimationFrame(tick);
    };
    this.playing = requestAnimationFrame(tick);
    this.schedule();
  }
  pause() {
    if (!this.playing) return;
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    this.announce();
    this.rest();
  }
  reset() {
    this.pause();
    this.race.clear();
    this.store.change(
      { target: this.store.initial("target"), prediction: this.store.initial("prediction") },
      "reset"
    );
    this.announce();
  }
  startRace(play = true) {
    this.pause();
    const { prediction, target, focal: focal2, learning_rate, race_steps: steps } = this.store.state;
    const setting = settingOf(this.store.state, this.store.size);
    this.race.show(
      race(shownLosses(focal2), prediction, target, setting, { steps, rate: learning_rate }),
      play
    );
    this.askForRace({ name: "race", prediction, target, focal: focal2 });
  }
  /** Python's `race()` counts up; 0 means that the boxes have changed since. */
  raceFromKernel(play) {
    if (this.model.get("raced")) this.startRace(play);
    else this.race.clear();
  }
  // Drawing
  changed(gesture) {
    if (gesture === "" || gesture === "setting") this.race.clear();
    this.fast = isFast(gesture);
    this.schedule();
  }
  schedule() {
    this.frame ||= requestAnimationFrame((now) => this.draw(now));
  }
  /** Nothing moves any more: the numbers catch up. */
  rest() {
    this.fast = false;
    this.schedule();
  }
  draw(now) {
    this.frame = 0;
    const { state, size } = this.store;
    const setting = settingOf(state, size);
    const { prediction, target, loss } = state;
    this.evaluation = evaluate(prediction, target, setting);
    const reading = this.evaluation.losses[loss];
    const reference = referencePull(loss, target, setting);
    this.canvas.draw(
      arrows(prediction, reading, state.parametrisation, reference, 0.17 * Math.min(...size))
    );
    this.drawLandscape(state);
    if (this.fast && now - this.read < READ_MS) {
      this.rested ??= setTimeout(() => this.rest(), READ_MS);
      return;
    }
    this.read = now;
    clearTimeout(this.rested);
    this.rested = void 0;
    this.drawReadouts();
    this.resultArrived();
  }
  /** Everything in words and numbers. */
  drawReadouts() {
    const { state } = this.store;
    const { prediction, target, loss } = state;
    const reading = this.evaluation.losses[loss];
    this.canvas.describe();
    setText(this.iou, fixed(this.evaluation.iou, 3));
    if (this.simple) return this.areas.draw(target, prediction, this.evaluation.iou);
    setText(
      this.note,
      pullInWords(loss, reading, prediction, target, symbols(state.parametrisation, 2))
    );
    this.note.classList.toggle("lv-silent", hasNoPull(reading));
    this.table.draw(state, this.evaluation);
    this.controls.draw(state, this.playing !== 0, hasNoPull(reading));
    const measured = hasMeasure(loss) ? fixed(this.evaluation.measures[loss], 3) : "";
    const measure = measured && loss !== "iou" ? `${TITLES[loss]} ${measured}, ` : "";
    setText(this.chosen, `${measure}${TITLES[loss]} loss ${short(reading.value, 4)}`);
  }
  /** The landscape costs more than a frame, so it is coarse while a box moves and fine once it rests. */
  drawLandscape(state) {
    setVisible(this.canvas.underlay, state.landscape !== "off");
    this.root.element.classList.toggle("lv-on-landscape", state.landscape !== "off");
    this.root.element.classList.toggle("lv-with-anchor", state.parametrisation === "offsets");
    if (state.landscape === "off") return void (this.landscapeKey = "");
    const { prediction, target, anchor, landscape, loss, parametrisation, units } = state;
    const [x1, y1, x2, y2] = prediction;
    const still = (landscape === "center" ? [x2 - x1, y2 - y1] : [x1 + x2, y1 + y2]).map(
      (value) => value.toFixed(6)
    );
    const pixels2 = this.canvas.pixels;
    const key = JSON.stringify([
      landscape,
      loss,
      parametrisation,
      units,
      target,
      anchor,
      still,
      pixels2
    ]);
    if (key === this.landscapeKey) return;
    this.landscapeKey = key;
    const { underlay } = this.canvas;
    [underlay.width, underlay.height] = pixels2;
    const show = (columns) => {
      const setting = settingOf(state, this.store.size);
      paint(
        underlay,
        field(state.landscape, state.loss, prediction, target, setting, this.store.size, columns)
      );
    };
    show(COARSE);
    clearTimeout(this.fine);
    this.fine = setTimeout(() => show(FINE), 120);
  }
  announce() {
    const { loss, prediction, target } = this.store.state;
    const setting = settingOf(this.store.state, this.store.size);
    const { iou: iou3, losses } = evaluate(prediction, target, setting);
    const [shared, union] = areas(target, prediction).map(pixels);
    if (this.simple)
      return this.root.say(`IoU ${fixed(iou3, 2)}, intersection ${shared}, union ${union}`);
    const silent = hasNoPull(losses[loss]) ? ", no gradient" : "";
    this.root.say(
      `IoU ${fixed(iou3, 2)}, ${TITLES[loss]} loss ${short(losses[loss].value)}${silent}`
    );
  }
  layOut() {
    const { canvas, root } = this;
    root.element.classList.toggle("lv-simple", this.simple);
    const iou3 = html("p", { class: "lv-headline" }, html("span", {}, "IoU"), this.iou, this.chosen);
    const parts = this.simple ? [this.areas.element, this.torch, this.resetButton(), this.hints.element] : [this.table.element, this.torch, this.controls.focalChoice];
    const side = html("div", { class: "lv-side" }, iou3, ...parts);
    const note = this.simple ? [] : [this.note];
    const picture = html("div", { class: "lv-picture" }, canvas.element, ...note, legend());
    root.body.append(html("div", { class: "lv-main" }, picture, side));
    if (!this.simple) root.body.append(this.controls.element, this.race.element);
  }
  resetButton() {
    const reset = button("Reset", () => this.reset());
    this.hints.explain(reset, RESET);
    return reset;
  }
  stop() {
    cancelAnimationFrame(this.frame);
    cancelAnimationFrame(this.playing);
    clearTimeout(this.fine);
    clearTimeout(this.slow);
    clearTimeout(this.rested);
  }
};

// src/boxlab/index.ts
var styles = handles_default + boxlab_default + losses_default + controls_default + race_default;
var label = "BoxLab: drag a box, see every loss pull";
var options = { name: "boxlab", label, help: BOX_HELP, css: styles };
var entry = mounted(options, (model, root, signal) => {
  const view = new BoxLabView(model, root, signal);
  const answered = (_, [ious]) => view.raceAnswered(floats(ious));
  const questions = asker(model, answered, signal);
  view.askForRace = (question) => void questions.ask(question);
  listen(model, "change:result", () => view.resultArrived(), signal);
  listen(model, "change:raced", () => view.raceFromKernel(true), signal);
  view.raceFromKernel(false);
  root.onConnection(() => view.connectionChanged());
});
function mount(el, traits = {}) {
  const all = { ...PLAIN2, focal: isFocal(traits.loss ?? PLAIN2.loss), ...traits };
  const { target, prediction } = all;
  return entry.render({
    model: new LocalModel({ ...all, initial: { target, prediction } }),
    el
  });
}
var boxlab_default2 = entry;
export {
  boxlab_default2 as default,
  mount
};
