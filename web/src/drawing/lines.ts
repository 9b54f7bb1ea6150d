// Draws lines. A line with more points than pixels is drawn as the least and the greatest value of each column of
// pixels, which covers the same pixels as all points would. Each line is one path.
import type { Numbers } from "../api/curves";
import type { Band, Line } from "../numbers/line";
import type { Scale } from "../numbers/scale";
import { findFirst } from "../numbers/series";
import type { Pen } from "./pen";

const THINNED_POINTS_PER_PIXEL = 2;
const RAW_ALPHA = 0.22;
const REPLACED_ALPHA = 0.3;
const BAND_ALPHA = 0.16;
const MARK_SIZE = 4;

export interface Stroke {
  color: string;
  width: number;
  alpha: number;
}

/** Draws a line with its band, its raw values, and the marks where a run goes on from another one. */
export function drawLine(pen: Pen, line: Line, x: Scale, y: Scale, stroke: Stroke): void {
  pen.lineWidth = stroke.width;
  pen.strokeStyle = stroke.color;
  pen.fillStyle = stroke.color;
  if (line.band) {
    pen.globalAlpha = stroke.alpha * BAND_ALPHA;
    drawBand(pen, line.xs, line.band, x, y);
  }
  if (line.raw) {
    pen.globalAlpha = stroke.alpha * RAW_ALPHA;
    strokeParts(pen, line.xs, line.raw, line.starts, x, y, stroke.width);
  }
  for (const { xs, ys } of line.replaced ?? []) {
    pen.globalAlpha = stroke.alpha * REPLACED_ALPHA;
    strokeParts(pen, xs, ys, [0, xs.length], x, y, stroke.width);
  }
  pen.globalAlpha = stroke.alpha;
  if (line.dash.length) pen.setLineDash(line.dash as number[]);
  strokeParts(pen, line.xs, line.ys, line.starts, x, y, stroke.width);
  if (line.dash.length) pen.setLineDash([]);
  for (const at of line.marks ?? []) drawMark(pen, x.toPixel(line.xs[at]!), y.toPixel(line.ys[at]!));
  pen.globalAlpha = 1;
}

function strokeParts(
  pen: Pen,
  xs: Numbers,
  ys: Numbers,
  starts: readonly number[],
  x: Scale,
  y: Scale,
  width: number,
): void {
  const pixels = Math.abs(x.toPixel(x.high) - x.toPixel(x.low));
  pen.beginPath();
  for (let p = 0; p + 1 < starts.length; p++) {
    const begin = starts[p]!;
    const end = starts[p + 1]!;
    const first = Math.max(findFirst(xs, x.low, begin, end) - 1, begin);
    const last = Math.min(findFirst(xs, x.high, first, end) + 1, end);
    if (last - first > THINNED_POINTS_PER_PIXEL * pixels) traceThinned(pen, xs, ys, x, y, first, last);
    else trace(pen, xs, ys, x, y, first, last, width);
  }
  pen.stroke();
}

function trace(
  pen: Pen,
  xs: Numbers,
  ys: Numbers,
  x: Scale,
  y: Scale,
  first: number,
  last: number,
  width: number,
): void {
  let isOpen = false;
  for (let i = first; i < last; i++) {
    const py = y.toPixel(ys[i]!);
    const px = x.toPixel(xs[i]!);
    if (!(Math.abs(py) < 1e9) || !(Math.abs(px) < 1e9)) isOpen = false;
    else if (isOpen) pen.lineTo(px, py);
    else {
      pen.moveTo(px, py);
      isOpen = true;
      // a point without neighbours would be invisible
      if (i + 1 === last || !Number.isFinite(y.toPixel(ys[i + 1]!))) pen.arc(px, py, width, 0, 2 * Math.PI);
    }
  }
}

function traceThinned(
  pen: Pen,
  xs: Numbers,
  ys: Numbers,
  x: Scale,
  y: Scale,
  first: number,
  last: number,
): void {
  let isOpen = false;
  let column = Number.NaN;
  let begin = 0;
  let low = 0;
  let high = 0;
  let end = 0;
  for (let i = first; i <= last; i++) {
    const py = i < last ? y.toPixel(ys[i]!) : Number.NaN;
    const px = i < last ? Math.round(x.toPixel(xs[i]!)) : Number.NaN;
    if (px === column && py - py === 0) {
      if (py < low) low = py;
      else if (py > high) high = py;
      end = py;
      continue;
    }
    if (!Number.isNaN(column)) {
      if (isOpen) pen.lineTo(column, begin);
      else pen.moveTo(column, begin);
      if (low !== begin) pen.lineTo(column, low);
      if (high !== low) pen.lineTo(column, high);
      if (end !== high) pen.lineTo(column, end);
      isOpen = true;
    }
    if (py - py === 0) {
      column = px;
      begin = low = high = end = py;
    } else {
      column = Number.NaN;
      isOpen = false;
    }
  }
}

function drawBand(pen: Pen, xs: Numbers, { lows, highs }: Band, x: Scale, y: Scale): void {
  pen.beginPath();
  for (let first = 0; first < xs.length; ) {
    let end = first;
    while (end < xs.length && isFinitePair(y, lows[end]!, highs[end]!)) end++;
    for (let i = first; i < end; i++) {
      if (i === first) pen.moveTo(x.toPixel(xs[i]!), y.toPixel(highs[i]!));
      else pen.lineTo(x.toPixel(xs[i]!), y.toPixel(highs[i]!));
    }
    for (let i = end - 1; i >= first; i--) pen.lineTo(x.toPixel(xs[i]!), toFinitePixel(y, lows[i]!));
    if (end > first) pen.closePath();
    first = end + 1;
  }
  pen.fill();
}

function isFinitePair(y: Scale, low: number, high: number): boolean {
  return Number.isFinite(y.toPixel(high)) && (y.isLog ? low - low === 0 : Number.isFinite(low));
}

/** Returns the pixel of the lower edge; that of the axis where a logarithmic scale has none. */
function toFinitePixel(y: Scale, low: number): number {
  return y.isLog && low <= y.low ? y.toPixel(y.low) : y.toPixel(low);
}

function drawMark(pen: Pen, px: number, py: number): void {
  if (!Number.isFinite(px) || !Number.isFinite(py)) return;
  pen.beginPath();
  pen.moveTo(px - MARK_SIZE, py);
  pen.lineTo(px, py - MARK_SIZE);
  pen.lineTo(px + MARK_SIZE, py);
  pen.lineTo(px, py + MARK_SIZE);
  pen.closePath();
  pen.fill();
}
