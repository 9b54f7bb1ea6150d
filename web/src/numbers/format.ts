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

const SIZE_UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Returns a number of bytes, such as `1.2 MB`; "" if it is unknown (-1). */
export function formatSize(bytes: number): string {
  if (bytes < 0) return "";
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), SIZE_UNITS.length - 1);
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${SIZE_UNITS[power]}`;
}

/** Returns the time of day of a time (µs since the epoch). */
export function formatClock(when: number): string {
  const time = new Date(when / 1000);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** Returns a duration with its two largest units, such as `2h 5min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? Number(seconds.toFixed(1)) : Math.round(seconds)}s`;
  const units: [number, string][] = [
    [86400, "d"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
  ];
  const at = units.findIndex(([size]) => seconds >= size);
  const [size, unit] = units[at]!;
  const [next, nextUnit] = units[at + 1]!;
  const rest = Math.floor((seconds % size) / next);
  return `${Math.floor(seconds / size)}${unit}${rest ? ` ${rest}${nextUnit}` : ""}`;
}
