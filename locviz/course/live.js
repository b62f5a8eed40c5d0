/** A card of the course in a running notebook: its text may change, it may ask, and it says what happened. */

const HIDDEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";

/** Replace the card's text; what the reader has unfolded stays so. */
function show(card, markup) {
  const unfolded = [...card.querySelectorAll("details")].map((one) => one.open);
  card.innerHTML = markup; // made by the kernel, which escapes all that a learner or a file wrote
  card.querySelectorAll("details").forEach((one, i) => (one.open = unfolded[i] ?? false));
}

/** The choices as one group of radio buttons: one stop of the Tab key, the arrows go round inside it. */
function group(model) {
  const name = `locviz-${Math.random().toString(36).slice(2)}`;
  const element = document.createElement("div");
  element.setAttribute("role", "radiogroup");
  element.setAttribute("aria-label", model.get("question"));
  element.style.cssText = "margin:.2em 0 .2em 1.2em;display:grid;gap:.25em;max-width:46em";
  model.get("choices").forEach((text, i) => {
    const radio = Object.assign(document.createElement("input"), { type: "radio", name, value: i });
    radio.style.margin = ".2em .5em 0 0";
    radio.addEventListener("change", () => {
      model.set("chosen", i);
      model.save_changes();
    });
    const label = document.createElement("label");
    label.className = "locviz-choice";
    label.style.cssText = "display:flex;align-items:flex-start;cursor:pointer";
    label.append(radio, document.createElement("span"));
    label.lastChild.textContent = text;
    element.append(label);
  });
  return element;
}

function render({ model, el }) {
  const card = document.createElement("div");
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  const asks = model.get("choices").length > 0;
  // A question's reply is to be seen; a challenge's ticks are seen in the card and only read aloud.
  status.style.cssText = asks ? "margin:.2em 0 .2em 1.2em" : HIDDEN;
  const choices = asks ? group(model) : null;
  el.replaceChildren(...[card, choices, status].filter(Boolean));

  const redraw = () => show(card, model.get("card"));
  const tell = () => (status.textContent = model.get("says"));
  const mark = () => {
    choices?.querySelectorAll("input").forEach((radio, i) => (radio.checked = i === model.get("chosen")));
  };
  // Keys pressed in here are no commands to the notebook: its shortcuts look at the focused element.
  el.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
  const follow = { "change:card": redraw, "change:says": tell, "change:chosen": mark };
  for (const [event, callback] of Object.entries(follow)) {
    model.on(event, callback);
    callback();
  }
  return () => {
    for (const [event, callback] of Object.entries(follow)) model.off(event, callback);
  };
}

export default { render };
