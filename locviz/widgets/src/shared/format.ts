/** Numbers for people: three significant digits, a real minus sign, never "-0". */

export function short(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 10 ** 6 || size < 10 ** -4) return minus(exponent(value, digits));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return minus(value.toFixed(Math.min(decimals, 6)));
}

/** A fixed number of decimals, for readouts that should not jump while a box is dragged. */
export function fixed(value: number, decimals: number): string {
  const text = rounded(value, decimals);
  return minus(Number(text) === 0 ? text.replace("-", "") : text);
}

/** A number in 0..1, or a word where it has no meaning. */
export function share(value: number | null): string {
  return value === null || Number.isNaN(value) ? "undefined" : fixed(value, 3);
}

/** `toFixed`, but a tie goes to the even digit as in Python: the picture and the view say the same digits. */
function rounded(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  // Only an odd multiple of a power of two can lie exactly between two decimals.
  const tie = Math.abs(value * 2 ** (decimals + 1)) % 2 === 1;
  const last = Number(text.at(-1));
  return tie && last % 2 === 1 ? text.slice(0, -1) + (last - 1) : text;
}

function exponent(value: number, digits: number): string {
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  return `${mantissa}e${Number(power)}`;
}

function minus(text: string): string {
  return text.replaceAll("-", "−");
}
