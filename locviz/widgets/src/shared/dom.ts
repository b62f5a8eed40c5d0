/** Elements by name. Text only ever becomes a text node: data cannot turn into markup. */

type Value = string | number | boolean | null | undefined;
export type Attributes = Record<string, Value>;
export type Child = Node | string;

const SVG = "http://www.w3.org/2000/svg";

/** Set attributes; false, null and undefined remove one, true sets it empty. */
export function attributes<E extends Element>(element: E, values: Attributes): E {
  for (const [name, value] of Object.entries(values)) {
    if (value === false || value === null || value === undefined) element.removeAttribute(name);
    else
      element.setAttribute(
        name,
        value === true ? "" : typeof value === "number" ? coordinate(value) : value,
      );
  }
  return element;
}

export function html<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  values: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = attributes(document.createElement(tag), values);
  element.append(...children);
  return element;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  values: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = attributes(document.createElementNS(SVG, tag), values);
  element.append(...children);
  return element;
}

/** Change text only where it differs: screen readers and layout are left alone. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function setVisible(element: Element, visible: boolean): void {
  attributes(element, {
    hidden: !visible,
    display: element instanceof SVGElement && !visible ? "none" : null,
  });
}

/** A button; `values` may hold an `aria-label` where the text is only a sign. */
export function button(text: string, act: () => void, values: Attributes = {}): HTMLButtonElement {
  const element = html("button", { type: "button", ...values }, text);
  element.addEventListener("click", act);
  return element;
}

/** Call back whenever the element's size changes, until `signal` aborts. */
export function onResize(element: Element, callback: () => unknown, signal: AbortSignal): void {
  const observer = new ResizeObserver(callback);
  observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect());
}

/** At most three decimals: enough for a thousandth of a pixel. */
function coordinate(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 1000) / 1000) : "0";
}
