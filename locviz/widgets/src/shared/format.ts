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
  const text = value.toFixed(decimals);
  return minus(Number(text) === 0 ? text.replace("-", "") : text);
}

function exponent(value: number, digits: number): string {
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  return `${mantissa}e${Number(power)}`;
}

function minus(text: string): string {
  return text.replaceAll("-", "−");
}
