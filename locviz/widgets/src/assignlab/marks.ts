/** How objects and priors look: a letter, a colour and a shape per object, so that colour is never alone. */

import { labelPlaces } from "../shared/labels.ts";

export const SHAPES = [
  "circle",
  "square",
  "triangle",
  "diamond",
  "cross",
  "down",
  "star",
  "hourglass",
] as const;
export type Shape = (typeof SHAPES)[number];
const COLOURS = 8; // --lv-object-0 .. 7 of assignlab.css

/** A, B .. Z, then A1, B1 .. */
export function letter(index: number): string {
  return (
    String.fromCharCode(65 + (index % 26)) + (index >= 26 ? String(Math.floor(index / 26)) : "")
  );
}

export const shapeOf = (index: number): Shape => SHAPES[index % SHAPES.length];

/** The object's colour as a custom property's value; every eight objects it meets another shape. */
export const colourOf = (index: number): string =>
  `var(--lv-object-${(index + Math.floor(index / COLOURS)) % COLOURS})`;

const f = (value: number) => String(Math.round(value * 10) / 10);

/** One prior as a path of radius about `r`. */
export function mark(shape: Shape, x: number, y: number, r: number): string {
  switch (shape) {
    case "circle":
      return `M${f(x - r)} ${f(y)}a${f(r)} ${f(r)} 0 1 0 ${f(2 * r)} 0a${f(r)} ${f(r)} 0 1 0 ${f(-2 * r)} 0Z`;
    case "square":
      return `M${f(x - 0.9 * r)} ${f(y - 0.9 * r)}h${f(1.8 * r)}v${f(1.8 * r)}h${f(-1.8 * r)}Z`;
    case "triangle":
      return `M${f(x)} ${f(y - 1.2 * r)}l${f(1.1 * r)} ${f(2 * r)}h${f(-2.2 * r)}Z`;
    case "diamond": {
      const d = f(1.3 * r);
      return `M${f(x)} ${f(y - 1.3 * r)}l${d} ${d}l-${d} ${d}l-${d} -${d}Z`;
    }
    case "down":
      return `M${f(x)} ${f(y + 1.2 * r)}l${f(1.1 * r)} ${f(-2 * r)}h${f(-2.2 * r)}Z`;
    case "star":
      return star(x, y, r);
    case "hourglass":
      return `M${f(x - r)} ${f(y - 1.15 * r)}h${f(2 * r)}l${f(-2 * r)} ${f(2.3 * r)}h${f(2 * r)}Z`;
    case "cross": {
      const [a, b] = [0.45 * r, 0.75 * r]; // arms 2a wide and b long
      return (
        `M${f(x - a)} ${f(y - a - b)}h${f(2 * a)}v${f(b)}h${f(b)}v${f(2 * a)}h${f(-b)}v${f(b)}h${f(-2 * a)}` +
        `v${f(-b)}h${f(-b)}v${f(-2 * a)}h${f(b)}Z`
      );
    }
  }
}

/** Five points and the five notches between them, from the top. */
function star(x: number, y: number, r: number): string {
  const at = Array.from({ length: 10 }, (_, i) => {
    const [far, turn] = [i % 2 ? 0.65 * r : 1.55 * r, (i * Math.PI) / 5];
    return `${f(x + far * Math.sin(turn))} ${f(y - far * Math.cos(turn))}`;
  });
  return `M${at.join("L")}Z`;
}

/** Radius of a prior's mark: larger for coarser levels. */
export function radius(stride: number, finest: number): number {
  return Math.min(3 * Math.sqrt(stride / finest), 9);
}

export interface Drawn {
  /** One path per object. */
  objects: string[];
  ignored: string;
  ambiguous: string;
  flipped: string;
}

export interface Spots {
  /** x y x y .. in drawing units. */
  places: ArrayLike<number>;
  radii: ArrayLike<number>;
}

/** A dot per prior, whoever it is responsible for. */
export function dots({ places }: Spots): string {
  let path = "";
  for (let i = 0; 2 * i < places.length; i++)
    path += `M${f(places[2 * i])} ${f(places[2 * i + 1])}h0`;
  return path;
}

/** All priors but background as a few paths: a thousand elements would be too many to move at pointer rate. */
export function drawn(
  { places, radii }: Spots,
  numObjects: number,
  owner: ArrayLike<number>,
  ambiguous: ArrayLike<number>,
  flipped: ArrayLike<number>,
): Drawn {
  const out: Drawn = {
    objects: Array.from({ length: numObjects }, () => ""),
    ignored: "",
    ambiguous: "",
    flipped: "",
  };
  for (let i = 0; i < owner.length; i++) {
    const [x, y, r] = [places[2 * i], places[2 * i + 1], radii[i]];
    if (owner[i] >= 0 && owner[i] < numObjects)
      out.objects[owner[i]] += mark(shapeOf(owner[i]), x, y, r);
    else if (owner[i] === -2)
      out.ignored += `M${f(x - r)} ${f(y - r)}l${f(2 * r)} ${f(2 * r)}m0 ${f(-2 * r)}l${f(-2 * r)} ${f(2 * r)}`;
    if (ambiguous[i]) out.ambiguous += mark("circle", x, y, r + 3.5);
    if (flipped[i]) out.flipped += mark("square", x, y, (r + 4.5) / 0.9);
  }
  return out;
}

const [WIDE, HIGH] = [14, 16]; // of a letter, in units

/** Where each box's letter stands (left end of its base line): at its box, where no earlier letter is. */
export function letterPlaces(
  boxes: readonly (readonly number[])[],
  width: number,
  height: number,
): [number, number][] {
  const labels = boxes.map((box, index) => ({ box, wide: WIDE * (letter(index).length) }));
  const places = labelPlaces(labels, { width, height, high: HIGH, gap: 4 });
  // Where dozens of objects lie on each other there may be no room.
  return places.map((place, i) => place ?? [boxes[i][0] + 4, boxes[i][1] + HIGH]);
}

/** The prior nearest to a point, within `reach`; -1 where there is none. */
export function nearest({ places }: Spots, x: number, y: number, reach: number): number {
  let best = -1;
  let least = reach * reach;
  for (let i = 0; 2 * i < places.length; i++) {
    const distance = (places[2 * i] - x) ** 2 + (places[2 * i + 1] - y) ** 2;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}
