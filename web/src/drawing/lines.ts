// Draws lines on a canvas. A line with more points than pixels is drawn as the least and the greatest value of each
// column of pixels, which covers the same pixels as all points would.
import type { Numbers } from "../api/curves";
import type { Scale } from "../numbers/scale";
import { findFirst, splitAscending } from "../numbers/series";

/** A line: `ys` over `xs`. Where x goes back (a job was restarted), a new part starts. */
export interface Line {
  id: string;
  color: string;
  xs: Numbers;
  ys: Numbers;
  /** The values before smoothing, which are drawn faint behind the line. */
  raw?: Numbers;
  dash?: number[];
  /** Lower and upper edge of a band around the line. */
  band?: { lows: Numbers; highs: Numbers };
}

const THINNED_POINTS_PER_PIXEL = 2;
const RAW_ALPHA = 0.22;
const BAND_ALPHA = 0.16;

export interface Style {
  width: number;
  alpha: number;
}

/** Draws a line with its band and its raw values. */
export function drawLine(
  context: CanvasRenderingContext2D,
  line: Line,
  x: Scale,
  y: Scale,
  style: Style,
): void {
  context.lineWidth = style.width;
  context.lineJoin = "round";
  context.strokeStyle = line.color;
  context.fillStyle = line.color;
  if (line.band) {
    context.globalAlpha = style.alpha * BAND_ALPHA;
    drawBand(context, line.xs, line.band.lows, line.band.highs, x, y);
  }
  if (line.raw) {
    context.globalAlpha = style.alpha * RAW_ALPHA;
    context.setLineDash([]);
    strokePath(context, line.xs, line.raw, x, y, style);
  }
  context.globalAlpha = style.alpha;
  context.setLineDash(line.dash ?? []);
  strokePath(context, line.xs, line.ys, x, y, style);
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function strokePath(
  context: CanvasRenderingContext2D,
  xs: Numbers,
  ys: Numbers,
  x: Scale,
  y: Scale,
  style: Style,
): void {
  const parts = splitAscending(xs);
  context.beginPath();
  for (let p = 0; p + 1 < parts.length; p++) {
    const begin = parts[p]!;
    const end = parts[p + 1]!;
    const first = Math.max(findFirst(xs, x.low, begin, end) - 1, begin);
    const last = Math.min(findFirst(xs, x.high, first, end) + 1, end);
    const pixels = Math.abs(x.toPixel(x.high) - x.toPixel(x.low));
    if (last - first > THINNED_POINTS_PER_PIXEL * pixels) traceThinned(context, xs, ys, x, y, first, last);
    else trace(context, xs, ys, x, y, first, last, style);
  }
  context.stroke();
}

function trace(
  context: CanvasRenderingContext2D,
  xs: Numbers,
  ys: Numbers,
  x: Scale,
  y: Scale,
  first: number,
  last: number,
  style: Style,
): void {
  let isOpen = false;
  for (let i = first; i < last; i++) {
    const py = y.toPixel(ys[i]!);
    if (!Number.isFinite(py)) {
      isOpen = false;
      continue;
    }
    const px = x.toPixel(xs[i]!);
    if (isOpen) context.lineTo(px, py);
    else {
      context.moveTo(px, py);
      // a point without neighbours would be invisible
      if (!(i + 1 < last) || !Number.isFinite(y.toPixel(ys[i + 1]!)))
        context.arc(px, py, style.width, 0, 2 * Math.PI);
    }
    isOpen = true;
  }
}

function traceThinned(
  context: CanvasRenderingContext2D,
  xs: Numbers,
  ys: Numbers,
  x: Scale,
  y: Scale,
  first: number,
  last: number,
): void {
  let isOpen = false;
  let column = Number.NaN;
  let low = 0;
  let high = 0;
  let end = 0;
  const flush = () => {
    if (Number.isNaN(column)) return;
    if (isOpen) context.lineTo(column, low);
    else context.moveTo(column, low);
    if (high !== low) context.lineTo(column, high);
    if (end !== high) context.lineTo(column, end);
    isOpen = true;
  };
  for (let i = first; i < last; i++) {
    const py = y.toPixel(ys[i]!);
    if (!Number.isFinite(py)) {
      flush();
      column = Number.NaN;
      isOpen = false;
      continue;
    }
    const px = Math.round(x.toPixel(xs[i]!));
    if (px !== column) {
      flush();
      column = px;
      low = py;
      high = py;
    } else if (py < low) low = py;
    else if (py > high) high = py;
    end = py;
  }
  flush();
}

function drawBand(
  context: CanvasRenderingContext2D,
  xs: Numbers,
  lows: Numbers,
  highs: Numbers,
  x: Scale,
  y: Scale,
): void {
  context.beginPath();
  for (let i = 0; i < xs.length; i++) context.lineTo(x.toPixel(xs[i]!), y.toPixel(highs[i]!));
  for (let i = xs.length - 1; i >= 0; i--) context.lineTo(x.toPixel(xs[i]!), y.toPixel(lows[i]!));
  context.closePath();
  context.fill();
}
