// Statistics of columns of numbers, and the fronts and bests of searches.

/** Returns the quantile of sorted numbers, interpolated between neighbours (type 7 of Hyndman and Fan). */
export function quantile(sorted: readonly number[], part: number): number {
  if (!sorted.length) return Number.NaN;
  const at = part * (sorted.length - 1);
  const low = Math.floor(at);
  const rest = at - low;
  return rest === 0 ? sorted[low]! : sorted[low]! * (1 - rest) + sorted[low + 1]! * rest;
}

export interface Box {
  low: number;
  first: number;
  median: number;
  third: number;
  high: number;
  count: number;
}

/** Returns quartiles and whiskers: the outermost values within 1.5 interquartile ranges (Tukey). Null for no value. */
export function summarizeBox(values: readonly number[]): Box | null {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (!sorted.length) return null;
  const [first, median, third] = [0.25, 0.5, 0.75].map((part) => quantile(sorted, part)) as [
    number,
    number,
    number,
  ];
  const reach = 1.5 * (third - first);
  const low = sorted.find((each) => each >= first - reach)!;
  const high = sorted.findLast((each) => each <= third + reach)!;
  return { low, first, median, third, high, count: sorted.length };
}

export interface Trend {
  slope: number;
  intercept: number;
  /** r² of a linear trend, ρ of a rank trend. */
  strength: number;
}

/** Returns the least-squares line and its r²; null for fewer than three points or a single x. */
export function fitLine(xs: readonly number[], ys: readonly number[]): Trend | null {
  const n = xs.length;
  if (n < 3) return null;
  const [mx, my] = [mean(xs), mean(ys)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [xs[i]! - mx, ys[i]! - my];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  if (xx === 0) return null;
  const slope = xy / xx;
  return { slope, intercept: my - slope * mx, strength: yy === 0 ? 0 : (xy * xy) / (xx * yy) };
}

const MAX_PAIRS = 400;

/** Returns the line of Theil and Sen (the median of the slopes of all pairs), and the rank correlation of Spearman. */
export function fitRanks(xs: readonly number[], ys: readonly number[]): Trend | null {
  const line = fitLine(rank(xs), rank(ys));
  if (!line) return null;
  const every = Math.max(Math.ceil(xs.length / MAX_PAIRS), 1);
  const slopes: number[] = [];
  for (let i = 0; i < xs.length; i += every)
    for (let j = i + every; j < xs.length; j += every)
      if (xs[i] !== xs[j]) slopes.push((ys[j]! - ys[i]!) / (xs[j]! - xs[i]!));
  if (!slopes.length) return null;
  const slope = median(slopes);
  const intercept = median(ys.map((y, i) => y - slope * xs[i]!));
  return { slope, intercept, strength: Math.sqrt(line.strength) * Math.sign(line.slope) };
}

/** Returns the ranks from 1 on; equal numbers share the mean of theirs. */
export function rank(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each / values.length, 0);
}

function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** Returns the best value up to each place; null before the first finite one. */
export function findRunningBest(values: readonly (number | null)[], isLower: boolean): (number | null)[] {
  let best: number | null = null;
  return values.map((value) => {
    if (
      value !== null &&
      Number.isFinite(value) &&
      (best === null || (value < best === isLower && value !== best))
    )
      best = value;
    return best;
  });
}

/** Returns the indexes of the points that no other point is better than in both values, by ascending x. */
export function findParetoFront(
  xs: readonly (number | null)[],
  ys: readonly (number | null)[],
  isLowerX: boolean,
  isLowerY: boolean,
): number[] {
  const signX = isLowerX ? 1 : -1;
  const signY = isLowerY ? 1 : -1;
  const order = xs
    .map((_, i) => i)
    .filter((i) => Number.isFinite(xs[i] ?? Number.NaN) && Number.isFinite(ys[i] ?? Number.NaN))
    .sort((a, b) => signX * (xs[a]! - xs[b]!) || signY * (ys[a]! - ys[b]!));
  const front: number[] = [];
  let best = Number.POSITIVE_INFINITY;
  let bestX = Number.NaN;
  for (const i of order) {
    const y = signY * ys[i]!;
    if (y < best || (y === best && xs[i] === bestX)) {
      front.push(i);
      best = y;
      bestX = xs[i]!;
    }
  }
  return front.sort((a, b) => xs[a]! - xs[b]!);
}

/** Returns the mean of the values at points, weighted by the inverse square of their distance (Shepard). */
export function interpolate(
  x: number,
  y: number,
  points: readonly { x: number; y: number; value: number }[],
): number {
  let [sum, weights] = [0, 0];
  for (const point of points) {
    const distance = (point.x - x) ** 2 + (point.y - y) ** 2;
    if (distance < 1e-9) return point.value;
    const weight = 1 / distance ** 1.5;
    sum += weight * point.value;
    weights += weight;
  }
  return sum / weights;
}
