// Joins the series of several runs into one: the mean, and a band around it.
import type { Numbers } from "../api/curves";
import type { Band, Points } from "./line";
import { findFirst } from "./series";

export type BandKind = "std" | "stderr" | "ci" | "range" | "none";
export const BAND_KINDS: readonly BandKind[] = ["std", "stderr", "ci", "range", "none"];

const MAX_GRID = 2000;

/**
 * Returns the mean of series at all their x, with a band. Between two points of a series its value is interpolated;
 * before its first and after its last point it does not count, and neither do numbers that are not finite.
 */
export function aggregate(series: readonly Points[], kind: BandKind): Points & { band: Band } {
  const parts = series.map(keepLatest);
  const xs = makeGrid(parts.map((part) => part.xs));
  const ys = new Float64Array(xs.length);
  const band = {
    lows: new Float64Array(xs.length),
    highs: new Float64Array(xs.length),
    counts: new Uint16Array(xs.length),
  };
  const places = new Int32Array(parts.length);
  const values = new Float64Array(parts.length);
  for (let i = 0; i < xs.length; i++) {
    let count = 0;
    for (let p = 0; p < parts.length; p++) {
      const value = interpolate(parts[p]!, xs[i]!, places, p);
      if (Number.isFinite(value)) values[count++] = value;
    }
    band.counts[i] = count;
    describe(values.subarray(0, count), kind, i, ys, band);
  }
  return { xs, ys, band };
}

/** Writes the mean and the edges of the band of some values to place `at`; NaN if there are none. */
function describe(values: Float64Array, kind: BandKind, at: number, ys: Float64Array, band: Band): void {
  const count = values.length;
  let sum = 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    sum += value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const mean = count ? sum / count : Number.NaN;
  ys[at] = mean;
  if (kind === "range") {
    band.lows[at] = count ? low : Number.NaN;
    band.highs[at] = count ? high : Number.NaN;
    return;
  }
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i]! - mean) ** 2;
  const half = halfWidth(kind, Math.sqrt(squares / Math.max(count - 1, 1)), count);
  band.lows[at] = mean - half;
  band.highs[at] = mean + half;
}

/** Returns half the width of a band; 0 for a single value, of which no spread is known. */
function halfWidth(kind: BandKind, std: number, count: number): number {
  if (count < 2 || kind === "none") return 0;
  if (kind === "std") return std;
  const error = std / Math.sqrt(count);
  return kind === "stderr" ? error : error * studentQuantile(count - 1);
}

const QUANTILES = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** Returns the 97.5 % quantile of Student's t distribution, from which a 95 % confidence interval is made. */
export function studentQuantile(freedom: number): number {
  const known = QUANTILES[freedom - 1];
  if (known !== undefined) return known;
  const z = 1.959964; // Cornish-Fisher expansion, exact to three decimals from 31 degrees of freedom on
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}

/** Returns all x in ascending order, each once; fewer, at even distances, if they are very many. */
function makeGrid(columns: readonly Numbers[]): Float64Array {
  const first = columns[0];
  const isShared = first !== undefined && columns.every((xs) => isEqual(xs, first));
  let grid = isShared ? Float64Array.from(first) : mergeColumns(columns);
  grid = grid.filter((x, i) => i === 0 || x !== grid[i - 1]);
  if (grid.length <= MAX_GRID) return grid;
  return Float64Array.from(
    { length: MAX_GRID },
    (_, i) => grid[Math.round((i * (grid.length - 1)) / (MAX_GRID - 1))]!,
  );
}

function mergeColumns(columns: readonly Numbers[]): Float64Array {
  const all = new Float64Array(columns.reduce((sum, xs) => sum + xs.length, 0));
  let at = 0;
  for (const xs of columns) {
    all.set(xs, at);
    at += xs.length;
  }
  return all.sort();
}

function isEqual(a: Numbers, b: Numbers): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Returns the value of a series at `x`, which must not decrease from call to call: `places` remembers where it was. */
function interpolate({ xs, ys }: Points, x: number, places: Int32Array, p: number): number {
  let at = places[p]!;
  while (at < xs.length && xs[at]! < x) at++;
  places[p] = at;
  if (at === xs.length) return Number.NaN;
  if (xs[at] === x) {
    while (at + 1 < xs.length && xs[at + 1] === x) at++;
    return ys[at]!;
  }
  if (at === 0) return Number.NaN;
  const part = (x - xs[at - 1]!) / (xs[at]! - xs[at - 1]!);
  return ys[at - 1]! + part * (ys[at]! - ys[at - 1]!);
}

/** Returns a series whose x does not go back: of points that were written twice, the later ones. */
export function keepLatest(points: Points): Points {
  const { xs } = points;
  let isAscending = true;
  for (let i = 1; i < xs.length && isAscending; i++) isAscending = xs[i]! >= xs[i - 1]!;
  if (isAscending) return points;
  const keptX = new Float64Array(xs.length);
  const places = new Int32Array(xs.length);
  let count = 0;
  for (let i = 0; i < xs.length; i++) {
    if (count > 0 && keptX[count - 1]! > xs[i]!) count = findFirst(keptX, xs[i]!, 0, count);
    keptX[count] = xs[i]!;
    places[count++] = i;
  }
  const pick = (column: Numbers) => Float64Array.from(places.subarray(0, count), (at) => column[at]!);
  const kept: Points = { xs: keptX.subarray(0, count), ys: pick(points.ys) };
  if (points.raw) kept.raw = pick(points.raw);
  return kept;
}
