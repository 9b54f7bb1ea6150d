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
  let correction = 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    last = last * weight + (1 - weight) * value;
    correction *= weight;
    smoothed[i] = last / (1 - correction);
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
  if (range <= 0) return smoothed;
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

/** Returns means weighted by a Gaussian whose standard deviation is `sigma` points; cut off after three of them. */
export function smoothGaussian(values: Numbers, sigma: number): Float64Array {
  const radius = Math.ceil(3 * sigma);
  const kernel = Float64Array.from({ length: radius + 1 }, (_, i) =>
    Math.exp(-(i * i) / (2 * sigma * sigma)),
  );
  return averageAround(values, radius, kernel);
}

/** Returns means over `radius` points on either side; fewer at the ends. */
export function smoothCentred(values: Numbers, radius: number): Float64Array {
  const smoothed = Float64Array.from(values);
  let sum = 0;
  let count = 0;
  const add = (i: number, sign: number) => {
    const value = values[i];
    if (value === undefined || !Number.isFinite(value)) return;
    sum += sign * value;
    count += sign;
  };
  for (let i = 0; i < Math.min(radius, values.length); i++) add(i, 1);
  for (let i = 0; i < values.length; i++) {
    add(i + radius, 1);
    add(i - radius - 1, -1);
    if (Number.isFinite(values[i]!)) smoothed[i] = sum / count;
  }
  return smoothed;
}

function averageAround(values: Numbers, radius: number, kernel: Float64Array): Float64Array {
  const smoothed = Float64Array.from(values);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) continue;
    let sum = 0;
    let weights = 0;
    const end = Math.min(i + radius, values.length - 1);
    for (let j = Math.max(i - radius, 0); j <= end; j++) {
      const value = values[j]!;
      if (!Number.isFinite(value)) continue;
      const weight = kernel[Math.abs(j - i)]!;
      sum += weight * value;
      weights += weight;
    }
    smoothed[i] = sum / weights;
  }
  return smoothed;
}

function isConstant(values: Numbers): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}
