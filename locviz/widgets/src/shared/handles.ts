/** The nine handles of a box in a drawing: body, edges and corners, for mouse, pen, touch and keyboard. */
import { type Box, moved, type Part, PARTS, type Size, spoken } from "./boxes.ts";
import { attributes, svg } from "./dom.ts";
import { draggable, type DragOptions, unitsPerPixel } from "./drag.ts";

const REACH = 13; // half of a handle's hit target, in CSS pixels

export interface HandleHooks {
  /** What the box is called: the body's label, the beginning of the others', and a class of their group. */
  name: string;
  /** Width and height of the drawing in user units. */
  size(): Size;
  read(): Box;
  write(box: Box, gesture: string): void;
  reset(): void;
  done(): void;
  /** CSS pixels per user unit. */
  zoom(): number;
  /** How much larger than usual handles are. */
  scale(): number;
}

const KINDS = ["body", "edge", "corner"] as const;
type Kind = (typeof KINDS)[number];

const kindOf = (part: Part): Kind =>
  part === "body" ? "body" : part.endsWith("edge") ? "edge" : "corner";

export class BoxHandles {
  /** All handles of this box alone; `stacked` is for several boxes. */
  readonly element: SVGGElement;
  /** Bodies lie lowest, corners highest. */
  readonly layers: Record<Kind, SVGGElement>;
  private readonly handles = new Map<Part, SVGGElement>();
  private readonly describe: (() => void)[] = [];

  constructor(
    private readonly hooks: HandleHooks,
    signal: AbortSignal,
  ) {
    const layer = () => svg("g", { class: `lv-handles lv-${hooks.name}` });
    this.layers = { body: layer(), edge: layer(), corner: layer() };
    for (const part of Object.keys(PARTS) as Part[]) {
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

  /** Put the handles where the box is, and say where that is. */
  draw(box: Box): void {
    this.place(box);
    this.describe.forEach((describe) => describe());
  }

  /**
   * Put the handles where the box is; what screen readers hear can follow later.
   *
   * A handle's place counts from the box's low corner, so a box that moves whole changes three attributes.
   */
  place(box: Box): void {
    const [x1, y1, x2, y2] = box;
    const reach = (REACH * this.hooks.scale()) / this.hooks.zoom();
    const here = `translate(${round(x1)} ${round(y1)})`;
    for (const kind of KINDS) attributes(this.layers[kind], { transform: here });
    const inside = [0, 0, x2 - x1, y2 - y1];
    for (const [part, element] of this.handles) {
      const [hit, mark] = element.children;
      place(hit, hitArea(part, inside, reach));
      place(mark, markArea(part, inside, reach));
    }
  }

  private makeDraggable(signal: AbortSignal): void {
    const { hooks } = this;
    const options: DragOptions<Box> = {
      read: () => hooks.read(),
      write: (box, gesture) => hooks.write(box, gesture),
      reset: () => hooks.reset(),
      done: () => hooks.done(),
      // Of the corners: a widget with a body of its own leaves this one out of the drawing.
      unitsPerPixel: () => unitsPerPixel(this.layers.corner),
    };
    for (const [part, element] of this.handles) {
      const vertical = part === "top edge" || part === "bottom edge";
      const axis = PARTS[part].findIndex((moves, i) => moves && (vertical ? i % 2 === 1 : true));
      const handle = {
        element,
        label: part === "body" ? hooks.name : `${hooks.name}, ${part}`,
        move: (start: Box, dx: number, dy: number, resize: boolean) =>
          moved(start, part, dx, dy, hooks.size(), resize),
        describe: (box: Box) => ({
          now: box[axis],
          min: 0,
          max: hooks.size()[axis % 2],
          text: spoken(box),
        }),
      };
      this.describe.push(draggable(handle, options, signal));
    }
  }
}

/** The handles of several boxes in one drawing, lowest first: a corner wins over an edge, an edge over a body. */
export const stacked = (boxes: readonly BoxHandles[]): SVGGElement[] =>
  KINDS.flatMap((kind) => boxes.map(({ layers }) => layers[kind]));

const round = (value: number): number => Math.round(value * 1000) / 1000;

/** Lay a rectangle over a box. */
export function place(rect: Element, [x1, y1, x2, y2]: Box): void {
  attributes(rect, { x: x1, y: y1, width: Math.max(x2 - x1, 0), height: Math.max(y2 - y1, 0) });
}

/** Where a handle can be gripped: at least 2 * reach wide. Edges and corners reach outward: small boxes stay movable. */
function hitArea(part: Part, [x1, y1, x2, y2]: Box, reach: number): Box {
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

/** What shows of a handle: a corner's square, the focus ring of a body or an edge. */
function markArea(part: Part, [x1, y1, x2, y2]: Box, reach: number): Box {
  if (part === "body") return [x1, y1, x2, y2];
  const half = reach * (part.includes("corner") ? 0.35 : 0.2);
  const [left, top, right, bottom] = PARTS[part];
  return [
    (right && !left ? x2 : x1) - half,
    (bottom && !top ? y2 : y1) - half,
    (left && !right ? x1 : x2) + half,
    (top && !bottom ? y1 : y2) + half,
  ];
}
