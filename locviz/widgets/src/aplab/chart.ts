/** The precision-recall chart: shaded envelope, raw curve, and the working point to drag along it. */
import { type Axes, axes, line } from "../shared/axes.ts";
import { attributes, setVisible, svg } from "../shared/dom.ts";
import { draggable, type Handle } from "../shared/drag.ts";
import { fixed } from "../shared/format.ts";
import { type Curve, dragged, neighbour, pointAt } from "./curve.ts";

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
  score(): number;
  curve(): Curve;
  /** The point of the present state: the kernel's where it has answered. */
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
      yLabel: "precision: the part of what was said that is right",
    });
    this.element.append(this.axes.group, this.area, this.stairs, this.raw, this.guides, this.point);
    this.point.addEventListener("keydown", (event) => this.walk(event), { signal, capture: true });
    this.describe = draggable<number>(this.handle(), this.options(), signal);
  }

  /** Draw a curve that the kernel sent. */
  showCurve(curve: Curve): void {
    const { x, y } = this.axes;
    const stairs = line(RECALLS, curve.envelope, x, y);
    attributes(this.stairs, { d: stairs });
    attributes(this.area, { d: stairs ? `${stairs}V${y(0)}H${x(0)}Z` : "" });
    attributes(this.raw, { d: line(curve.recall, curve.precision, x, y) });
    setVisible(this.point, curve.score.length > 0);
    this.showPoint();
  }

  /** Put the working point where the present threshold lies. */
  showPoint(): void {
    const { recall, precision } = pointAt(this.hooks.curve(), this.hooks.score());
    const [px, py] = [this.axes.x(recall), this.axes.y(precision)];
    attributes(this.point, { transform: `translate(${px.toFixed(2)} ${py.toFixed(2)})` });
    attributes(this.guides, {
      d: this.hooks.curve().score.length ? `M${BOX.left} ${py}H${px}V${BOX.bottom}` : "",
    });
    this.describe();
  }

  private handle(): Handle<number> {
    return {
      element: this.point,
      label: "Working point on the precision-recall curve",
      move: (score, dx, dy) => this.dragged(score, dx, dy),
      describe: (score) => {
        const { recall, precision } = pointAt(this.hooks.curve(), score);
        const text = `score at least ${fixed(score, 2)}: precision ${fixed(precision, 2)}, recall ${fixed(recall, 2)}`;
        return { now: recall * 100, min: 0, max: 100, text };
      },
    };
  }

  private options() {
    return {
      read: () => this.hooks.score(),
      write: (score: number, gesture: string) => this.hooks.move(score, gesture),
      reset: () => this.hooks.reset(),
      done: () => this.hooks.done(),
      unitsPerPixel: (): [number, number] => {
        const { width, height } = this.element.getBoundingClientRect();
        return [VIEW[0] / (width || 1), VIEW[1] / (height || 1)];
      },
    };
  }

  private dragged(score: number, dx: number, dy: number): number {
    return dragged(
      this.hooks.curve(),
      score,
      dx / (BOX.right - BOX.left),
      -dy / (BOX.bottom - BOX.top),
    );
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
