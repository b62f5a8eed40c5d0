/** The chosen loss as a map under the boxes: over where the centre is, or over where the corner is. */
import { linear } from "../shared/axes.ts";
import type { LossName } from "../shared/losses.ts";
import { type Numbers, type Setting, valueOf } from "../shared/parameters.ts";
import { type Box, center, type Size } from "../shared/boxes.ts";
import type { Landscape } from "./messages.ts";

export interface Field {
  columns: number;
  rows: number;
  values: Float64Array;
}

/** The box that a point of the map stands for. */
export function boxAt(kind: Landscape, x: number, y: number, prediction: Box): Numbers {
  const [cx, cy] = center(prediction);
  if (kind === "center") {
    const [w, h] = [(prediction[2] - prediction[0]) / 2, (prediction[3] - prediction[1]) / 2];
    return [x - w, y - h, x + w, y + h];
  }
  const [w, h] = [Math.abs(x - cx), Math.abs(y - cy)];
  return [cx - w, cy - h, cx + w, cy + h];
}

export function field(
  kind: Landscape,
  loss: LossName,
  prediction: Box,
  target: Box,
  setting: Setting,
  size: Size,
  columns: number,
): Field {
  const rows = Math.round((columns * size[1]) / size[0]);
  const values = new Float64Array(columns * rows);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const [x, y] = [((i + 0.5) * size[0]) / columns, ((j + 0.5) * size[1]) / rows];
      values[j * columns + i] = valueOf(loss, boxAt(kind, x, y, prediction), target, setting);
    }
  }
  return { columns, rows, values };
}

/** Dark is low. Sequential, readable without red-green vision (after cividis). */
const LIGHT = [
  [0, 63, 110],
  [58, 95, 132],
  [107, 128, 150],
  [163, 164, 158],
  [215, 202, 150],
  [252, 236, 170],
];

function shade(share: number): number[] {
  const place = Math.min(Math.max(share, 0), 1) * (LIGHT.length - 1);
  const i = Math.min(Math.floor(place), LIGHT.length - 2);
  return LIGHT[i].map((from, c) => from + (LIGHT[i + 1][c] - from) * (place - i));
}

/** Paint the field and its contour lines onto a canvas of any size. */
export function paint(canvas: HTMLCanvasElement, map: Field): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const small = document.createElement("canvas");
  [small.width, small.height] = [map.columns, map.rows];
  const image = new ImageData(map.columns, map.rows);
  const [low, high] = range(map.values);
  map.values.forEach((value, i) => {
    const [r, g, b] = shade((value - low) / (high - low || 1));
    image.data.set([r, g, b, 255], 4 * i);
  });
  small.getContext("2d")!.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
  contour(context, map, low, high, canvas);
}

function range(values: Float64Array): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

const LEVELS = 9;

/** Marching squares: a segment through every cell that a level passes. */
function contour(
  context: CanvasRenderingContext2D,
  map: Field,
  low: number,
  high: number,
  canvas: HTMLCanvasElement,
) {
  const x = linear([-0.5, map.columns - 0.5], [0, canvas.width]);
  const y = linear([-0.5, map.rows - 0.5], [0, canvas.height]);
  context.beginPath();
  for (let level = 1; level < LEVELS; level++) {
    const height = low + ((high - low) * level) / LEVELS;
    for (const [x1, y1, x2, y2] of segments(map, height)) {
      context.moveTo(x(x1), y(y1));
      context.lineTo(x(x2), y(y2));
    }
  }
  context.strokeStyle = "rgba(255, 255, 255, 0.55)";
  context.lineWidth = Math.max(1, canvas.width / 500);
  context.stroke();
}

/** Line pieces of one level, in cells. A saddle gives two. */
export function segments(map: Field, height: number): number[][] {
  const found: number[][] = [];
  const at = (i: number, j: number) => map.values[j * map.columns + i] - height;
  for (let j = 0; j + 1 < map.rows; j++) {
    for (let i = 0; i + 1 < map.columns; i++) {
      const corners = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
      const points: number[] = [];
      corners.forEach((value, n) => {
        const next = corners[(n + 1) % 4];
        if (value < 0 === next < 0) return;
        const share = value / (value - next);
        const [fromX, fromY] = [i + Number(n === 1 || n === 2), j + Number(n >= 2)];
        const [stepX, stepY] = [
          [1, 0],
          [0, 1],
          [-1, 0],
          [0, -1],
        ][n];
        points.push(fromX + stepX * share, fromY + stepY * share);
      });
      for (let n = 0; n + 3 < points.length; n += 4) found.push(points.slice(n, n + 4));
    }
  }
  return found;
}
