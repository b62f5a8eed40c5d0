/**
 * Handles that can be dragged with mouse, pen, touch and keyboard.
 *
 * A handle's `move` is pure: the state that a gesture's *whole* movement gives from the state where it began. So
 * nothing drifts, Escape restores exactly, and the same function serves pointer and keyboard.
 */
import { attributes } from "./dom.ts";

export interface Described {
  now: number;
  min: number;
  max: number;
  text: string;
}

export interface Handle<State> {
  element: SVGElement;
  label: string;
  /** The state after a movement of (dx, dy) user units from `start`; `resize` is asked for by Alt. */
  move(start: State, dx: number, dy: number, resize: boolean): State;
  describe(state: State): Described;
}

export type Gesture = "drag" | "key" | "restore" | "reset";

export interface DragOptions<State> {
  read(): State;
  write(state: State, gesture: Gesture): void;
  reset(handle: Handle<State>): void;
  /** A gesture ended: announce what it gave. */
  done(handle: Handle<State>): void;
  /** User units per CSS pixel, horizontally and vertically; asked when a gesture begins. */
  unitsPerPixel(): [number, number];
}

const DOUBLE_MS = 350;
const STILL_PX = 4;
const ARROWS = new Map<string, [number, number]>([
  ["ArrowLeft", [-1, 0]],
  ["ArrowRight", [1, 0]],
  ["ArrowUp", [0, -1]],
  ["ArrowDown", [0, 1]],
]);

/** Arrows move one unit, Shift ten; null for any other key. */
export function arrowStep(key: string, shift: boolean): [number, number] | null {
  const arrow = ARROWS.get(key);
  return arrow ? [arrow[0] * (shift ? 10 : 1), arrow[1] * (shift ? 10 : 1)] : null;
}

/** Of what is drawn inside `element`, as the screen shows it now: a dragged box stays under the pointer in a zoomed page. */
export function unitsPerPixel(element: SVGGraphicsElement): [number, number] {
  const shown = element.getScreenCTM();
  return shown && shown.a > 0 && shown.d > 0 ? [1 / shown.a, 1 / shown.d] : [1, 1];
}

/** Where the pointer is, in the units of what is drawn inside `element`, in a zoomed page, too. */
export function placeIn(element: SVGGraphicsElement, event: MouseEvent): [number, number] {
  const shown = element.getScreenCTM();
  if (!shown || !shown.a || !shown.d) return [0, 0];
  return [(event.clientX - shown.e) / shown.a, (event.clientY - shown.f) / shown.d];
}

/** Make `handle` draggable until `signal` aborts; call the returned function after every change of state. */
export function draggable<State>(
  handle: Handle<State>,
  options: DragOptions<State>,
  signal: AbortSignal,
): () => void {
  prepare(handle);
  listenToPointer(handle, options, signal);
  listenToKeys(handle, options, signal);
  return () => describe(handle, options.read());
}

function prepare<State>(handle: Handle<State>): void {
  attributes(handle.element, { role: "slider", tabindex: 0, "aria-label": handle.label });
}

function describe<State>(handle: Handle<State>, state: State): void {
  const { now, min, max, text } = handle.describe(state);
  attributes(handle.element, {
    "aria-valuenow": Math.round(now),
    "aria-valuemin": Math.round(min),
    "aria-valuemax": Math.round(max),
    "aria-valuetext": text,
  });
}

interface Grip<State> {
  pointer: number;
  x: number;
  y: number;
  start: State;
  far: boolean;
  /** Read once, when the gesture begins: reading geometry between writes makes the page lay itself out anew. */
  units: [number, number];
}

function listenToPointer<State>(
  handle: Handle<State>,
  options: DragOptions<State>,
  signal: AbortSignal,
): void {
  const { element } = handle;
  let grip: Grip<State> | null = null;
  let tapped = { time: -Infinity, x: 0, y: 0 };

  const end = () => {
    grip = null;
    element.classList.remove("lv-dragging");
  };
  const down = (event: PointerEvent) => {
    if (grip || event.button !== 0) return; // a second finger or button does not take the box over
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
      units: options.unitsPerPixel(),
    };
    element.setPointerCapture(event.pointerId);
    element.classList.add("lv-dragging");
  };
  const move = (event: PointerEvent) => {
    if (!grip || event.pointerId !== grip.pointer) return;
    const [px, py] = [event.clientX - grip.x, event.clientY - grip.y];
    grip.far ||= Math.hypot(px, py) > STILL_PX;
    const [sx, sy] = grip.units;
    options.write(handle.move(grip.start, px * sx, py * sy, event.altKey), "drag");
  };
  const up = (event: PointerEvent) => {
    if (!grip || event.pointerId !== grip.pointer) return;
    tapped = { time: grip.far ? -Infinity : event.timeStamp, x: event.clientX, y: event.clientY };
    end();
    options.done(handle);
  };
  const cancel = (event: PointerEvent) => {
    if (grip && event.pointerId === grip.pointer) restore();
  };
  const restore = () => {
    if (!grip) return;
    const { start } = grip;
    end();
    options.write(start, "restore");
    options.done(handle);
  };
  // Chromium applies touch-action to HTML and not to shapes inside an SVG: without this a finger scrolls the page.
  element.addEventListener("touchstart", (event) => event.preventDefault(), {
    signal,
    passive: false,
  });
  element.addEventListener("pointerdown", down, { signal });
  element.addEventListener("pointermove", move, { signal });
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", cancel, { signal });
  // Before the keyboard's own Escape: a drag in progress is what it takes back.
  const escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !grip) return;
    restore();
    event.stopImmediatePropagation();
  };
  element.addEventListener("keydown", escape, { signal });
}

function listenToKeys<State>(
  handle: Handle<State>,
  options: DragOptions<State>,
  signal: AbortSignal,
): void {
  const { element } = handle;
  let before: State = options.read();
  const keydown = (event: KeyboardEvent) => {
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
  element.addEventListener("focus", () => (before = options.read()), { signal });
  element.addEventListener("keydown", keydown, { signal });
}
