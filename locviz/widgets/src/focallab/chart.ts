/** What FocalLab's four charts have in common: a frame whose text stays readable, and a rule to drag across it. */
import { type Axes, axes } from "../shared/axes.ts";
import { attributes, html, onResize, svg } from "../shared/dom.ts";
import { draggable } from "../shared/drag.ts";
import { hinted } from "../shared/hint_line.ts";
import { fixed } from "../shared/format.ts";
import { moved } from "./stops.ts";

const VIEW = [300, 222];
const FRAME = { left: 34, top: 24, right: 288, bottom: 186 };
const GRIP = { wide: 15, high: 20 };

export interface RuleHooks {
  label: string;
  hint: string;
  low: number;
  high: number;
  /** What an arrow key moves it by. */
  grain: number;
  /** What lies beyond the rule is tinted. */
  beyond: boolean;
  read(): number;
  write(value: number, gesture: string): void;
  reset(): void;
  done(): void;
  /** What the kernel says of the place. */
  words(): string;
}

export interface ChartOptions {
  /** What stands above the frame. */
  title: string;
  /** What stands below it. */
  below: string;
  /** The range of the values at the side. */
  y: readonly [number, number];
  yTicks?: number;
  yFormat?: (value: number) => string;
}

export class Chart {
  readonly element: HTMLElement;
  readonly axes: Axes;
  /** Curves and columns go here, below the rule. */
  readonly marks = svg("g", { "aria-hidden": "true" });
  protected readonly drawing: SVGSVGElement;
  private readonly rule: SVGGElement;
  private readonly beyond = svg("rect", { class: "lv-beyond", y: FRAME.top });
  private readonly describe: () => void;

  constructor(
    { title, below, ...options }: ChartOptions,
    private readonly hooks: RuleHooks,
    signal: AbortSignal,
  ) {
    const format = (value: number) => fixed(value, 1);
    this.axes = axes({ ...FRAME, x: [0, 1], format, xLabel: below, yLabel: "", ...options });
    const viewBox = `0 0 ${VIEW[0]} ${VIEW[1]}`;
    const group = { class: "lv-chart", viewBox, role: "group", "aria-label": title };
    this.rule = hinted(rule(), hooks.hint);
    this.drawing = svg("svg", group, this.axes.group, this.beyond, this.marks, this.rule);
    this.element = html("div", {}, html("p", { class: "lv-title" }, title), this.drawing);
    this.describe = this.makeDraggable(signal);
    // Text has its size on the screen, whatever the chart is stretched to.
    const keep = () => this.drawing.style.setProperty("--lv-zoom", String(this.zoom));
    onResize(this.drawing, keep, signal);
  }

  private get zoom(): number {
    return this.drawing.getBoundingClientRect().width / VIEW[0] || 1;
  }

  /** Put the rule where the user has it, at once; returns how far from the left. */
  showRule(): number {
    const x = this.axes.x(this.hooks.read());
    attributes(this.rule, { transform: `translate(${x.toFixed(2)} 0)` });
    if (this.hooks.beyond)
      attributes(this.beyond, { x, width: FRAME.right - x, height: FRAME.bottom - FRAME.top });
    this.describe();
    return x;
  }

  private makeDraggable(signal: AbortSignal): () => void {
    const { hooks } = this;
    const { low, high, grain } = hooks;
    const handle = {
      element: this.rule,
      label: hooks.label,
      // A pointer has no way up or down here (see unitsPerPixel), keys have.
      move: (start: number, dx: number, dy: number) => moved(start, dx - dy, hooks),
      describe: (value: number) => {
        const [now, min, max] = [value, low, high].map((one) => one / grain);
        return { now, min, max, text: hooks.words() };
      },
    };
    const options = {
      read: () => hooks.read(),
      write: (value: number, gesture: string) => hooks.write(value, gesture),
      reset: () => hooks.reset(),
      done: () => hooks.done(),
      unitsPerPixel: (): [number, number] => [
        1 / (this.zoom * (FRAME.right - FRAME.left) * grain),
        0,
      ],
    };
    return draggable<number>(handle, options, signal);
  }
}

/** A line across the frame with a grip above it, where it covers nothing; all of it can be gripped. */
function rule(): SVGGElement {
  const { top, bottom } = FRAME;
  const { wide, high } = GRIP;
  const hit = { x: -14, width: 28, y: top - high - 2, height: bottom - top + high + 2 };
  const grip = { x: -wide / 2, width: wide, y: top - high - 1, height: high, rx: 4 };
  const middle = top - 1 - high / 2;
  return svg(
    "g",
    { class: "lv-rule" },
    svg("rect", { class: "lv-hit", ...hit }),
    svg("line", { class: "lv-line", y1: top - 1, y2: bottom }),
    svg("rect", { class: "lv-grip", ...grip }),
    svg("path", { class: "lv-ribs", d: `M-2 ${middle - 4}v8M2 ${middle - 4}v8` }),
  );
}

export const FLOOR = FRAME.bottom;
export const EDGES = [FRAME.top, FRAME.right] as const;
