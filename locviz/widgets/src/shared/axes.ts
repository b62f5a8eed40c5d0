/** Linear scales, round ticks and the two axes of a small chart. */
import { short } from "./format.ts";
import { svg } from "./dom.ts";

export type Scale = (value: number) => number;

export function linear(
  [d0, d1]: readonly [number, number],
  [r0, r1]: readonly [number, number],
): Scale {
  const slope = d1 === d0 ? 0 : (r1 - r0) / (d1 - d0);
  return (value) => r0 + (value - d0) * slope;
}

/** Round numbers (1, 2, 5 times a power of ten) from low to high, about `count` of them. */
export function ticks(low: number, high: number, count: number): number[] {
  if (!(high > low) || count < 1) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999)!;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

export interface AxesOptions {
  left: number;
  top: number;
  right: number;
  bottom: number;
  x: readonly [number, number];
  y: readonly [number, number];
  xLabel: string;
  yLabel: string;
  xTicks?: number;
  yTicks?: number;
  format?: (value: number) => string;
  /** Of the ticks at the side, where they are written otherwise. */
  yFormat?: (value: number) => string;
}

export interface Axes {
  group: SVGGElement;
  x: Scale;
  y: Scale;
}

/** Axes with grid lines; labels stand outside the frame (left, top)-(right, bottom). */
export function axes(options: AxesOptions): Axes {
  const { left, top, right, bottom, format = short, yFormat = format } = options;
  const x = linear(options.x, [left, right]);
  const y = linear(options.y, [bottom, top]);
  const group = svg("g", { class: "lv-axes", "aria-hidden": "true" });
  for (const value of ticks(...options.x, options.xTicks ?? 5)) {
    group.append(
      svg("line", { class: "lv-grid", x1: x(value), x2: x(value), y1: top, y2: bottom }),
    );
    group.append(
      svg("text", { x: x(value), y: bottom + 15, "text-anchor": "middle" }, format(value)),
    );
  }
  for (const value of ticks(...options.y, options.yTicks ?? 4)) {
    group.append(
      svg("line", { class: "lv-grid", x1: left, x2: right, y1: y(value), y2: y(value) }),
    );
    group.append(
      svg("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, yFormat(value)),
    );
  }
  const below = { x: (left + right) / 2, y: bottom + 30, "text-anchor": "middle" };
  group.append(
    svg("path", { class: "lv-axis", d: `M${left} ${top}V${bottom}H${right}` }),
    svg("text", { class: "lv-axis-label", ...below }, options.xLabel),
    svg(
      "text",
      { class: "lv-axis-label", x: left, y: top - 8, "text-anchor": "start" },
      options.yLabel,
    ),
  );
  return { group, x, y };
}

/** A path through (x, y) points; gaps where a value is not finite. */
export function line(xs: ArrayLike<number>, ys: ArrayLike<number>, x: Scale, y: Scale): string {
  let path = "";
  let pen = "M";
  for (let i = 0; i < ys.length; i++) {
    if (!Number.isFinite(ys[i])) {
      pen = "M";
      continue;
    }
    path += `${pen}${x(xs[i]).toFixed(2)} ${y(ys[i]).toFixed(2)}`;
    pen = "L";
  }
  return path;
}
