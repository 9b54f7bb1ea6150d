// Texts of numbers, times and values for people.
import type { Value } from "../api/records";

const AGES: [seconds: number, unit: string][] = [
  [86400 * 365, "y"],
  [86400 * 30, "mo"],
  [86400, "d"],
  [3600, "h"],
  [60, "min"],
  [1, "s"],
];

/** Returns a number with at most `digits` significant digits. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9))
    return value.toExponential(digits - 1).replace(/\.?0+e/, "e");
  return String(Number(value.toPrecision(digits)));
}

/** Returns a value of a cell. */
export function formatValue(value: Value | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return formatNumber(value, 6);
  if (typeof value === "string") return value;
  return JSON.stringify(value);
}

/** Returns how long ago a time was, such as `3h`. Times are µs since the epoch. */
export function formatAge(when: number, now: number = Date.now() * 1000): string {
  return formatSeconds(Math.max(now - when, 0) / 1e6);
}

/** Returns a number of seconds in its largest unit. */
export function formatSeconds(seconds: number): string {
  for (const [size, unit] of AGES) if (seconds >= size) return `${Math.floor(seconds / size)}${unit}`;
  return `${seconds < 0.01 ? 0 : Number(seconds.toPrecision(2))}s`;
}
