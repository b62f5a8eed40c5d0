/** One object of AssignLab's scene: its outline, its letter, and the grips that drag it. */
import { type Box, moved, movedSpan, type Part, spoken } from "../shared/boxes.ts";
import { attributes, setVisible, svg } from "../shared/dom.ts";
import { draggable, type Gesture } from "../shared/drag.ts";
import { place } from "../shared/handles.ts";
import { hinted } from "../shared/hint_line.ts";
import { HINTS } from "./hints.ts";
import { colourOf, letter } from "./marks.ts";
import type { SceneInfo } from "./messages.ts";

const CORNERS: Part[] = [
  "top left corner",
  "top right corner",
  "bottom right corner",
  "bottom left corner",
];
const SQUARE = 8; // side of a corner's mark, in units

export interface ObjectHooks {
  info: SceneInfo;
  boxes(): readonly Box[];
  /** Class of each object, in words. */
  names(): string[];
  write(index: number, box: Box, gesture: Gesture): void;
  reset(index: number): void;
  select(index: number): void;
  done(): void;
  /** The object has the focus, or no longer (-1). */
  focused(index: number): void;
  /** Said after the place of an object. */
  words(index: number): string;
  /** Units of the boxes per CSS pixel. */
  perPixel(): number;
}

export class SceneObject {
  readonly outline: SVGGElement;
  readonly body: SVGGElement;
  readonly corners: SVGGElement[];
  private readonly halo = svg("rect", { class: "lv-object-rim" });
  private readonly rect = svg("rect", { class: "lv-object-line" });
  /** Its letter, which lies above all outlines. */
  readonly label: SVGTextElement;
  private readonly hit = svg("rect", { class: "lv-hit" });
  private readonly describes: (() => void)[];
  private drawn = ""; // what it was drawn from
  private pointed = false; // corners show before a click
  private redraw = () => {};

  /** `apart`: crowds and ignored objects take no part. */
  constructor(
    private readonly index: number,
    apart: boolean,
    private readonly hooks: ObjectHooks,
    private readonly signal: AbortSignal,
  ) {
    this.label = svg("text", { class: "lv-object-label", "aria-hidden": "true" }, letter(index));
    this.label.style.setProperty("--lv-mark", colourOf(index));
    const look = { class: `lv-object${apart ? " lv-apart" : ""}`, "aria-hidden": "true" };
    this.outline = svg("g", look, this.halo, this.rect);
    this.outline.style.setProperty("--lv-mark", colourOf(index));
    this.body = svg("g", { class: "lv-grip lv-grip-body", "data-object": index }, this.hit);
    this.corners = CORNERS.map((part) => this.corner(part));
    const parts: [Part, SVGGElement][] = [["body", this.body]];
    this.corners.forEach((corner, i) => parts.push([CORNERS[i], corner]));
    this.describes = parts.map(([part, element]) => this.drag(part, element));
    // Alt and the arrows resize from the body: corners need no stop of their own.
    for (const corner of this.corners) attributes(hinted(corner, HINTS.corner), { tabindex: -1 });
    for (const [, element] of parts) this.showCornersUnderPointer(element);
    hinted(this.body, HINTS.object);
    this.body.addEventListener("focus", () => hooks.select(index), { signal });
    this.body.addEventListener("focus", () => hooks.focused(index), { signal });
    this.body.addEventListener("blur", () => hooks.focused(-1), { signal });
  }

  /** Put all of it where the box is, in drawing units, and its letter where there is room. */
  draw(box: Box, selected: boolean, reach: number, [x, y]: readonly [number, number]): void {
    this.redraw = () => this.draw(box, selected, reach, [x, y]);
    const now = `${box} ${selected} ${this.pointed} ${reach} ${x} ${y} ${this.hooks.words(this.index)}`;
    if (this.drawn === now) return;
    this.drawn = now;
    const [x1, y1, x2, y2] = box;
    place(this.rect, box);
    place(this.halo, box);
    const wide = Math.max(0, reach - (x2 - x1) / 2);
    const tall = Math.max(0, reach - (y2 - y1) / 2);
    place(this.hit, [x1 - wide, y1 - tall, x2 + wide, y2 + tall]);
    attributes(this.label, { x, y });
    this.outline.classList.toggle("lv-selected", selected);
    this.drawCorners(box, selected, reach);
    this.describes.forEach((describe) => describe());
  }

  private drawCorners([x1, y1, x2, y2]: Box, selected: boolean, reach: number): void {
    this.corners.forEach((corner, i) => {
      setVisible(corner, selected || this.pointed);
      const [left, top] = [i === 0 || i === 3, i < 2];
      const [x, y] = [left ? x1 : x2, top ? y1 : y2];
      // Grips reach outward, or a small object could not be moved; before a click less far, or its neighbours could not.
      const half = selected ? reach : 0.6 * reach;
      const out = selected ? 0.6 * reach : 0.3 * reach;
      const [cx, cy] = [x + (left ? -out : out), y + (top ? -out : out)];
      const [hit, square] = corner.children;
      place(hit, [cx - half, cy - half, cx + half, cy + half]);
      place(square, [x - SQUARE / 2, y - SQUARE / 2, x + SQUARE / 2, y + SQUARE / 2]);
    });
  }

  private showCornersUnderPointer(element: SVGGElement): void {
    const point = (pointed: boolean) => () => {
      this.pointed = pointed;
      this.redraw();
    };
    element.addEventListener("pointerenter", point(true), { signal: this.signal });
    element.addEventListener("pointerleave", point(false), { signal: this.signal });
  }

  private corner(part: Part): SVGGElement {
    const square = svg("rect", { class: "lv-grip-square" });
    square.style.setProperty("--lv-mark", colourOf(this.index));
    const values = { "data-object": this.index, "data-part": part };
    const hit = svg("rect", { class: "lv-hit" });
    return svg("g", { class: "lv-grip lv-grip-corner", ...values }, hit, square);
  }

  private drag(part: Part, element: SVGGElement): () => void {
    const { hooks, index } = this;
    const [height, width] = hooks.info.size;
    const name = `object ${letter(index)}, ${hooks.names()[index]}`;
    const handle = {
      element,
      label: part === "body" ? name : `${name}, ${part}`,
      move: (start: Box, dx: number, dy: number, resize: boolean) =>
        hooks.info.dim === 2
          ? moved(start, part, dx, dy, [width, height], resize)
          : movedSpan(start, part, dx, width, resize),
      describe: (box: Box) => ({ now: box[0], min: 0, max: width, text: this.inWords(box) }),
    };
    const whole = hooks.info.dim === 2 ? [0, 0, width, height] : [0, width];
    const options = {
      read: () => hooks.boxes()[index] ?? whole,
      write: (box: Box, gesture: Gesture) => hooks.write(index, box, gesture),
      reset: () => hooks.reset(index),
      done: () => hooks.done(),
      unitsPerPixel: (): [number, number] => [hooks.perPixel(), hooks.perPixel()],
    };
    return draggable<Box>(handle, options, this.signal);
  }

  private inWords(box: Box): string {
    const { info, boxes, words } = this.hooks;
    const span = () => `${Math.round(box[0])} to ${Math.round(box[1])}`;
    const where = info.dim === 2 ? spoken(box) : span();
    return where + (boxes().length > this.index ? `, ${words(this.index)}` : "");
  }
}
