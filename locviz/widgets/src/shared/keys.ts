/**
 * Keys that are pressed in a widget stay there.
 *
 * JupyterLab listens on the document before anything in it does. It looks for a command from the focused element
 * outwards, and stops at an element with `data-lm-suppress-shortcuts` only before it has tried that element's own
 * selectors. `:focus` is one of them, so `x` would cut the cell and `b` insert one, unless the focused element itself
 * has the attribute. The window hears a key before the document does: whatever has the focus then, new or old, gets it.
 */
const SUPPRESS = "data-lm-suppress-shortcuts";

/** No key pressed in `element` is a command to the notebook, until `signal` aborts; those to the page, such as Ctrl+S, are. */
export function keepKeys(element: Element, signal: AbortSignal): void {
  const keydown = (event: KeyboardEvent) => {
    const { target } = event;
    if (!(target instanceof Element) || !element.contains(target)) return;
    target.setAttribute(SUPPRESS, "true");
    if (event.ctrlKey || event.metaKey) askPage(event);
  };
  window.addEventListener("keydown", keydown, { capture: true, signal });
}

/** Press the same key on the page's body, to which JupyterLab's own commands belong, such as saving, and not a cell's. */
function askPage(event: KeyboardEvent): void {
  const taken = !document.body.dispatchEvent(new KeyboardEvent(event.type, event));
  if (taken) event.preventDefault();
}
