// Values of cells: their numbers, and their order in lists.
import type { Value } from "../api/records";
import { formatValue } from "./format";

const NON_FINITE: Record<string, number> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/** Returns the number of a value; the mean of a summary; null for other values. */
export function toNumber(value: Value | undefined): number | null {
  if (typeof value === "number") return value;
  if (typeof value === "string") return NON_FINITE[value] ?? null;
  if (value && typeof value === "object" && !Array.isArray(value) && typeof value.mean === "number")
    return value.mean;
  return null;
}

/** Compares texts in natural order: `layer2` comes before `layer10`. */
export const compareTexts = new Intl.Collator("en", { numeric: true }).compare;

/**
 * Compares values: numbers come before texts. `sign` is 1 for ascending and -1 for descending order; NaN and missing
 * values are last in both.
 */
export function compareValues(a: Value | undefined, b: Value | undefined, sign: 1 | -1): number {
  const [rankA, rankB] = [rankValue(a), rankValue(b)];
  if (rankA !== rankB) return rankA - rankB;
  if (rankA === 0) return sign * (toNumber(a)! - toNumber(b)!);
  return rankA === 1 ? sign * compareTexts(formatValue(a), formatValue(b)) : 0;
}

function rankValue(value: Value | undefined): number {
  if (value === null || value === undefined) return 3;
  const number = toNumber(value);
  return number === null ? 1 : Number.isNaN(number) ? 2 : 0;
}
