/** Elements by name. Text only ever becomes a text node: data cannot turn into markup. */

type Value = string | number | boolean | null | undefined;
export type Attributes = Record<string, Value>;
export type Child = Node | string;

const SVG = "http://www.w3.org/2000/svg";

/**
 * Set attributes; false, null and undefined remove one, true sets it empty.
 *
 * What is there already is left alone: an equal value that is written again costs a style recalculation all the same.
 */
export function attributes<E extends Element>(element: E, values: Attributes): E {
  for (const name in values) {
    const text = written(values[name]);
    if (element.getAttribute(name) === text) continue;
    if (text === null) element.removeAttribute(name);
    else element.setAttribute(name, text);
  }
  return element;
}

function written(value: Value): string | null {
  if (value === false || value === null || value === undefined) return null;
  if (value === true) return "";
  return typeof value === "number" ? coordinate(value) : value;
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

/** Change text only where it differs, in the text node that is there: screen readers and layout are left alone. */
export function setText(element: Element, text: string): void {
  const only = element.childNodes.length === 1 ? element.firstChild : null;
  if (only instanceof Text && text) {
    if (only.data !== text) only.data = text;
  } else if (element.textContent !== text) element.textContent = text;
}

/** An id or a group's name that no other view has, not even one of another copy of this module. */
export const uniqueName = (start: string): string =>
  `${start}-${Math.random().toString(36).slice(2)}`;

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

/** Whether the reader has asked for less motion. */
export const motionless = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
