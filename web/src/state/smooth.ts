// Smooths a series as the view says.
import type { Numbers } from "../api/curves";
import {
  smoothCentred,
  smoothExponentially,
  smoothGaussian,
  smoothOverTime,
  smoothParts,
} from "../numbers/smoothing";
import type { Smoothing } from "./view";

/**
 * Smooths with a strength from 0 to below 1, whichever the method. Where x goes back, it begins again, except for the
 * average of TensorBoard, which does not look at x.
 */
export function smoothPoints(
  xs: Numbers,
  values: Numbers,
  starts: readonly number[],
  method: Smoothing,
  weight: number,
): Float64Array {
  const width = widthInPoints(values.length, weight);
  const part = (first: number, end: number) => values.subarray(first, end);
  switch (method) {
    case "ema":
      return smoothExponentially(values, weight);
    case "time":
      return smoothParts(starts, values.length, (first, end) =>
        smoothOverTime(xs.subarray(first, end), part(first, end), weight),
      );
    case "gaussian":
      return smoothParts(starts, values.length, (first, end) => smoothGaussian(part(first, end), width / 2));
    case "mean":
      return smoothParts(starts, values.length, (first, end) =>
        smoothCentred(part(first, end), Math.round(width)),
      );
  }
}

/** Returns the points on either side that count: none at 0, a tenth of the series at 1. */
function widthInPoints(count: number, weight: number): number {
  return Math.max(weight ** 2 * count * 0.1, 0.5);
}
