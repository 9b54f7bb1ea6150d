// Parallel coordinates: one vertical axis for each value, one line for each run.
import { MISSING, NOT_FINITE, type ValueAxis } from "../numbers/axis";
import { fitText, type Palette, SMALL_FONT } from "./palette";

export interface ParallelAxis {
  axis: ValueAxis;
  isInverted: boolean;
  /** The places that a line must have, from low to high; null for all. */
  brush: readonly [number, number] | null;
}

export interface ParallelLine {
  id: string;
  color: string;
  /** The place on each axis. */
  places: readonly number[];
}

export interface ParallelArea {
  xs: readonly number[];
  top: number;
  bottom: number;
  /** Where lines without a finite value, and without a value, cross an axis. */
  notFinite: number;
  missing: number;
}

const SIDE = 56;
const LANE = 16;
const TICK_ROOM = 90;

export function layOutParallel(
  count: number,
  width: number,
  height: number,
  hasLanes: boolean,
): ParallelArea {
  const step = count > 1 ? (width - 2 * SIDE) / (count - 1) : 0;
  const bottom = height - 8 - (hasLanes ? 2 * LANE + 6 : 0);
  return {
    xs: Array.from({ length: count }, (_, i) => (count > 1 ? SIDE + i * step : width / 2)),
    top: 10,
    bottom,
    notFinite: bottom + LANE,
    missing: bottom + 2 * LANE,
  };
}

/** Returns the pixel of a place. */
export function toPixel(area: ParallelArea, { isInverted }: ParallelAxis, place: number): number {
  if (place === NOT_FINITE) return area.notFinite;
  if (place === MISSING) return area.missing;
  return area.bottom - (isInverted ? 1 - place : place) * (area.bottom - area.top);
}

/** Returns the place of a pixel, from 0 to 1. */
export function toPlace(area: ParallelArea, { isInverted }: ParallelAxis, py: number): number {
  const place = Math.min(Math.max((area.bottom - py) / (area.bottom - area.top), 0), 1);
  return isInverted ? 1 - place : place;
}

/** Returns whether a line meets the brushes of all axes. */
export function isInBrushes(line: ParallelLine, axes: readonly ParallelAxis[]): boolean {
  return axes.every(({ brush }, i) => !brush || (line.places[i]! >= brush[0] && line.places[i]! <= brush[1]));
}

export function drawParallel(
  context: CanvasRenderingContext2D,
  lines: readonly ParallelLine[],
  axes: readonly ParallelAxis[],
  area: ParallelArea,
  palette: Palette,
  emphasized: string,
): void {
  const isBrushed = axes.some((each) => each.brush);
  const alpha = Math.max(Math.min(30 / Math.sqrt(lines.length + 1) / 4, 0.9), 0.25);
  context.lineJoin = "round";
  for (const line of isBrushed ? lines : []) {
    if (!isInBrushes(line, axes)) trace(context, line, axes, area, palette.line, 1, 0.6);
  }
  for (const line of lines) {
    if (isBrushed && !isInBrushes(line, axes)) continue;
    trace(context, line, axes, area, line.color, 1.25, emphasized ? alpha * 0.35 : alpha);
  }
  const first = lines.find((line) => line.id === emphasized);
  if (first) trace(context, first, axes, area, first.color, 3, 1);
  for (const [i, axis] of axes.entries()) drawAxis(context, axis, area, area.xs[i]!, palette);
  drawLanes(context, lines, area, palette);
}

function trace(
  context: CanvasRenderingContext2D,
  line: ParallelLine,
  axes: readonly ParallelAxis[],
  area: ParallelArea,
  color: string,
  width: number,
  alpha: number,
): void {
  context.globalAlpha = alpha;
  context.strokeStyle = color;
  context.lineWidth = width;
  context.beginPath();
  for (const [i, axis] of axes.entries()) context.lineTo(area.xs[i]!, toPixel(area, axis, line.places[i]!));
  context.stroke();
  context.globalAlpha = 1;
}

function drawAxis(
  context: CanvasRenderingContext2D,
  axis: ParallelAxis,
  area: ParallelArea,
  x: number,
  palette: Palette,
): void {
  context.strokeStyle = palette.muted;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, area.top);
  context.lineTo(Math.round(x) + 0.5, area.bottom);
  context.stroke();
  context.font = SMALL_FONT;
  context.textAlign = "left";
  context.textBaseline = "middle";
  const all = axis.axis.listTicks(Math.max((area.bottom - area.top) / 40, 2));
  const every = Math.ceil(all.length / Math.max((area.bottom - area.top) / 16, 1));
  for (const [i, tick] of all.entries()) {
    if (i % every) continue;
    const y = toPixel(area, axis, tick.place);
    const text = fitText(context, tick.text, TICK_ROOM);
    context.lineWidth = 3;
    context.strokeStyle = palette.paper;
    context.strokeText(text, x + 6, y);
    context.fillStyle = palette.text;
    context.fillText(text, x + 6, y);
    context.fillRect(x - 2, Math.round(y), 5, 1);
  }
  if (!axis.brush) return;
  const [a, b] = axis.brush.map((place) => toPixel(area, axis, place)) as [number, number];
  context.fillStyle = palette.accent;
  context.globalAlpha = 0.25;
  context.fillRect(x - 7, Math.min(a, b), 14, Math.abs(b - a));
  context.globalAlpha = 1;
  for (const end of [a, b]) context.fillRect(x - 7, end - 1, 14, 2);
}

function drawLanes(
  context: CanvasRenderingContext2D,
  lines: readonly ParallelLine[],
  area: ParallelArea,
  palette: Palette,
): void {
  context.font = SMALL_FONT;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillStyle = palette.muted;
  for (const [place, y, text] of [
    [NOT_FINITE, area.notFinite, "NaN, ∞"],
    [MISSING, area.missing, "missing"],
  ] as const) {
    if (lines.some((line) => line.places.includes(place))) context.fillText(text, 2, y);
  }
}

/** Returns the line nearest to a pixel, "" if none is within reach. */
export function findLineAt(
  lines: readonly ParallelLine[],
  axes: readonly ParallelAxis[],
  area: ParallelArea,
  px: number,
  py: number,
  reach = 8,
): string {
  const at = area.xs.findIndex((x, i) => px >= x && px <= (area.xs[i + 1] ?? Number.NEGATIVE_INFINITY));
  if (at < 0) return "";
  const part = (px - area.xs[at]!) / (area.xs[at + 1]! - area.xs[at]!);
  let best = reach;
  let found = "";
  for (const line of lines) {
    const a = toPixel(area, axes[at]!, line.places[at]!);
    const b = toPixel(area, axes[at + 1]!, line.places[at + 1]!);
    const distance = Math.abs(a + (b - a) * part - py);
    if (distance > best || !isInBrushes(line, axes)) continue;
    best = distance;
    found = line.id;
  }
  return found;
}
