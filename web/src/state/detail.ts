// Which part of a thinned series a zoomed panel shows, and whether it is there.
import type { Curve } from "../api/curves";
import type { Range } from "../numbers/scale";
import { findNearest } from "../numbers/series";
import { type Entry, isThinned } from "./curve_plan";
import type { Axis } from "./view";

/** Returns the steps of a range of x in any of the curves. */
export function uniteSteps(
  curves: readonly Curve[],
  way: Axis,
  range: Range,
): { first: number; last: number } {
  const parts = curves.map((curve) => findSteps(curve, way, range));
  return {
    first: Math.min(...parts.map((part) => part.first)),
    last: Math.max(...parts.map((part) => part.last)),
  };
}

/** Returns the steps of a range of x in a curve, with a point more on both sides for times. */
function findSteps(curve: Curve, way: Axis, { low, high }: Range): { first: number; last: number } {
  if (way === "step") return { first: Math.floor(low), last: Math.ceil(high) };
  const { steps, times } = curve;
  const start = way === "relative" ? (times[0] ?? 0) : 0;
  const begin = Math.max(findNearest(times, start + low) - 1, 0);
  const end = Math.min(findNearest(times, start + high) + 1, steps.length - 1);
  return { first: steps[begin]!, last: steps[end]! };
}

/** Returns the curve to draw: the detail if it is of what is shown, else the whole curve. */
export function pickCurve(entry: Entry, way: Axis, range: Range | null, weight: number): Curve | null {
  const { curve, detail, detailOf } = entry;
  if (!curve || !detail || !detailOf || !isThinned(curve) || way.startsWith("metric:")) return curve;
  if (detailOf.weight !== weight && weight !== 0) return curve;
  if (detailOf.first === null || detailOf.last === null) return range ? curve : detail;
  if (!range) return curve;
  const wanted = findSteps(curve, way, range);
  return detailOf.first <= wanted.first && detailOf.last >= wanted.last ? detail : curve;
}
