// src/shared/dom.ts
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
function setText(element, text) {
  const only = element.childNodes.length === 1 ? element.firstChild : null;
  if (only instanceof Text && text) {
    if (only.data !== text) only.data = text;
  } else if (element.textContent !== text) element.textContent = text;
}
var uniqueName = (start) => `${start}-${Math.random().toString(36).slice(2)}`;
function coordinate(value) {
  return Number.isFinite(value) ? String(Math.round(value * 1e3) / 1e3) : "0";
}

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

// src/shared/model.ts
function listen(model, event, callback, signal) {
  model.on(event, callback);
  signal.addEventListener("abort", () => model.off(event, callback));
}

// src/card/live.ts
var BELOW = "margin:.2em 0 .2em 1.2em";
var HIDDEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";
function show(card, markup) {
  const unfolded = [...card.querySelectorAll("details")].map((one) => one.open);
  card.innerHTML = markup;
  card.querySelectorAll("details").forEach((one, i) => one.open = unfolded[i] ?? false);
}
function group(radios, texts, label) {
  const lines = radios.map((radio, i) => {
    radio.style.margin = ".2em .5em 0 0";
    const style2 = "display:flex;align-items:flex-start;cursor:pointer";
    return html("label", { class: "locviz-choice", style: style2 }, radio, html("span", {}, texts[i]));
  });
  const style = `${BELOW};display:grid;gap:.25em;max-width:46em`;
  return html("div", { role: "radiogroup", "aria-label": label, style }, ...lines);
}
function render({ model, el }) {
  const stop = new AbortController();
  const choices = model.get("choices");
  const name = uniqueName("locviz");
  const radios = choices.map((_, i) => html("input", { type: "radio", name, value: i }));
  radios.forEach(
    (radio, i) => radio.addEventListener("change", () => {
      model.set("chosen", i);
      model.save_changes();
    })
  );
  const asks = choices.length > 0;
  const card = html("div");
  const status = html("p", { role: "status", style: asks ? BELOW : HIDDEN });
  el.replaceChildren(
    card,
    ...asks ? [group(radios, choices, model.get("question"))] : [],
    status
  );
  keepKeys(el, stop.signal);
  follow(model, "card", (markup) => show(card, markup), stop.signal);
  follow(model, "says", (text) => setText(status, text), stop.signal);
  const mark = (chosen) => radios.forEach((radio, i) => radio.checked = i === chosen);
  follow(model, "chosen", mark, stop.signal);
  return () => stop.abort();
}
function follow(model, trait, callback, signal) {
  const changed = () => callback(model.get(trait));
  listen(model, `change:${trait}`, changed, signal);
  changed();
}
var live_default = { render };
export {
  live_default as default
};
