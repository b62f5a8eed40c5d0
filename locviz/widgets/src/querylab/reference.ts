/** The reference point of deformable attention, on a layer of its own over the picture: a cross to drag. */
import { attributes, onResize, setVisible, svg } from "../shared/dom.ts";
import { draggable, type Gesture, unitsPerPixel } from "../shared/drag.ts";
import { hinted } from "../shared/hint_line.ts";
import { HINTS } from "./hints.ts";

export interface ReferenceHooks {
  /** Where it is; nothing where there is none. */
  read(): readonly number[];
  write(place: number[], gesture: Gesture): void;
  reset(): void;
  done(): void;
}

const [REACH, ARM] = [14, 9]; // CSS pixels

export class Reference {
  readonly element = svg("svg", { class: "lv-over" });
  private readonly grip = svg("g", { class: "lv-reference" });
  private readonly circle = svg("circle", { class: "lv-reach" });
  private readonly rim = svg("path", { class: "lv-reference-rim" });
  private readonly mark = svg("path", { class: "lv-reference-mark" });
  private readonly described: () => void;
  private zoom = 1;

  constructor(
    [height, width]: readonly number[],
    hooks: ReferenceHooks,
    signal: AbortSignal,
  ) {
    attributes(this.element, { viewBox: `0 0 ${width} ${height}` });
    this.grip.append(this.circle, this.rim, this.mark);
    this.element.append(this.grip);
    hinted(this.grip, HINTS.reference);
    const inside = (value: number, most: number) => Math.min(Math.max(value, 0), most);
    const handle = {
      element: this.grip,
      label: "reference point",
      move: ([x, y]: readonly number[], dx: number, dy: number) => [inside(x + dx, width), inside(y + dy, height)],
      describe: ([x = 0, y = 0]: readonly number[]) => ({
        now: x,
        min: 0,
        max: width,
        text: `x ${x.toFixed(0)}, y ${y.toFixed(0)}`,
      }),
    };
    const options = {
      read: () => hooks.read(),
      write: (place: readonly number[], gesture: Gesture) => hooks.write([...place], gesture),
      reset: () => hooks.reset(),
      done: () => hooks.done(),
      unitsPerPixel: () => unitsPerPixel(this.element),
    };
    this.described = draggable(handle, options, signal);
    onResize(this.element, () => this.measure(width), signal);
  }

  show(place: readonly number[]): void {
    setVisible(this.grip, place.length > 0);
    if (!place.length) return;
    attributes(this.grip, { transform: `translate(${place[0]} ${place[1]})` });
    this.described();
  }

  private measure(width: number): void {
    const wide = this.element.getBoundingClientRect().width;
    if (!wide) return;
    this.zoom = (this.element.clientWidth || wide) / width;
    const arm = ARM / this.zoom;
    const d = `M${-arm} 0H${arm}M0 ${-arm}V${arm}`;
    attributes(this.circle, { r: REACH / this.zoom });
    for (const path of [this.rim, this.mark]) attributes(path, { d });
  }
}
