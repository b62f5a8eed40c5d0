/** Where the names of the two boxes stand. */
import type { Box, Size } from "../shared/boxes.ts";

export interface Spot {
  x: number;
  y: number;
}

// About what a name takes up, in CSS pixels: the wider of the two, and a line.
const [WIDE, HIGH] = [75, 17];

/**
 * Names stand above their boxes, inside the picture, the target's below its box where the two would meet.
 *
 * `unit` is a CSS pixel in user units.
 */
export function labelSpots(target: Box, prediction: Box, [width, height]: Size, unit: number) {
  const spot = ([x1, y1, , y2]: Box, below: boolean): Spot => ({
    x: Math.min(Math.max(x1, 2), width - WIDE * unit),
    y: below ? Math.min(y2 + HIGH * unit, height - 4 * unit) : Math.max(y1 - 7 * unit, 14 * unit),
  });
  const [above, other] = [spot(prediction, false), spot(target, false)];
  const near = Math.abs(above.x - other.x) < 80 * unit;
  const meet = near && Math.abs(above.y - other.y) < HIGH * unit;
  return { prediction: above, target: meet ? spot(target, true) : other };
}
