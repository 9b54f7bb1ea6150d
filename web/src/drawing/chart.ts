// Draws the parts of a chart: the lines, and what follows the pointer.
import type { Line } from "../numbers/line";
import type { ChartColors } from "./axes";
import type { Layout } from "./layout";
import { drawLine } from "./lines";
import type { NearPoint } from "./nearest";
import type { Pen } from "./pen";

const CROWD = 100;
const CROWD_ALPHA = 0.55;
const GREY_ALPHA = 0.45;
const WIDTH = 1.5;
const EMPHASIZED_WIDTH = 2.25;
const MAX_DOTS = 20;

/** Above so many lines, lines are thin and the resolution is that of CSS pixels: many times faster, and looks the same. */
export const isCrowd = (lines: readonly Line[]): boolean => lines.length > CROWD;

/** Draws all lines, the grey ones below the others. */
export function drawLines(pen: Pen, lines: readonly Line[], layout: Layout, colors: ChartColors): void {
  pen.save();
  clipToArea(pen, layout);
  const width = isCrowd(lines) ? 1 : WIDTH;
  pen.lineJoin = "bevel";
  for (const line of lines) {
    if (line.isGrey)
      drawLine(pen, line, layout.x, layout.y, { color: colors.muted, width, alpha: GREY_ALPHA });
  }
  const alpha = isCrowd(lines) ? CROWD_ALPHA : 1;
  for (const line of lines) {
    if (!line.isGrey) drawLine(pen, line, layout.x, layout.y, { color: line.color, width, alpha });
  }
  pen.restore();
}

function clipToArea(pen: Pen, { left, top, right, bottom }: Layout): void {
  pen.beginPath();
  pen.rect(left, top - 1, right - left, bottom - top + 2);
  pen.clip();
}

/** Draws one line above the others. */
export function drawEmphasized(pen: Pen, line: Line, layout: Layout): void {
  pen.save();
  clipToArea(pen, layout);
  pen.lineJoin = "round";
  drawLine(pen, line, layout.x, layout.y, { color: line.color, width: EMPHASIZED_WIDTH, alpha: 1 });
  pen.restore();
}

/** Draws the crosshair at a value of x, and a dot on each near point. */
export function drawCursor(
  pen: Pen,
  layout: Layout,
  x: number,
  near: readonly NearPoint[],
  colors: ChartColors,
  isLocked: boolean,
): void {
  const at = Math.round(layout.x.toPixel(x)) + 0.5;
  if (!(at >= layout.left && at <= layout.right + 1)) return;
  pen.strokeStyle = isLocked ? colors.accent : colors.muted;
  pen.lineWidth = 1;
  pen.setLineDash(isLocked ? [] : [3, 3]);
  pen.beginPath();
  pen.moveTo(at, layout.top);
  pen.lineTo(at, layout.bottom);
  pen.stroke();
  pen.setLineDash([]);
  for (const { line, index } of near.slice(0, MAX_DOTS)) {
    const px = layout.x.toPixel(line.xs[index]!);
    const py = layout.y.toPixel(line.ys[index]!);
    if (px < layout.left - 1 || px > layout.right + 1) continue;
    pen.beginPath();
    pen.arc(px, Math.min(Math.max(py, layout.top), layout.bottom), 3.5, 0, 2 * Math.PI);
    pen.fillStyle = line.color;
    pen.fill();
    pen.strokeStyle = colors.paper;
    pen.lineWidth = 1.5;
    pen.stroke();
  }
}

/** Draws the range that is being selected. */
export function drawSelection(pen: Pen, layout: Layout, from: number, to: number, colors: ChartColors): void {
  pen.globalAlpha = 0.15;
  pen.fillStyle = colors.accent;
  const left = Math.max(Math.min(from, to), layout.left);
  const right = Math.min(Math.max(from, to), layout.right);
  pen.fillRect(left, layout.top, right - left, layout.bottom - layout.top);
  pen.globalAlpha = 1;
}
