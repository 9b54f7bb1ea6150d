// Smooths series. All functions leave numbers that are not finite where they are, and do not count them.
import type { Numbers } from "../api/curves";

/**
 * Returns the exponential moving average, corrected for its start, as TensorBoard computes it: a series whose values
 * are all the same is unchanged. `weight` is from 0 to below 1.
 */
export function smoothExponentially(values: Numbers, weight: number): Float64Array {
  const smoothed = Float64Array.from(values);
  if (isConstant(values)) return smoothed;
  let last = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    last = last * weight + (1 - weight) * value;
    count += 1;
    smoothed[i] = last / (1 - weight ** count);
  }
  return smoothed;
}

/**
 * Returns the exponential moving average whose weight depends on the distance between points, as W&B computes it: the
 * distance is in parts of the whole range, `viewport` parts long. Points at irregular steps count as they should.
 */
export function smoothOverTime(xs: Numbers, values: Numbers, weight: number, viewport = 1000): Float64Array {
  const smoothed = Float64Array.from(values);
  const range = xs.length > 1 ? xs[xs.length - 1]! - xs[0]! : 0;
  if (!(range > 0)) return smoothed;
  const strength = Math.min(Math.sqrt(weight), 0.999);
  let last = 0;
  let correction = 0;
  let lastX = xs[0]!;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    const keep = strength ** (((xs[i]! - lastX) / range) * viewport);
    last = last * keep + value;
    correction = correction * keep + 1;
    lastX = xs[i]!;
    smoothed[i] = last / correction;
  }
  return smoothed;
}

const MAX_KERNEL_SIGMA = 8;
const PASSES = 3;

/**
 * Returns means weighted by a Gaussian whose standard deviation is `sigma` points. A wide Gaussian is replaced by three
 * centred means in turn, which is nearly the same and takes no longer for a wider one.
 */
export function smoothGaussian(values: Numbers, sigma: number): Float64Array {
  const weights: Float64Array = Float64Array.from(values, (value) => (Number.isFinite(value) ? 1 : 0));
  let sums: Float64Array = Float64Array.from(values, (value) => (Number.isFinite(value) ? value : 0));
  let counts = weights;
  if (sigma <= MAX_KERNEL_SIGMA) {
    const kernel = Float64Array.from({ length: Math.ceil(3 * sigma) + 1 }, (_, i) =>
      Math.exp(-(i * i) / (2 * sigma * sigma)),
    );
    sums = convolve(sums, kernel);
    counts = convolve(counts, kernel);
  } else {
    const radius = Math.round((Math.sqrt((12 * sigma * sigma) / PASSES + 1) - 1) / 2);
    for (let pass = 0; pass < PASSES; pass++) {
      sums = sumAround(sums, radius);
      counts = sumAround(counts, radius);
    }
  }
  return Float64Array.from(values, (value, i) => (Number.isFinite(value) ? sums[i]! / counts[i]! : value));
}

/** Returns means over `radius` points on either side; fewer at the ends. */
export function smoothCentred(values: Numbers, radius: number): Float64Array {
  const sums = sumAround(
    Float64Array.from(values, (value) => (Number.isFinite(value) ? value : 0)),
    radius,
  );
  const counts = sumAround(
    Float64Array.from(values, (value) => (Number.isFinite(value) ? 1 : 0)),
    radius,
  );
  return Float64Array.from(values, (value, i) => (Number.isFinite(value) ? sums[i]! / counts[i]! : value));
}

/** Returns the sums over `radius` numbers on either side. */
function sumAround(values: Float64Array, radius: number): Float64Array {
  const sums = new Float64Array(values.length);
  let sum = 0;
  for (let i = 0; i < Math.min(radius, values.length); i++) sum += values[i]!;
  for (let i = 0; i < values.length; i++) {
    if (i + radius < values.length) sum += values[i + radius]!;
    if (i - radius - 1 >= 0) sum -= values[i - radius - 1]!;
    sums[i] = sum;
  }
  return sums;
}

function convolve(values: Float64Array, kernel: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    let sum = values[i]! * kernel[0]!;
    for (let j = 1; j < kernel.length; j++) {
      if (i >= j) sum += values[i - j]! * kernel[j]!;
      if (i + j < values.length) sum += values[i + j]! * kernel[j]!;
    }
    out[i] = sum;
  }
  return out;
}

function isConstant(values: Numbers): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

/** Smooths each part of a series by itself. `starts` are the first points of the parts, then the number of points. */
export function smoothParts(
  starts: readonly number[],
  length: number,
  smooth: (first: number, end: number) => Float64Array,
): Float64Array {
  if (starts.length <= 2) return smooth(0, length);
  const smoothed = new Float64Array(length);
  for (let p = 0; p + 1 < starts.length; p++) {
    smoothed.set(smooth(starts[p]!, starts[p + 1]!), starts[p]!);
  }
  return smoothed;
}
