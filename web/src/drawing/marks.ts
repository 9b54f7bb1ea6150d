// What a plot draws between its axes. All places are from 0 to 1.
import type { Palette } from "./palette";

export interface PlotPoint {
  /** The run. */
  id: string;
  x: number;
  y: number;
  color: string;
  isHollow?: boolean;
}

export interface PlotPath {
  points: readonly (readonly [number, number])[];
  color: string;
  dash?: readonly number[];
}

export interface PlotBox {
  x: number;
  width: number;
  low: number;
  first: number;
  median: number;
  third: number;
  high: number;
  color: string;
}

export interface PlotBar {
  id: string;
  /** Start and end. */
  from: number;
  to: number;
  y: number;
  color: string;
}

export interface PlotCells {
  columns: number;
  rows: number;
  /** Colours by row from below. */
  colors: readonly string[];
}

export interface PlotArea {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const RADIUS = 3.5;

export const toX = (area: PlotArea, place: number) => area.left + place * (area.right - area.left);
export const toY = (area: PlotArea, place: number) => area.bottom - place * (area.bottom - area.top);

export function drawCells(context: CanvasRenderingContext2D, cells: PlotCells, area: PlotArea): void {
  const width = (area.right - area.left) / cells.columns;
  const height = (area.bottom - area.top) / cells.rows;
  context.globalAlpha = 0.55;
  for (const [i, color] of cells.colors.entries()) {
    context.fillStyle = color;
    const [column, row] = [i % cells.columns, Math.floor(i / cells.columns)];
    const [x, y] = [Math.round(area.left + column * width), Math.round(area.bottom - (row + 1) * height)];
    const [right, bottom] = [
      Math.round(area.left + (column + 1) * width),
      Math.round(area.bottom - row * height),
    ];
    context.fillRect(x, y, right - x, bottom - y);
  }
  context.globalAlpha = 1;
}

export function drawBox(
  context: CanvasRenderingContext2D,
  box: PlotBox,
  area: PlotArea,
  palette: Palette,
): void {
  const half = (box.width * (area.right - area.left)) / 2;
  const at = toX(area, box.x);
  const [low, first, middle, third, high] = [box.low, box.first, box.median, box.third, box.high].map(
    (each) => toY(area, each),
  ) as [number, number, number, number, number];
  context.strokeStyle = palette.muted;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(at, low);
  context.lineTo(at, first);
  context.moveTo(at, third);
  context.lineTo(at, high);
  for (const end of [low, high]) {
    context.moveTo(at - half / 3, end);
    context.lineTo(at + half / 3, end);
  }
  context.stroke();
  context.fillStyle = box.color;
  context.globalAlpha = 0.18;
  context.fillRect(at - half, third, 2 * half, first - third);
  context.globalAlpha = 1;
  context.strokeRect(at - half, third, 2 * half, first - third);
  context.strokeStyle = palette.text;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(at - half, middle);
  context.lineTo(at + half, middle);
  context.stroke();
}

export function drawBar(
  context: CanvasRenderingContext2D,
  bar: PlotBar,
  area: PlotArea,
  emphasized: string,
  count: number,
): void {
  const height = Math.min(Math.max((area.bottom - area.top) / count - 2, 1), 14);
  const left = toX(area, bar.from);
  context.globalAlpha = emphasized && emphasized !== bar.id ? 0.35 : 1;
  context.fillStyle = bar.color;
  context.fillRect(left, toY(area, bar.y) - height / 2, Math.max(toX(area, bar.to) - left, 2), height);
  context.globalAlpha = 1;
}

export function drawPath(context: CanvasRenderingContext2D, path: PlotPath, area: PlotArea): void {
  context.strokeStyle = path.color;
  context.lineWidth = 1.5;
  context.setLineDash([...(path.dash ?? [])]);
  context.beginPath();
  for (const [x, y] of path.points) context.lineTo(toX(area, x), toY(area, y));
  context.stroke();
  context.setLineDash([]);
}

export function drawPoints(
  context: CanvasRenderingContext2D,
  points: readonly PlotPoint[],
  area: PlotArea,
  palette: Palette,
  emphasized: string,
): void {
  const isCrowd = points.length > 500;
  const one = (point: PlotPoint, radius: number) => {
    context.beginPath();
    context.arc(toX(area, point.x), toY(area, point.y), radius, 0, 2 * Math.PI);
    context.fillStyle = point.isHollow ? palette.paper : point.color;
    context.fill();
    context.strokeStyle = point.isHollow ? point.color : palette.paper;
    context.lineWidth = point.isHollow ? 1.5 : 1;
    context.stroke();
  };
  for (const point of points) one(point, isCrowd ? 2.5 : RADIUS);
  for (const point of points) {
    if (point.id !== emphasized) continue;
    one(point, RADIUS + 2.5);
  }
}
