// Ranges, nearest points and parts of series.
import type { Numbers } from "../api/curves";
import type { Range } from "./scale";

/** Returns the range of the finite (and, on a logarithmic scale, positive) values; null if there are none. */
export function findRange(values: Numbers, isLog = false, first = 0, end = values.length): Range | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const least = isLog ? 0 : Number.NEGATIVE_INFINITY;
  for (let i = first; i < end; i++) {
    const value = values[i]!;
    if (!(value > least && value < Number.POSITIVE_INFINITY)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : null;
}

export function unite(ranges: Iterable<Range | null>): Range | null {
  let all: Range | null = null;
  for (const range of ranges) {
    if (!range) continue;
    all = all ? { low: Math.min(all.low, range.low), high: Math.max(all.high, range.high) } : range;
  }
  return all;
}

/** Returns the index of the first number that is at least `x`; the numbers ascend. */
export function findFirst(xs: Numbers, x: number, first = 0, end = xs.length): number {
  let low = first;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (xs[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the index of the number nearest to `x` in a part of ascending numbers; -1 if the part is empty. */
export function findNearest(xs: Numbers, x: number, first = 0, end = xs.length): number {
  if (first >= end) return -1;
  const at = findFirst(xs, x, first, end);
  if (at === first) return at;
  if (at === end) return end - 1;
  return x - xs[at - 1]! <= xs[at]! - x ? at - 1 : at;
}

/** Returns how many values of a column lie in a range. */
export function countWithin(values: Numbers, { low, high }: Range): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! >= low && values[i]! <= high) count++;
  return count;
}

const MAX_SAMPLED = 2000;

/** Returns the range without the least and the greatest twentieth of all values; null if there are no values. */
export function findRangeWithoutOutliers(columns: readonly Numbers[], isLog = false): Range | null {
  const finite: number[] = [];
  for (const values of columns) {
    const every = Math.max(Math.floor(values.length / MAX_SAMPLED), 1);
    for (let i = 0; i < values.length; i += every) {
      const value = values[i]!;
      if (Number.isFinite(value) && (!isLog || value > 0)) finite.push(value);
    }
  }
  if (!finite.length) return null;
  finite.sort((a, b) => a - b);
  const at = (part: number) => finite[Math.round(part * (finite.length - 1))]!;
  return { low: at(0.05), high: at(0.95) };
}
