/** RoILab's bins and sample points, from the few numbers that the kernel sends. All in cells of the map. */
import type { Box } from "../shared/boxes.ts";
import { floats } from "../shared/buffers.ts";
import { fixed } from "../shared/format.ts";
import type { AxisSamples } from "./messages.ts";

export interface Neighbour {
  column: number;
  row: number;
  weight: number;
}

export interface Sample {
  /** In cells: cell 0 goes from 0 to 1, so an index of 3 is at 3.5. */
  x: number;
  y: number;
  /** Which bin it belongs to, row by row. */
  bin: number;
  neighbours: Neighbour[];
}

interface Axis {
  samples: number;
  position: Float32Array;
  ends: [Float32Array, Float32Array];
  weights: [Float32Array, Float32Array];
}

const axis = (sent: AxisSamples): Axis => ({
  samples: sent.samples,
  position: floats(sent.position),
  ends: [floats(sent.low), floats(sent.high)],
  weights: [floats(sent.low_weight), floats(sent.high_weight)],
});

/** Every sample point: rows times columns; its weights are products of its axes' weights. */
export function samplesOf(sentRows: AxisSamples, sentColumns: AxisSamples): Sample[] {
  const [rows, columns] = [axis(sentRows), axis(sentColumns)];
  const bins = columns.samples ? columns.position.length / columns.samples : 0;
  const found: Sample[] = [];
  for (let i = 0; i < rows.position.length; i++) {
    for (let j = 0; j < columns.position.length; j++) {
      const neighbours = [0, 1].flatMap((v) =>
        [0, 1].map((u) => ({
          column: columns.ends[u][j],
          row: rows.ends[v][i],
          weight: columns.weights[u][j] * rows.weights[v][i],
        })),
      );
      const bin = Math.floor(i / rows.samples) * bins + Math.floor(j / columns.samples);
      found.push({
        x: columns.position[j] + 0.5,
        y: rows.position[i] + 0.5,
        bin,
        neighbours: merged(neighbours),
      });
    }
  }
  return found;
}

/** At the map's edge two neighbours are one cell: their weights add up. Cells without weight are left out. */
function merged(neighbours: Neighbour[]): Neighbour[] {
  const cells = new Map<string, Neighbour>();
  for (const neighbour of neighbours) {
    const key = `${neighbour.column} ${neighbour.row}`;
    const known = cells.get(key);
    if (known) known.weight += neighbour.weight;
    else cells.set(key, { ...neighbour });
  }
  return [...cells.values()].filter(({ weight }) => weight > 0);
}

/** The region cut into n x n equal parts, row by row. */
export function binsOf([x1, y1, x2, y2]: Box, n: number): Box[] {
  const x = (j: number) => x1 + ((x2 - x1) * j) / n;
  const y = (i: number) => y1 + ((y2 - y1) * i) / n;
  return Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    return [x(j), y(i), x(j + 1), y(i + 1)];
  });
}

/** The sample nearest to a point, if it lies within `reach`; -1 where none does. */
export function nearestSample(
  samples: readonly Sample[],
  x: number,
  y: number,
  reach: number,
): number {
  let best = -1;
  let least = reach;
  samples.forEach((sample, i) => {
    const distance = Math.hypot(sample.x - x, sample.y - y);
    if (distance <= least) [best, least] = [i, distance];
  });
  return best;
}

/** Where arrow keys lead from one sample: to the next one in that direction, row by row. */
export function walked(index: number, key: string, rows: number, columns: number): number {
  const [i, j] = [Math.floor(index / columns), index % columns];
  const steps: Record<string, [number, number]> = {
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
  };
  const [di, dj] = steps[key] ?? [0, 0];
  const clamp = (value: number, size: number) => Math.min(Math.max(value, 0), size - 1);
  return clamp(i + di, rows) * columns + clamp(j + dj, columns);
}

/** A value of the map as its cell shows it. */
export function label(value: number): string {
  const whole = Math.abs(value) >= 100 || Number.isInteger(value);
  return fixed(value, whole ? 0 : 1);
}
