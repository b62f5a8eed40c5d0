/**
 * A command-line tool for the tests: what the views' functions give, to be compared with Python's.
 *
 * Reads lines of JSON, `["boxes.moved", [box, "body", 3, 4, [400, 300]]]`, and answers each with a line: what the
 * function returns, or the constant of that name. JSON has neither buffers nor NaN: {"buffer": base64} and
 * {"number": "NaN"} stand for them.
 */
import { createInterface } from "node:readline";
import * as lattice from "./anchorlab/lattice.ts";
import * as curve from "./aplab/curve.ts";
import * as assign from "./assignlab/marks.ts";
import * as arrows from "./boxlab/arrows.ts";
import * as defaults from "./boxlab/defaults.ts";
import * as labels from "./boxlab/labels.ts";
import * as words from "./boxlab/words.ts";
import * as stops from "./focallab/stops.ts";
import * as focal from "./focallab/words.ts";
import * as charts from "./monitor/charts.ts";
import * as query from "./querylab/marks.ts";
import * as geometry from "./roilab/geometry.ts";
import * as axes from "./shared/axes.ts";
import * as boxes from "./shared/boxes.ts";
import * as descent from "./shared/descent.ts";
import * as format from "./shared/format.ts";
import * as places from "./shared/labels.ts";
import * as losses from "./shared/losses.ts";
import * as marks from "./shared/marks.ts";
import * as parameters from "./shared/parameters.ts";

type Pair = [prediction: number[], target: number[]];
type Range = [number, number];

/** Functions of many pairs, or of functions. */
const whole = {
  /** Per pair the IoU and, in the order of ALL_LOSSES, values and gradients. */
  evaluate: (setting: parameters.Setting, pairs: Pair[]) =>
    pairs.map(([prediction, target]) => {
      const { iou, losses: read } = parameters.evaluate(prediction, target, setting);
      return [
        iou,
        ...losses.ALL_LOSSES.flatMap((name) => [read[name].value, ...read[name].gradient]),
      ];
    }),
  /** Per pair and loss the regions of a race. */
  race: (setting: parameters.Setting, pairs: Pair[], steps: number, rate: number) =>
    pairs.map(([start, target]) => {
      const runs = descent.race(losses.ALL_LOSSES, start, target, setting, { steps, rate });
      return losses.ALL_LOSSES.map((name) => runs.get(name)!.regions);
    }),
  mapped: (values: number[], domain: Range, range: Range) => values.map(axes.linear(domain, range)),
  path: (xs: number[], ys: number[], x: [Range, Range], y: [Range, Range]) =>
    axes.line(xs, ys, axes.linear(...x), axes.linear(...y)),
};

const MODULES: Record<string, Record<string, unknown>> = {
  arrows,
  assign,
  axes,
  boxes,
  charts,
  curve,
  defaults,
  descent,
  focal,
  format,
  geometry,
  labels,
  lattice,
  losses,
  marks,
  parameters,
  places,
  query,
  stops,
  whole,
  words,
};

function revived(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("number" in value) return Number(value.number);
  if (!("buffer" in value)) return value;
  return new DataView(Uint8Array.from(Buffer.from(String(value.buffer), "base64")).buffer);
}

function written(_: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return { number: String(value) };
  return ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value;
}

function answer(line: string): unknown {
  const [name, given] = JSON.parse(line, revived) as [string, unknown[]];
  const [file, member] = name.split(".");
  const found = MODULES[file]?.[member];
  if (found === undefined) throw new Error(`parity_tool.ts knows no ${name}`);
  return typeof found === "function" ? found(...given) : found;
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(line) ?? null, written)}\n`);
}
