// Finds the points of lines that are near the pointer.
import type { Line } from "../numbers/line";
import { findNearest } from "../numbers/series";
import type { Layout } from "./layout";

export interface NearPoint {
  line: Line;
  index: number;
  /** Distance in pixels, of y only. */
  distance: number;
}

const BEYOND_PIXELS = 8;

/**
 * Returns the point of each line that is nearest to `x` (a value): the `limit` nearest ones to pixel `py`, the nearest
 * first. Lines that end before `x` or begin after it are left out.
 */
export function findNearPoints(
  lines: readonly Line[],
  layout: Layout,
  x: number,
  py: number,
  limit: number,
): NearPoint[] {
  const near: NearPoint[] = [];
  const px = layout.x.toPixel(x);
  for (const line of lines) {
    const index = findNearestIndex(line, x);
    if (index < 0 || isBeyond(line, index, x, px, layout)) continue;
    const distance = Math.abs(layout.y.toPixel(line.ys[index]!) - py);
    if (!Number.isFinite(distance)) continue;
    let at = near.length;
    while (at > 0 && near[at - 1]!.distance > distance) at--;
    if (at >= limit) continue;
    near.splice(at, 0, { line, index, distance });
    if (near.length > limit) near.pop();
  }
  return near;
}

/** Returns the index of the point of a line that is nearest to `x`; of two, the one that was written later. */
export function findNearestIndex({ xs, starts }: Line, x: number): number {
  let best = -1;
  for (let p = 0; p + 1 < starts.length; p++) {
    const at = findNearest(xs, x, starts[p]!, starts[p + 1]!);
    if (at >= 0 && (best < 0 || Math.abs(xs[at]! - x) <= Math.abs(xs[best]! - x))) best = at;
  }
  return best;
}

function isBeyond({ xs }: Line, index: number, x: number, px: number, layout: Layout): boolean {
  const isEnd = (index === xs.length - 1 && x > xs[index]!) || (index === 0 && x < xs[0]!);
  return isEnd && Math.abs(layout.x.toPixel(xs[index]!) - px) > BEYOND_PIXELS;
}
