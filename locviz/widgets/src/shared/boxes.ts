/** How each handle changes a box: pure functions of the box at the gesture's start and the whole movement. */

export type Box = readonly number[]; // x1 y1 x2 y2 in pixels
/** Width and height of the picture that boxes live in. */
export type Size = readonly [number, number];

/** Which of x1 y1 x2 y2 a handle moves. */
export const PARTS = {
  body: [true, true, true, true],
  "left edge": [true, false, false, false],
  "top edge": [false, true, false, false],
  "right edge": [false, false, true, false],
  "bottom edge": [false, false, false, true],
  "top left corner": [true, true, false, false],
  "top right corner": [false, true, true, false],
  "bottom right corner": [false, false, true, true],
  "bottom left corner": [true, false, false, true],
} as const;

export type Part = keyof typeof PARTS;

const between = (value: number, low: number, high: number) =>
  Math.min(Math.max(value, low), Math.max(low, high));

/** The box after a movement. It stays in the picture and keeps low <= high; `resize` lets the body's keys resize. */
export function moved(
  box: Box,
  part: Part,
  dx: number,
  dy: number,
  size: Size,
  resize = false,
): number[] {
  if (part === "body" && !resize) {
    const x = between(dx, -box[0], size[0] - box[2]);
    const y = between(dy, -box[1], size[1] - box[3]);
    return [box[0] + x, box[1] + y, box[2] + x, box[3] + y];
  }
  const moves = PARTS[part === "body" ? "bottom right corner" : part];
  const steps = [dx, dy, dx, dy];
  return box.map((value, i) => {
    if (!moves[i]) return value;
    const [low, high] = i < 2 ? [0, box[i + 2]] : [box[i - 2], size[i % 2]];
    return between(value + steps[i], low, high);
  });
}

/** The same of a span on a timeline: a box without a vertical way to go. */
export function movedSpan(
  [start, end]: readonly number[],
  part: Part,
  dx: number,
  length: number,
  resize = false,
): number[] {
  const [x1, , x2] = moved([start, 0, end, 1], part, dx, 0, [length, 1], resize);
  return [x1, x2];
}

export const center = ([x1, y1, x2, y2]: Box): [number, number] => [(x1 + x2) / 2, (y1 + y2) / 2];

export function intersection(a: Box, b: Box): Box | null {
  const box = [
    Math.max(a[0], b[0]),
    Math.max(a[1], b[1]),
    Math.min(a[2], b[2]),
    Math.min(a[3], b[3]),
  ];
  return box[0] < box[2] && box[1] < box[3] ? box : null;
}

export const area = ([x1, y1, x2, y2]: Box): number => (x2 - x1) * (y2 - y1);

/** Areas of intersection and union. */
export function areas(a: Box, b: Box): [number, number] {
  const common = intersection(a, b);
  const shared = common ? area(common) : 0;
  return [shared, area(a) + area(b) - shared];
}

export const hull = (a: Box, b: Box): Box => [
  Math.min(a[0], b[0]),
  Math.min(a[1], b[1]),
  Math.max(a[2], b[2]),
  Math.max(a[3], b[3]),
];

/** "x 90 to 210, y 80 to 200": what a screen reader hears of a box. */
export const spoken = (box: Box): string => {
  const [x1, y1, x2, y2] = box.map((value) => Math.round(value));
  return `x ${x1} to ${x2}, y ${y1} to ${y2}`;
};

/** A path round every box. */
export const outlines = (boxes: readonly Box[]): string =>
  boxes.map(([x1, y1, x2, y2]) => `M${x1} ${y1}H${x2}V${y2}H${x1}Z`).join("");
