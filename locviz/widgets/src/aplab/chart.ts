/** The precision-recall chart: shaded envelope, raw curve, and the working point to drag along it. */
import { type Axes, axes, line } from "../shared/axes.ts";
import { attributes, setVisible, svg } from "../shared/dom.ts";
import { draggable, type Handle, unitsPerPixel } from "../shared/drag.ts";
import {
  type Curve,
  dragged,
  type Grip,
  neighbour,
  pointInWords,
  standing,
  sweptPoints,
} from "./curve.ts";
import type { Reading } from "./messages.ts";

const BOX = { left: 40, top: 26, right: 344, bottom: 306 };
const VIEW = [356, 344];
const RECALLS = Float32Array.from({ length: 101 }, (_, i) => i / 100);
const KEYS = new Map([
  ["ArrowRight", 1],
  ["ArrowDown", 1],
  ["ArrowLeft", -1],
  ["ArrowUp", -1],
]);

export interface ChartHooks {
  /** The score threshold that the user has set. */
  score(): number;
  curve(): Curve;
  /** The kernel's newest answer: where the point stands and what it is said to be. */
  reading(): Reading;
  move(score: number, gesture: string): void;
  reset(): void;
  done(): void;
}

export class CurveChart {
  readonly element = svg("svg", {
    class: "lv-chart",
    viewBox: `0 0 ${VIEW[0]} ${VIEW[1]}`,
    role: "group",
    "aria-label": "Precision against recall",
  });
  private readonly axes: Axes;
  private readonly area = svg("path", { class: "lv-area" });
  private readonly swept = svg("path", { class: "lv-swept" });
  private readonly stairs = svg("path", { class: "lv-stairs" });
  private readonly raw = svg("path", { class: "lv-raw" });
  private readonly guides = svg("path", { class: "lv-guides" });
  private readonly point = svg(
    "g",
    { class: "lv-point" },
    svg("circle", { class: "lv-hit", r: 18 }),
    svg("circle", { class: "lv-dot", r: 7.5 }),
  );
  private readonly describe: () => void;

  constructor(
    private readonly hooks: ChartHooks,
    signal: AbortSignal,
  ) {
    this.axes = axes({
      ...BOX,
      x: [0, 1],
      y: [0, 1],
      yTicks: 5,
      format: String,
      xLabel: "recall: the part of what is there that was found",
      yLabel: "precision: the part of the predicted boxes that is right",
    });
    const { area, swept, stairs, raw, guides, point } = this;
    this.element.append(this.axes.group, area, swept, stairs, raw, guides, point);
    this.point.addEventListener("keydown", (event) => this.walk(event), { signal, capture: true });
    this.describe = draggable<Grip>(this.handle(), this.options(), signal);
  }

  /** Draw a curve that the kernel sent. */
  showCurve(curve: Curve): void {
    const { x, y } = this.axes;
    attributes(this.stairs, { d: line(RECALLS, curve.envelope, x, y) });
    attributes(this.area, { d: this.under(curve.envelope) });
    attributes(this.raw, { d: line(curve.recall, curve.precision, x, y) });
    setVisible(this.point, curve.score.length > 0);
    this.showPoint();
  }

  /** Fill the area that lies left of the working point, while `on`. */
  showSwept(on: boolean): void {
    const { envelope } = this.hooks.curve();
    const part = envelope.subarray(0, sweptPoints(this.hooks.reading()));
    attributes(this.swept, { d: on ? this.under(part) : "" });
  }

  /** Put the working point where the kernel says. */
  showPoint(): void {
    const { recall, precision } = standing(this.hooks.reading());
    this.point.classList.toggle("lv-nothing", this.hooks.reading().precision === null);
    const [px, py] = [this.axes.x(recall), this.axes.y(precision)];
    attributes(this.point, { transform: `translate(${px.toFixed(2)} ${py.toFixed(2)})` });
    attributes(this.guides, {
      d: this.hooks.curve().score.length ? `M${BOX.left} ${py}H${px}V${BOX.bottom}` : "",
    });
    this.describe();
  }

  private under(envelope: Float32Array): string {
    const { x, y } = this.axes;
    const stairs = line(RECALLS, envelope, x, y);
    return stairs ? `${stairs}V${y(0)}H${x(0)}Z` : "";
  }

  private handle(): Handle<Grip> {
    return {
      element: this.point,
      label: "Working point on the precision-recall curve",
      move: (start, dx, dy) => this.dragged(start, dx, dy),
      describe: () => {
        const reading = this.hooks.reading();
        const now = (reading.recall ?? 0) * 100;
        return { now, min: 0, max: 100, text: pointInWords(reading) };
      },
    };
  }

  private options() {
    return {
      read: () => ({ threshold: this.hooks.score(), ...standing(this.hooks.reading()) }),
      write: ({ threshold }: Grip, gesture: string) => this.hooks.move(threshold, gesture),
      reset: () => this.hooks.reset(),
      done: () => this.hooks.done(),
      unitsPerPixel: () => unitsPerPixel(this.element),
    };
  }

  private dragged(start: Grip, dx: number, dy: number): Grip {
    const [wide, high] = [BOX.right - BOX.left, BOX.bottom - BOX.top];
    return dragged(this.hooks.curve(), start, dx / wide, -dy / high);
  }

  /** Arrows go from corner to corner: a pixel would often lead nowhere. */
  private walk(event: KeyboardEvent): void {
    const by = KEYS.get(event.key);
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.hooks.move(
      neighbour(this.hooks.curve(), this.hooks.score(), by * (event.shiftKey ? 10 : 1)),
      "key",
    );
    this.hooks.done();
  }
}
