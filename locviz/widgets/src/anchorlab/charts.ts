/** The two charts: recall against the IoU asked for, and against how many anchors it takes. */
import { type Axes, axes, line } from "../shared/axes.ts";
import { attributes, setVisible, svg } from "../shared/dom.ts";
import { fixed } from "../shared/format.ts";
import { count } from "./lattice.ts";

const VIEW = [420, 178];
const BOX = { left: 40, top: 24, right: 410, bottom: 136 };
const IOUS = [0.3, 0.95] as const;
const DECADES = [2, 5.6] as const; // 100 to 400,000 anchors

export interface Curve {
  ious: Float32Array;
  recall: Float32Array;
}

export class RecallChart {
  readonly element = frame("Recall against the IoU that an anchor must reach");
  private readonly axes: Axes;
  private readonly fallback = svg("path", { class: "lv-default" });
  private readonly own = svg("path", { class: "lv-own" });
  private readonly rule = svg("line", { class: "lv-threshold" });
  private readonly dot = svg("circle", { class: "lv-own-dot", r: 6 });

  constructor() {
    this.axes = axes({
      ...BOX,
      x: IOUS,
      y: [0, 1],
      yTicks: 5,
      xTicks: 7,
      format: (value) => fixed(value, 1),
      xLabel: "IoU that the best anchor must reach",
      yLabel: "recall: the part of all boxes that is reached",
    });
    this.element.append(this.axes.group, this.rule, this.fallback, this.own, this.dot);
  }

  show(own: Curve, fallback: Curve): void {
    const { x, y } = this.axes;
    attributes(this.own, { d: line(own.ious, own.recall, x, y) });
    attributes(this.fallback, { d: line(fallback.ious, fallback.recall, x, y) });
  }

  showThreshold(threshold: number, recall: number | null): void {
    const { x, y } = this.axes;
    const inside = threshold >= IOUS[0] && threshold <= IOUS[1];
    setVisible(this.rule, inside);
    setVisible(this.dot, inside && recall !== null);
    attributes(this.rule, { x1: x(threshold), x2: x(threshold), y1: BOX.top, y2: BOX.bottom });
    attributes(this.dot, { cx: x(threshold), cy: y(recall ?? 0) });
  }
}

export class PriceChart {
  readonly element = frame(
    "Recall against anchors per image: every design tried, the default and the present one",
  );
  private readonly axes: Axes;
  private readonly tried = svg("g", { class: "lv-tried" });
  private readonly fallback = svg("path", { class: "lv-default-mark" });
  private readonly own = svg("circle", { class: "lv-own-dot", r: 6 });

  constructor() {
    this.axes = axes({
      ...BOX,
      x: DECADES,
      y: [0, 1],
      yTicks: 5,
      xTicks: 4,
      format: decades,
      xLabel: "anchors per image",
      yLabel: "recall at the positive threshold: every design you tried",
    });
    this.element.append(this.axes.group, this.tried, this.fallback, this.own);
  }

  /** Designs as pairs of anchors per image and recall, the present one last. */
  show(designs: Float32Array, fallback: readonly [number, number]): void {
    const at = ([anchors, recall]: readonly number[]) => [
      this.axes.x(Math.log10(Math.max(anchors, 1))),
      this.axes.y(recall),
    ];
    const points = Array.from({ length: designs.length / 2 }, (_, i) =>
      at([designs[2 * i], designs[2 * i + 1]]),
    );
    const known = points.filter(([, y]) => Number.isFinite(y));
    this.tried.replaceChildren(...known.map(([cx, cy]) => svg("circle", { cx, cy, r: 2.5 })));
    const [x, y] = at(fallback);
    setVisible(this.fallback, Number.isFinite(y));
    attributes(this.fallback, { d: `M${x} ${y - 7}l7 7l-7 7l-7 -7Z` });
    const last = known[known.length - 1];
    setVisible(this.own, last !== undefined);
    if (last) attributes(this.own, { cx: last[0], cy: last[1] });
  }
}

/** Both axes' ticks: shares of boxes are at most 1, and a whole number above it is a power of ten of anchors. */
function decades(value: number): string {
  if (value <= 1) return fixed(value, 1);
  return Number.isInteger(value) ? count(10 ** value) : "";
}

function frame(label: string): SVGSVGElement {
  return svg("svg", {
    class: "lv-chart",
    viewBox: `0 0 ${VIEW[0]} ${VIEW[1]}`,
    role: "img",
    "aria-label": label,
  });
}
