// Stitches the curves of runs that go on from each other into one line.
import type { Numbers } from "../api/curves";
import { keepLatest } from "../numbers/aggregate";
import type { Line, Points } from "../numbers/line";
import { findFirst } from "../numbers/series";

type Member = Points & Pick<Line, "starts" | "marks" | "replaced">;

/**
 * Returns segments as one line. Points of an earlier segment from where a later one begins are `replaced`; `marks` are
 * the first points of the later segments. With `isRelative`, x of a segment continues that of the one before.
 */
export function joinSegments(segments: readonly Member[], isRelative: boolean): Member {
  const placed = (isRelative ? continueTimes(segments) : segments).map(keepLatest);
  const parts: Points[] = [];
  const replaced: Points[] = [];
  let limit = Number.POSITIVE_INFINITY;
  for (const segment of [...placed].reverse()) {
    const end = findFirst(segment.xs, limit);
    if (end > 0) parts.unshift(cut(segment, 0, end));
    if (end < segment.xs.length) replaced.unshift(cut(segment, end, segment.xs.length));
    limit = Math.min(limit, segment.xs[0]!);
  }
  const joined = concatenate(parts);
  const marks: number[] = [];
  let count = 0;
  for (const part of parts.slice(0, -1)) {
    count += part.xs.length;
    marks.push(count);
  }
  return { ...joined, starts: [0, joined.xs.length], marks, replaced };
}

function continueTimes(segments: readonly Member[]): Member[] {
  let offset = 0;
  return segments.map((segment) => {
    const before = offset;
    offset += segment.xs.at(-1) ?? 0;
    return before === 0 ? segment : { ...segment, xs: Float64Array.from(segment.xs, (x) => x + before) };
  });
}

function cut({ xs, ys, raw }: Points, first: number, end: number): Points {
  const part: Points = { xs: xs.subarray(first, end), ys: ys.subarray(first, end) };
  if (raw) part.raw = raw.subarray(first, end);
  return part;
}

function concatenate(parts: readonly Points[]): Points {
  const join = (columns: readonly Numbers[]) => {
    const all = new Float64Array(columns.reduce((sum, column) => sum + column.length, 0));
    let at = 0;
    for (const column of columns) {
      all.set(column, at);
      at += column.length;
    }
    return all;
  };
  const joined: Points = { xs: join(parts.map((part) => part.xs)), ys: join(parts.map((part) => part.ys)) };
  if (parts.some((part) => part.raw)) joined.raw = join(parts.map((part) => part.raw ?? part.ys));
  return joined;
}
