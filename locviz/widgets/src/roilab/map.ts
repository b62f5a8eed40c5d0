/** One of the two pictures of the map: its cells, what a layer looks at, and the region to drag. */
import { type Box, outlines, type Size, spoken } from "../shared/boxes.ts";
import { attributes, onResize, setVisible, svg } from "../shared/dom.ts";
import { placeIn } from "../shared/drag.ts";
import { fixed } from "../shared/format.ts";
import { BoxHandles, place } from "../shared/handles.ts";
import { label, nearestSample, type Sample, walked } from "./geometry.ts";

const REACH = 0.45; // cells within which the pointer takes a sample point

export interface MapHooks {
  region(): Box;
  /** Width and height of the image, in pixels. */
  image(): Size;
  stride(): number;
  scale(): number;
  write(region: Box, gesture: string): void;
  reset(): void;
  done(): void;
  /** A bin is looked at, -1 for none. */
  look(bin: number): void;
}

export class MapPanel {
  readonly element: SVGSVGElement;
  private readonly cells = svg("g", { class: "lv-cells", "aria-hidden": "true" });
  // One path for all of a kind: a drag changes them sixty times a second.
  private readonly rounded = svg("path", { class: "lv-marks lv-rounded", "aria-hidden": "true" });
  private readonly winners = svg("path", { class: "lv-marks lv-winner", "aria-hidden": "true" });
  private readonly halo = svg("rect", { class: "lv-roi-halo" });
  private readonly outline = svg("rect", { class: "lv-roi" });
  private readonly bins = svg("path", { class: "lv-marks lv-bin", "aria-hidden": "true" });
  private readonly looked = svg("rect", { class: "lv-looked", display: "none" });
  private readonly handles: BoxHandles;
  private zoom = 1;

  constructor(
    kind: "pool" | "align",
    label: string,
    private readonly hooks: MapHooks,
    signal: AbortSignal,
  ) {
    this.element = svg("svg", {
      class: `lv-map lv-map-${kind}`,
      role: "group",
      "aria-label": label,
    });
    const { region, image, write, reset, done, scale } = hooks;
    const handles = { name: "region", size: image, read: region, write, reset, done, scale, zoom: () => this.zoom };
    this.handles = new BoxHandles(handles, signal);
    this.element.append(
      this.cells,
      this.looked,
      this.bins,
      this.rounded,
      this.winners,
      this.halo,
      this.outline,
      this.handles.element,
    );
    onResize(this.element, () => this.resize(), signal);
  }

  /** Draw the map: (h, w) values, row by row; darker is larger. */
  showMap(values: Float32Array, [rows, columns]: readonly number[]): void {
    const low = Math.min(...values);
    const span = Math.max(...values) - low || 1;
    const cell = this.hooks.stride();
    attributes(this.element, { viewBox: `0 0 ${columns * cell} ${rows * cell}` });
    const drawn = Array.from({ length: rows * columns }, (_, k) => {
      const [x, y] = [(k % columns) * cell, Math.floor(k / columns) * cell];
      const ground = svg("rect", { class: "lv-cell", x, y, width: cell, height: cell });
      ground.style.fillOpacity = String(0.05 + (0.37 * (values[k] - low)) / span);
      const text = svg(
        "text",
        { x: x + cell * 0.5, y: y + cell * 0.6, "text-anchor": "middle" },
        label(values[k]),
      );
      return svg("g", {}, ground, text);
    });
    this.element.style.setProperty("--lv-cell", `${cell}px`);
    this.cells.replaceChildren(...drawn);
    this.resize();
  }

  /** Put the region and its handles where it is now. */
  showRegion(bins: readonly Box[] | null): void {
    const region = this.hooks.region();
    place(this.outline, region);
    place(this.halo, region);
    this.handles.draw(region);
    if (bins) attributes(this.bins, { d: outlines(inPixels(bins, this.hooks.stride())) });
  }

  /** Mark boxes and the middles of cells. */
  showMarks(boxes: readonly Box[], cells: readonly (readonly number[])[]): void {
    const cell = this.hooks.stride();
    attributes(this.rounded, { d: outlines(inPixels(boxes, cell)) });
    attributes(this.winners, {
      d: cells.map(([x, y]) => circle((x + 0.5) * cell, (y + 0.5) * cell, 0.4 * cell)).join(""),
    });
  }

  /** Light up one part of the map, in cells; null for none. */
  showLooked(box: Box | null): void {
    setVisible(this.looked, box !== null);
    if (box)
      place(
        this.looked,
        box.map((value) => value * this.hooks.stride()),
      );
  }

  /** Where the pointer is, in cells. */
  at(event: PointerEvent): [number, number] {
    const [x, y] = placeIn(this.element, event);
    return [x / this.hooks.stride(), y / this.hooks.stride()];
  }

  private resize(): void {
    const width = this.element.clientWidth || this.element.getBoundingClientRect().width;
    if (!width) return;
    this.zoom = width / this.hooks.image()[0];
    this.element.style.setProperty("--lv-zoom", String(this.zoom));
    this.handles.draw(this.hooks.region());
  }
}

function boxIn(box: Box, name: string, cell: number): SVGRectElement {
  const rect = svg("rect", { class: name });
  place(
    rect,
    box.map((value) => value * cell),
  );
  return rect;
}

const inPixels = (boxes: readonly Box[], cell: number): number[][] =>
  boxes.map((box) => box.map((value) => value * cell));

const circle = (x: number, y: number, r: number): string =>
  `M${x - r} ${y}a${r} ${r} 0 1 1 ${2 * r} 0a${r} ${r} 0 1 1 ${-2 * r} 0Z`;

function ring(x: number, y: number, r: number, name: string, cell: number): SVGCircleElement {
  return svg("circle", { class: name, cx: x * cell, cy: y * cell, r: r * cell });
}

/** RoIAlign's sample points: hover one, or focus them and walk with the arrows, and see the cells that it interpolates. */
export class Points {
  readonly element = svg("g", {
    class: "lv-points",
    role: "slider",
    tabindex: 0,
    "aria-label": "Sample points of RoIAlign",
  });
  private readonly rims = svg("path", { class: "lv-points-rim" });
  private readonly dots = svg("path", { class: "lv-points-dots" });
  private readonly weights = svg("g", { class: "lv-weights" });
  private samples: readonly Sample[] = [];
  private columns = 1;
  private chosen = -1;

  constructor(
    panel: MapPanel,
    private readonly hooks: MapHooks,
    signal: AbortSignal,
  ) {
    this.element.append(this.rims, this.dots, this.weights);
    const hover = (event: PointerEvent) => {
      if (event.pointerType !== "touch" && !event.buttons)
        this.choose(nearestSample(this.samples, ...panel.at(event), REACH));
    };
    panel.element.addEventListener("pointermove", hover, { signal });
    panel.element.addEventListener("pointerleave", () => this.focused || this.choose(-1), {
      signal,
    });
    this.element.addEventListener("focus", () => this.choose(Math.max(this.chosen, 0)), { signal });
    this.element.addEventListener("blur", () => this.choose(-1), { signal });
    this.element.addEventListener("keydown", (event) => this.key(event), { signal });
  }

  show(samples: readonly Sample[], columns: number): void {
    this.samples = samples;
    this.columns = columns;
    const cell = this.hooks.stride();
    const d = samples.map(({ x, y }) => `M${x * cell} ${y * cell}h0`).join(""); // round ends make dots of it
    for (const path of [this.rims, this.dots]) attributes(path, { d });
    if (this.chosen >= 0) this.choose(Math.min(this.chosen, samples.length - 1));
    else this.describe();
  }

  private get focused(): boolean {
    return (
      this.element.ownerDocument.activeElement === this.element || this.element.matches(":focus")
    );
  }

  private choose(index: number): void {
    this.chosen = index;
    const sample = this.samples[index];
    const cell = this.hooks.stride();
    const spots = sample?.neighbours.flatMap(({ column, row, weight }) => [
      svg("line", {
        class: "lv-link",
        x1: sample.x * cell,
        y1: sample.y * cell,
        x2: (column + 0.5) * cell,
        y2: (row + 0.5) * cell,
      }),
      boxIn([column + 0.06, row + 0.06, column + 0.94, row + 0.94], "lv-neighbour", cell),
      svg(
        "text",
        {
          class: "lv-weight",
          x: (column + 0.5) * cell,
          y: (row + (row + 0.5 < sample.y ? 0.28 : 0.94)) * cell,
          "text-anchor": "middle",
        },
        `×${fixed(weight, 2)}`,
      ),
    ]);
    this.weights.replaceChildren(
      ...(sample ? [...spots!, ring(sample.x, sample.y, 0.13, "lv-point lv-chosen", cell)] : []),
    );
    this.hooks.look(sample?.bin ?? -1);
    this.describe();
  }

  private describe(): void {
    const sample = this.samples[this.chosen];
    const said = sample
      ? this.inWords(sample, this.chosen)
      : `${this.samples.length} sample points; arrows walk them`;
    attributes(this.element, {
      "aria-valuemin": 1,
      "aria-valuemax": Math.max(this.samples.length, 1),
      "aria-valuenow": Math.max(this.chosen + 1, 1),
      "aria-valuetext": said,
    });
  }

  private inWords({ x, y, neighbours }: Sample, index: number): string {
    const parts = neighbours.map(
      ({ column, row, weight }) => `${fixed(weight, 2)} of column ${column + 1} row ${row + 1}`,
    );
    return `point ${index + 1} of ${this.samples.length} at ${fixed(x, 2)}, ${fixed(y, 2)}: ${parts.join(", ") || "outside the map"}`;
  }

  private key(event: KeyboardEvent): void {
    if (
      !event.key.startsWith("Arrow") ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      !this.samples.length
    )
      return;
    event.preventDefault();
    event.stopPropagation();
    const rows = this.samples.length / this.columns;
    this.choose(walked(Math.max(this.chosen, 0), event.key, rows, this.columns));
  }
}

/** "x 1.4 to 6.9, y 1.4 to 5.7 cells": what the region's heading says. */
export const inCells = (region: Box, stride: number): string => {
  const [x1, y1, x2, y2] = region.map((value) => fixed(value / stride, 2));
  return `x ${x1} to ${x2}, y ${y1} to ${y2} cells; ${spoken(region)} px`;
};
