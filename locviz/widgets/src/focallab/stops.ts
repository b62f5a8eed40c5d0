/** Sliders that stop at the kernel's values: training steps, and negatives per positive (null: all of them). */

/** The last stop that is not above a value; null, no limit, is above all. Twin: `nearest_stop` of `lab.py`. */
export function nearestStop(stops: readonly (number | null)[], value: number | null): number {
  const exact = stops.indexOf(value);
  if (exact >= 0) return exact;
  if (value === null) return stops.length - 1;
  return stops.reduce<number>((last, stop, i) => (stop !== null && stop <= value ? i : last), 0);
}

/** A value after a movement of so many units of `grain`, on the grain and within the limits. */
export function moved(
  start: number,
  by: number,
  { low, high, grain }: { low: number; high: number; grain: number },
): number {
  const value = Math.round(start / grain + by) * grain;
  return Math.min(Math.max(Number(value.toFixed(6)), low), high);
}
