/** Where the words at boxes stand, so that none lies on another. Its twin is `locviz/widgets/core/labels.py`. */

/** x1 y1 x2 y2. */
type Corners = readonly number[];
/** The left end of a base line. */
export type LabelPlace = [number, number];

export interface Label {
  box: Corners;
  wide: number;
}

export interface LabelRules {
  /** Of the picture. */
  width: number;
  height: number;
  /** Of a line of words, its rim with it. */
  high: number;
  /** Between a box's line and the words at it. */
  gap: number;
}

/** Places at a box, the best first: its corners outside and inside, then along its sides. */
function* tried({ box: [x1, y1, x2, y2], wide }: Label, { high, gap }: LabelRules): Generator<LabelPlace> {
  const [above, top, bottom, below] = [y1 - gap, y1 + high, y2 - gap, y2 + high];
  const [left, right] = [x1 + gap, x2 - wide - gap];
  for (const y of [above, top]) for (const x of [left, right]) yield [x, y];
  for (const y of [bottom, below]) for (const x of [left, right]) yield [x, y];
  for (const y of [above, top, bottom, below])
    for (let x = left + wide / 2; x <= right; x += wide / 2) yield [x, y];
  for (const x of [left, right, x2 + gap, x1 - wide - gap])
    for (let y = above; y <= below; y += high / 2) yield [x, y];
}

/**
 * A place for each label where no earlier one lies, inside the picture; null where there is none.
 *
 * The first labels get the best places.
 */
export function labelPlaces(labels: readonly Label[], rules: LabelRules): (LabelPlace | null)[] {
  const { width, height, high } = rules;
  const taken: [number, number, number][] = [];
  return labels.map((label) => {
    const { wide } = label;
    for (const [wantedX, wantedY] of tried(label, rules)) {
      const x = Math.max(Math.min(wantedX, width - wide), 0);
      const y = Math.min(wantedY, height - high / 4);
      if (y < high) continue;
      if (taken.some(([a, b, w]) => x < a + w && a < x + wide && Math.abs(y - b) < high)) continue;
      taken.push([x, y, wide]);
      return [x, y];
    }
    return null;
  });
}
