/** All losses start from the same box: their IoU step by step, and where each has got to. */
import { axes, type Axes, line } from "../shared/axes.ts";
import { attributes, html, motionless, onResize, setText, setVisible, svg } from "../shared/dom.ts";
import { fixed } from "../shared/format.ts";
import { ALL_LOSSES, type LossName, TITLES } from "../shared/losses.ts";
import type { Run } from "../shared/descent.ts";

const HEIGHT = 220;
const LABELS = 112; // room beside the chart for the names of the lines
const SECONDS = 4;

export class RaceView {
  readonly element: HTMLElement;
  private readonly chart = svg("svg", { role: "img" });
  private readonly note = html("p", { class: "lv-race-note" });
  private runs = new Map<LossName, Run>();
  private parts = new Map<
    LossName,
    { path: SVGPathElement; label: SVGTextElement; ghost: SVGRectElement }
  >();
  private frame: Axes | null = null;
  private timer = 0;
  private step = 0;

  constructor(
    private readonly ghosts: SVGGElement,
    private readonly finished: (sentence: string) => void,
    signal: AbortSignal,
  ) {
    this.element = html("div", { class: "lv-race", hidden: true }, this.chart, this.note);
    onResize(this.element, () => this.shown && this.layOut(), signal);
    signal.addEventListener("abort", () => cancelAnimationFrame(this.timer));
  }

  get steps(): number {
    return (this.runs.values().next().value?.ious.length ?? 1) - 1;
  }

  get shown(): boolean {
    return this.runs.size > 0;
  }

  /** Show runs, played from the start unless motion is unwelcome. */
  show(runs: Map<LossName, Run>, play: boolean): void {
    this.clear();
    this.runs = runs;
    for (const name of runs.keys()) this.addRun(name, ALL_LOSSES.indexOf(name));
    attributes(this.chart, { "aria-label": this.summary() });
    setVisible(this.element, true);
    this.layOut();
    if (!play || motionless()) return this.finish();
    const start = performance.now();
    const tick = (now: number) => {
      const step = Math.round(((now - start) / 1000 / SECONDS) * this.steps);
      if (step >= this.steps) return this.finish();
      this.draw(Math.max(step, 0));
      this.timer = requestAnimationFrame(tick);
    };
    this.timer = requestAnimationFrame(tick);
  }

  clear(): void {
    cancelAnimationFrame(this.timer);
    this.runs = new Map();
    this.step = 0;
    this.parts.clear();
    this.ghosts.replaceChildren();
    setText(this.note, "");
    setVisible(this.element, false);
  }

  /** What the kernel says of the same race. */
  confirm(text: string, bad: boolean): void {
    setText(this.note, text);
    this.note.classList.toggle("lv-mismatch", bad);
  }

  /** The largest difference between these IoU curves (in the order of the runs) and the ones shown. */
  differenceTo(ious: ArrayLike<number>): number {
    let largest = 0;
    if (ious.length !== this.runs.size * (this.steps + 1)) return Infinity;
    [...this.runs.values()].forEach(({ ious: own }, i) => {
      own.forEach((value, step) => {
        const difference = Math.abs(value - ious[i * own.length + step]);
        largest = Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
      });
    });
    return largest;
  }

  /** The chart is drawn as wide as there is room, so that its text keeps the size of all other text. */
  private layOut(): void {
    const em = parseFloat(getComputedStyle(this.element).fontSize) || 13;
    const width = Math.max(340, (this.element.clientWidth / em) * 13);
    attributes(this.chart, { viewBox: `0 0 ${width} ${HEIGHT}` });
    const frame = { left: 34, top: 26, right: width - LABELS, bottom: HEIGHT - 38 };
    const labels = { xLabel: "step", yLabel: "IoU with the target", format: String };
    this.frame = axes({ ...frame, ...labels, x: [0, this.steps], y: [0, 1] });
    const lines = [...this.parts.values()].flatMap(({ path, label }) => [path, label]);
    this.chart.replaceChildren(this.frame.group, ...lines);
    this.draw(this.step);
  }

  private addRun(name: LossName, index: number): void {
    const series = `lv-series lv-series-${index}`;
    const path = svg("path", { class: series });
    const label = svg("text", { class: `lv-series-label lv-series-${index}` });
    const ghost = svg("rect", { class: series });
    this.parts.set(name, { path, label, ghost });
    this.ghosts.append(ghost);
  }

  private finish(): void {
    this.draw(this.steps);
    this.finished(this.summary());
  }

  private draw(step: number): void {
    this.step = step;
    const { x, y } = this.frame!;
    const steps = Array.from({ length: step + 1 }, (_, i) => i);
    for (const [name, { path, label, ghost }] of this.parts) {
      const run = this.runs.get(name)!;
      attributes(path, { d: line(steps, run.ious.slice(0, step + 1), x, y) });
      const [x1, y1, x2, y2] = run.regions[step];
      attributes(ghost, { x: x1, y: y1, width: x2 - x1, height: y2 - y1 });
      setText(label, `${TITLES[name]} ${fixed(run.ious[step], 2)}`);
    }
    this.placeLabels(step);
  }

  /** Labels stand beside the ends of their lines, moved apart until none covers another. */
  private placeLabels(step: number): void {
    const { x, y } = this.frame!;
    const ordered = [...this.parts].sort(
      ([a], [b]) => this.runs.get(b)!.ious[step] - this.runs.get(a)!.ious[step],
    );
    const places = spread(
      ordered.map(([name]) => y(this.runs.get(name)!.ious[step]) + 4),
      17,
      30,
      HEIGHT - 38,
    );
    ordered.forEach(([, { label }], i) =>
      attributes(label, { x: x(this.steps) + 10, y: places[i] }),
    );
  }

  private summary(): string {
    const last = (name: LossName) => this.runs.get(name)!.ious.at(-1)!;
    const order = [...this.runs.keys()].sort((a, b) => last(b) - last(a));
    const words = order.map((name) => `${TITLES[name]} ${fixed(last(name), 2)}`);
    return `IoU after ${this.steps} steps: ${words.join(", ")}`;
  }
}

/** Move sorted places apart to at least `gap`, inside low..high, as little as a single sweep each way needs. */
export function spread(places: number[], gap: number, low: number, high: number): number[] {
  const out = [...places];
  for (let i = 0; i < out.length; i++) out[i] = Math.max(out[i], i ? out[i - 1] + gap : low);
  for (let i = out.length - 1; i >= 0; i--)
    out[i] = Math.min(out[i], i + 1 < out.length ? out[i + 1] - gap : high);
  return out;
}
