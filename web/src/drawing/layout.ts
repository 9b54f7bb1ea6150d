// Where things are in a chart: the area of the curves, the scales of its axes and their ticks.
import type { Numbers } from "../api/curves";
import type { Line } from "../numbers/line";
import { makeScale, pad, type Range, type Scale } from "../numbers/scale";
import { countWithin, findNearest, findRange, findRangeWithoutOutliers, unite } from "../numbers/series";
import {
  formatDurationTicks,
  formatTicks,
  formatTimeTicks,
  listTicks,
  listTimeTicks,
} from "../numbers/ticks";

export interface ChartOptions {
  isLogX: boolean;
  isLogY: boolean;
  clipsOutliers: boolean;
  /** What x is: seconds since a start, seconds since the epoch, or any number. */
  xKind: "number" | "duration" | "time";
  /** The range of x that is zoomed. */
  zoom: Range | null;
}

export interface Tick {
  pixel: number;
  text: string;
}

export interface Layout {
  x: Scale;
  y: Scale;
  left: number;
  top: number;
  right: number;
  bottom: number;
  xTicks: readonly Tick[];
  yTicks: readonly Tick[];
  /** How many values are beyond the limits of y, since outliers are clipped. */
  clipped: number;
}

const MARGIN = { right: 8, top: 8, bottom: 20 };
const LEAST_LEFT = 36;
const CHARACTER = 6.7;
const LABEL_GAP = 12;
const Y_PADDING = 0.05;

/** Returns the layout of lines from pixel `top` on; null if they have no points that can be shown. */
export function layOut(
  lines: readonly Line[],
  width: number,
  height: number,
  options: ChartOptions,
  top = MARGIN.top,
): Layout | null {
  const xRange = options.zoom ?? unite(lines.map((line) => rangeOf(line.xs, options.isLogX)));
  const yRange = xRange && findYRange(lines, options);
  if (!xRange || !yRange) return null;
  const bottom = height - MARGIN.bottom;
  const shownY = pad(yRange, Y_PADDING, options.isLogY);
  const y = makeScale(shownY, bottom, top, options.isLogY);
  const yValues = listTicks(shownY, Math.max((bottom - top) / 40, 2), options.isLogY);
  const yTexts = formatTicks(yValues);
  const longest = yTexts.reduce((most, text) => Math.max(most, text.length), 0);
  const left = Math.max(LEAST_LEFT, Math.ceil(longest * CHARACTER) + LABEL_GAP);
  const right = width - MARGIN.right;
  const shownX = xRange.high > xRange.low ? xRange : pad(xRange, 0, options.isLogX);
  const x = makeScale(shownX, left, right, options.isLogX);
  return {
    x,
    y,
    left,
    top,
    right,
    bottom,
    xTicks: makeXTicks(x, Math.max((right - left) / 80, 2), options),
    yTicks: yValues.map((value, i) => ({ pixel: y.toPixel(value), text: yTexts[i]! })),
    clipped: options.clipsOutliers ? countClipped(lines, shownY, options.isLogY) : 0,
  };
}

function makeXTicks(x: Scale, count: number, { xKind, isLogX }: ChartOptions): Tick[] {
  const isTime = xKind !== "number" && !isLogX;
  const zone = xKind === "time" ? -new Date(x.low * 1000).getTimezoneOffset() * 60 : 0;
  const values = isTime ? listTimeTicks(x, count, zone) : listTicks(x, count, isLogX);
  const format =
    xKind === "time" ? formatTimeTicks : xKind === "duration" ? formatDurationTicks : formatTicks;
  const texts = format(values);
  return values.map((value, i) => ({ pixel: x.toPixel(value), text: texts[i]! }));
}

const ranges = { linear: new WeakMap<Numbers, Range | null>(), log: new WeakMap<Numbers, Range | null>() };

/** Returns the range of a whole column, which is found once. */
function rangeOf(column: Numbers, isLog: boolean): Range | null {
  const known = isLog ? ranges.log : ranges.linear;
  let range = known.get(column);
  if (range === undefined) {
    range = findRange(column, isLog);
    known.set(column, range);
  }
  return range;
}

function findYRange(lines: readonly Line[], { zoom, isLogY, clipsOutliers }: ChartOptions): Range | null {
  if (clipsOutliers) {
    const columns = lines.flatMap((line) =>
      listParts(line, zoom).map(([first, end]) => line.ys.subarray(first, end)),
    );
    return findRangeWithoutOutliers(columns, isLogY);
  }
  let all: Range | null = null;
  for (const line of lines) {
    const columns = line.band ? [line.ys, line.band.lows, line.band.highs] : [line.ys];
    for (const ys of columns) {
      if (!zoom) all = unite([all, rangeOf(ys, isLogY)]);
      else
        for (const [first, end] of listParts(line, zoom))
          all = unite([all, findRange(ys, isLogY, first, end)]);
    }
  }
  return all;
}

/** Returns the points of a line in a range of x: the first one and the end, for each part. */
function listParts({ xs, starts }: Line, zoom: Range | null): [first: number, end: number][] {
  if (!zoom) return [[0, xs.length]];
  const parts: [number, number][] = [];
  for (let p = 0; p + 1 < starts.length; p++) {
    const first = findNearest(xs, zoom.low, starts[p]!, starts[p + 1]!);
    const last = findNearest(xs, zoom.high, starts[p]!, starts[p + 1]!);
    if (first >= 0) parts.push([first, last + 1]);
  }
  return parts;
}

function countClipped(lines: readonly Line[], shown: Range, isLog: boolean): number {
  let count = 0;
  for (const { ys } of lines) {
    const least = isLog ? Number.MIN_VALUE : -Number.MAX_VALUE;
    count += countWithin(ys, { low: least, high: Number.MAX_VALUE }) - countWithin(ys, shown);
  }
  return count;
}
