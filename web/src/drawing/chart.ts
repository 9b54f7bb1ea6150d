// A chart: where its axes are, how it is drawn, and which point is near the pointer. Knows lines; not where they come
// from.
import { formatNumber, formatSeconds } from "../numbers/format";
import { listTicks, listTimeTicks, makeScale, pad, type Range, type Scale } from "../numbers/scale";
import { findNearest, findRange, findRangeWithoutOutliers, splitAscending, unite } from "../numbers/series";
import { drawLine, type Line } from "./lines";

export interface ChartOptions {
  isLogX: boolean;
  isLogY: boolean;
  clipsOutliers: boolean;
  /** x is a time in seconds. */
  isTime: boolean;
  /** The range of x that is zoomed. */
  zoom: Range | null;
}

export interface ChartColors {
  grid: string;
  text: string;
  paper: string;
  muted: string;
}

export interface Layout {
  x: Scale;
  y: Scale;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const MARGIN = { left: 48, right: 8, top: 8, bottom: 20 };
const CROWD = 100;
/** Above so many lines, lines are thin and the resolution is that of CSS pixels: many times faster, and looks the same. */
export const isCrowd = (lines: readonly Line[]): boolean => lines.length > CROWD;

export function layOut(
  lines: readonly Line[],
  width: number,
  height: number,
  options: ChartOptions,
): Layout | null {
  const xRange = options.zoom ?? unite(lines.map((line) => findRange(line.xs, options.isLogX)));
  if (!xRange) return null;
  const yRange = findYRange(lines, options);
  if (!yRange) return null;
  const area = {
    left: MARGIN.left,
    right: width - MARGIN.right,
    top: MARGIN.top,
    bottom: height - MARGIN.bottom,
  };
  const shownX = xRange.high > xRange.low ? xRange : pad(xRange, 0, options.isLogX);
  return {
    x: makeScale(shownX, area.left, area.right, options.isLogX),
    y: makeScale(pad(yRange, 0.05, options.isLogY), area.bottom, area.top, options.isLogY),
    ...area,
  };
}

function findYRange(lines: readonly Line[], options: ChartOptions): Range | null {
  if (options.clipsOutliers)
    return findRangeWithoutOutliers(
      lines.map((line) => line.ys),
      options.isLogY,
    );
  const { zoom } = options;
  return unite(
    lines.flatMap((line) => {
      const columns = [line.ys, ...(line.band ? [line.band.lows, line.band.highs] : [])];
      if (!zoom) return columns.map((ys) => findRange(ys, options.isLogY));
      const parts = splitAscending(line.xs);
      return columns.flatMap((ys) =>
        parts.slice(0, -1).map((begin, p) => {
          const first = findNearest(line.xs, zoom.low, begin, parts[p + 1]!);
          const last = findNearest(line.xs, zoom.high, begin, parts[p + 1]!);
          return first < 0 ? null : findRange(ys, options.isLogY, first, last + 1);
        }),
      );
    }),
  );
}

/** Draws axes and lines. `emphasized` is the ID of a line before which the others fade, "" for none. */
export function drawChart(
  context: CanvasRenderingContext2D,
  lines: readonly Line[],
  layout: Layout,
  options: ChartOptions,
  colors: ChartColors,
  emphasized: string,
): void {
  drawAxes(context, layout, options, colors);
  context.save();
  context.beginPath();
  context.rect(layout.left, layout.top - 1, layout.right - layout.left, layout.bottom - layout.top + 2);
  context.clip();
  const width = isCrowd(lines) ? 1 : 1.5;
  const isKnown = emphasized !== "" && lines.some((line) => line.id === emphasized);
  for (const line of lines) {
    if (isKnown && line.id === emphasized) continue;
    drawLine(context, line, layout.x, layout.y, { width, alpha: isKnown ? 0.2 : isCrowd(lines) ? 0.6 : 1 });
  }
  const first = lines.find((line) => line.id === emphasized);
  if (first) drawLine(context, first, layout.x, layout.y, { width: 2.25, alpha: 1 });
  context.restore();
}

function drawAxes(
  context: CanvasRenderingContext2D,
  layout: Layout,
  options: ChartOptions,
  colors: ChartColors,
): void {
  const { x, y, left, right, top, bottom } = layout;
  context.font = "11px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";
  context.lineWidth = 1;
  context.strokeStyle = colors.grid;
  context.fillStyle = colors.muted;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.beginPath();
  for (const tick of listTicks(y, Math.max((bottom - top) / 40, 2), options.isLogY)) {
    const at = Math.round(y.toPixel(tick)) + 0.5;
    context.moveTo(left, at);
    context.lineTo(right, at);
    context.fillText(formatNumber(tick, 3), left - 6, at);
  }
  context.stroke();
  context.textAlign = "center";
  context.textBaseline = "top";
  const count = Math.max((right - left) / 80, 2);
  const ticks =
    options.isTime && !options.isLogX ? listTimeTicks(x, count) : listTicks(x, count, options.isLogX);
  for (const tick of ticks) {
    const at = x.toPixel(tick);
    const text = options.isTime ? formatSeconds(tick) : formatTick(tick);
    const half = context.measureText(text).width / 2;
    context.fillText(text, Math.min(Math.max(at, left + half), right - half), bottom + 5);
  }
}

function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${formatNumber(value / 1e6, 3)}M`;
  if (size >= 1e4) return `${formatNumber(value / 1e3, 3)}k`;
  return formatNumber(value, 4);
}

export interface NearPoint {
  line: Line;
  index: number;
  /** Distance in pixels, of y only. */
  distance: number;
}

/** Returns the point of each line that is nearest to `x` (a value), the nearest to pixel `py` first. */
export function findNearPoints(
  lines: readonly Line[],
  layout: Layout,
  x: number,
  py: number | null,
): NearPoint[] {
  const near: NearPoint[] = [];
  for (const line of lines) {
    const index = findNearestIndex(line, x);
    if (index < 0) continue;
    const at = layout.y.toPixel(line.ys[index]!);
    if (!Number.isFinite(at)) continue;
    near.push({ line, index, distance: py === null ? 0 : Math.abs(at - py) });
  }
  return near.sort((a, b) => a.distance - b.distance);
}

function findNearestIndex(line: Line, x: number): number {
  const parts = splitAscending(line.xs);
  let best = -1;
  for (let p = 0; p + 1 < parts.length; p++) {
    const at = findNearest(line.xs, x, parts[p]!, parts[p + 1]!);
    if (at >= 0 && (best < 0 || Math.abs(line.xs[at]! - x) <= Math.abs(line.xs[best]! - x))) best = at;
  }
  return best;
}

/** Draws the crosshair and a dot on each near point. */
export function drawCursor(
  context: CanvasRenderingContext2D,
  layout: Layout,
  x: number,
  near: readonly NearPoint[],
  colors: ChartColors,
): void {
  const at = Math.round(layout.x.toPixel(x)) + 0.5;
  if (at < layout.left || at > layout.right) return;
  context.strokeStyle = colors.muted;
  context.lineWidth = 1;
  context.setLineDash([3, 3]);
  context.beginPath();
  context.moveTo(at, layout.top);
  context.lineTo(at, layout.bottom);
  context.stroke();
  context.setLineDash([]);
  for (const { line, index } of near.slice(0, 20)) {
    const px = layout.x.toPixel(line.xs[index]!);
    const py = layout.y.toPixel(line.ys[index]!);
    if (px < layout.left - 1 || px > layout.right + 1) continue;
    context.beginPath();
    context.arc(px, py, 3.5, 0, 2 * Math.PI);
    context.fillStyle = line.color;
    context.fill();
    context.strokeStyle = colors.paper;
    context.lineWidth = 1.5;
    context.stroke();
  }
}
