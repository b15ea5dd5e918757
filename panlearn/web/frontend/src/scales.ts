/** A straight map from values to places. */
export interface Scale {
  from: [number, number];
  at: (value: number) => number;
}

export function linear(from: [number, number], to: [number, number]): Scale {
  const slope = (to[1] - to[0]) / (from[1] - from[0]);
  return { from, at: (value) => to[0] + slope * (value - from[0]) };
}

/** Round values inside the bounds, about `most` of them, a step of 1, 2 or 5 times a power of ten apart. */
export function steps([low, high]: [number, number], most: number): number[] {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough * 0.999) ?? rough;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}

/** A number for an axis or a sentence: three digits, a true minus, powers of ten only where they are needed. */
export function tick(value: number): string {
  if (value === 0 || Math.abs(value) < 1e-300) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  const text = size < -3 || size > 5 ? value.toExponential(2).replace(/\.?0+e\+?/, " × 10^") : String(Number(value.toPrecision(4)));
  return text.replaceAll("-", "−").replace(/\^(−?\d+)$/, (_, power: string) => superscript(power));
}

const RAISED: Record<string, string> = { "−": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹" };
const superscript = (digits: string): string => [...digits].map((digit) => RAISED[digit] ?? digit).join("");
