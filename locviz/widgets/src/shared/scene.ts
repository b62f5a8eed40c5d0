/** An image with boxes on it; every kind of box has a colour, a dash and a sign of its own. */
import type { Png } from "./buffers.ts";
import { attributes, svg } from "./dom.ts";
import { Photograph } from "./photo.ts";

export type Kind = "right" | "wrong" | "missed" | "found" | "ignored" | "predicted";

export interface Mark {
  /** x1 y1 x2 y2 in the image's pixels. */
  box: ArrayLike<number>;
  kind: Kind;
  /** Stands at the box. */
  note: string;
  /** Shows when the pointer rests on the box. */
  title: string;
}

const SIDE = 360; // user units of the longer side: about CSS pixels at scale 1

/** `values` cut into rows of four. */
export function rows(values: ArrayLike<number>): number[][] {
  return Array.from({ length: Math.floor(values.length / 4) }, (_, i) =>
    [0, 1, 2, 3].map((j) => values[4 * i + j]),
  );
}

/** Where a note `wide` units long stands: above its box, inside where the top is near, leftwards where the right is. */
export function notePlace(
  box: ArrayLike<number>,
  width: number,
  wide: number,
): { x: number; y: number; anchor: "start" | "end" } {
  const inside = box[1] < 16;
  const end = box[0] + wide > width;
  return {
    x: end ? Math.min(Math.max(box[2], wide), width - 2) : Math.max(box[0], 2),
    y: inside ? box[1] + 13 : box[1] - 5,
    anchor: end ? "end" : "start",
  };
}

export class SceneView {
  readonly element = svg("svg", { class: "lv-scene", role: "img" });
  private readonly ground = svg("rect", {
    class: "lv-scene-ground",
    width: "100%",
    height: "100%",
  });
  private readonly photo: Photograph;
  private readonly marks = svg("g");
  private zoom = 1;
  private width = SIDE;

  /** `letter` is about how wide a letter of a note is, in units. */
  constructor(
    signal: AbortSignal,
    private readonly letter = 7.5,
  ) {
    this.photo = new Photograph(signal);
    this.element.append(this.ground, this.photo.element, this.marks);
  }

  /** Show a photograph of (height, width) pixels; plain ground where there is none. */
  showPhoto([height, width]: readonly number[], png: Png | undefined): void {
    this.zoom = SIDE / Math.max(height, width, 1);
    this.width = width * this.zoom;
    const size = { width: this.width, height: height * this.zoom };
    attributes(this.element, { viewBox: `0 0 ${size.width} ${size.height}` });
    this.photo.fit([height, width], size);
    this.photo.show(png);
  }

  /** Draw boxes; `words` says what the whole picture shows. */
  show(marks: readonly Mark[], words: string): void {
    attributes(this.element, { "aria-label": words });
    this.marks.replaceChildren(...marks.map((mark) => this.draw(mark)));
  }

  private draw({ box, kind, note, title }: Mark): SVGElement {
    const [x1, y1, x2, y2] = Array.from(box, (value) => value * this.zoom);
    const place = { x: x1, y: y1, width: Math.max(x2 - x1, 0), height: Math.max(y2 - y1, 0) };
    const { x, y, anchor } = notePlace([x1, y1, x2, y2], this.width, note.length * this.letter);
    return svg(
      "g",
      { class: `lv-mark lv-mark-${kind}` },
      svg("title", {}, title),
      svg("rect", { class: "lv-mark-rim", ...place }),
      svg("rect", { class: "lv-mark-line", ...place }),
      ...(note ? [svg("text", { x, y, "text-anchor": anchor }, note)] : []),
    );
  }
}
