// Makes lines of curves: the axis, smoothing and colours of the view.
import type { Curve, Numbers } from "../api/curves";
import type { Line } from "../drawing/lines";
import { colorOfRun } from "../numbers/colors";
import { smoothCentred, smoothExponentially, smoothGaussian, smoothOverTime } from "../numbers/smoothing";
import type { Axis, Smoothing } from "./view";

export interface LineOptions {
  axis: Axis;
  smoothing: Smoothing;
  weight: number;
}

/** Returns the line of each curve that has points. */
export function makeLines(curves: Iterable<Curve>, options: LineOptions): Line[] {
  const lines: Line[] = [];
  for (const curve of curves) {
    if (!curve.values.length) continue;
    const xs = pickAxis(curve, options.axis);
    const line: Line = { id: curve.run, color: colorOfRun(curve.run), xs, ys: curve.values };
    if (options.weight > 0) {
      line.ys = smooth(xs, curve.values, options);
      line.raw = curve.values;
    }
    lines.push(line);
  }
  return lines;
}

function pickAxis(curve: Curve, axis: Axis): Numbers {
  if (axis === "step") return curve.steps;
  if (axis === "time") return curve.times;
  const start = curve.times[0] ?? 0;
  return curve.times.map((time) => time - start) as Numbers;
}

/** Smooths with a strength from 0 to below 1, whichever the method. */
export function smooth(xs: Numbers, values: Numbers, { smoothing, weight }: LineOptions): Float64Array {
  switch (smoothing) {
    case "ema":
      return smoothExponentially(values, weight);
    case "time":
      return smoothOverTime(xs, values, weight);
    case "gaussian":
      return smoothGaussian(values, widthInPoints(values.length, weight) / 2);
    case "mean":
      return smoothCentred(values, Math.round(widthInPoints(values.length, weight)));
  }
}

/** Returns the points on either side that count: none at 0, a tenth of the series at 1. */
function widthInPoints(count: number, weight: number): number {
  return Math.max(weight ** 2 * count * 0.1, 0.5);
}
