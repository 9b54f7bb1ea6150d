// A plot of points, paths, boxes, bars and cells on two axes. All places are from 0 to 1.
import type { ValueAxis } from "../numbers/axis";
import {
  drawBar,
  drawBox,
  drawCells,
  drawPath,
  drawPoints,
  type PlotArea,
  type PlotBar,
  type PlotBox,
  type PlotCells,
  type PlotPath,
  type PlotPoint,
  toX,
  toY,
} from "./marks";
import { fitText, type Palette, SMALL_FONT } from "./palette";

export interface PlotContent {
  x: ValueAxis;
  y: ValueAxis;
  points?: readonly PlotPoint[];
  paths?: readonly PlotPath[];
  boxes?: readonly PlotBox[];
  bars?: readonly PlotBar[];
  cells?: PlotCells;
}

const MAX_LEFT = 110;
const TITLE_HEIGHT = 16;

/** Returns where the axes are: as much room at the left as the longest tick needs. */
export function layOutPlot(
  context: CanvasRenderingContext2D,
  content: PlotContent,
  width: number,
  height: number,
): PlotArea {
  context.font = SMALL_FONT;
  const ticks = content.y.listTicks(Math.max(height / 50, 2));
  const longest = Math.max(...ticks.map((tick) => context.measureText(tick.text).width), 20);
  const left = Math.min(longest, Math.min(MAX_LEFT, width / 3)) + 12;
  return { left, right: width - 10, top: TITLE_HEIGHT + 6, bottom: height - 20 - TITLE_HEIGHT };
}

export function drawPlot(
  context: CanvasRenderingContext2D,
  content: PlotContent,
  area: PlotArea,
  palette: Palette,
  emphasized: string,
): void {
  drawPlotAxes(context, content, area, palette);
  if (content.cells) drawCells(context, content.cells, area);
  context.save();
  context.beginPath();
  context.rect(area.left - 6, area.top - 6, area.right - area.left + 12, area.bottom - area.top + 12);
  context.clip();
  for (const box of content.boxes ?? []) drawBox(context, box, area, palette);
  for (const bar of content.bars ?? []) drawBar(context, bar, area, emphasized, content.bars!.length);
  for (const path of content.paths ?? []) drawPath(context, path, area);
  drawPoints(context, content.points ?? [], area, palette, emphasized);
  context.restore();
}

function drawPlotAxes(
  context: CanvasRenderingContext2D,
  { x, y }: PlotContent,
  area: PlotArea,
  palette: Palette,
): void {
  context.font = SMALL_FONT;
  context.lineWidth = 1;
  context.strokeStyle = palette.grid;
  context.fillStyle = palette.muted;
  context.textBaseline = "middle";
  context.textAlign = "right";
  context.beginPath();
  for (const tick of thin(
    y.listTicks(Math.max((area.bottom - area.top) / 40, 2)),
    area.bottom - area.top,
    14,
  )) {
    const at = Math.round(toY(area, tick.place)) + 0.5;
    context.moveTo(area.left, at);
    context.lineTo(area.right, at);
    context.fillText(fitText(context, tick.text, area.left - 10), area.left - 6, at);
  }
  const ticks = x.listTicks(Math.max((area.right - area.left) / 80, 2));
  const room = (area.right - area.left) / Math.max(ticks.length, 1);
  for (const tick of ticks) {
    const at = Math.round(toX(area, tick.place)) + 0.5;
    if (x.kind !== "category") {
      context.moveTo(at, area.top);
      context.lineTo(at, area.bottom);
    }
  }
  context.stroke();
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const tick of thin(ticks, area.right - area.left, 36)) {
    const text = fitText(context, tick.text, Math.max(room - 6, 34));
    const half = context.measureText(text).width / 2;
    const at = Math.min(Math.max(toX(area, tick.place), area.left + half), area.right - half);
    context.fillText(text, at, area.bottom + 6);
  }
  context.fillStyle = palette.text;
  context.textAlign = "left";
  context.fillText(fitText(context, title(y), area.right), 4, 2);
  context.textAlign = "right";
  context.fillText(fitText(context, title(x), area.right), area.right, area.bottom + 22);
}

function title(axis: ValueAxis): string {
  return axis.kind === "log" ? `${axis.name} (log)` : axis.name;
}

/** Leaves out ticks that would be less than `least` pixels apart. */
function thin<T>(ticks: readonly T[], pixels: number, least: number): T[] {
  const every = Math.max(Math.ceil((ticks.length * least) / Math.max(pixels, 1)), 1);
  return ticks.filter((_, i) => i % every === 0);
}

/** Returns the run at a pixel: the nearest point within reach, or the bar there; "" for none. */
export function findRunAt(content: PlotContent, area: PlotArea, px: number, py: number, reach = 12): string {
  let best = reach * reach;
  let found = "";
  for (const point of content.points ?? []) {
    const distance = (toX(area, point.x) - px) ** 2 + (toY(area, point.y) - py) ** 2;
    if (distance <= best) {
      best = distance;
      found = point.id;
    }
  }
  const bars = content.bars ?? [];
  const half = (area.bottom - area.top) / Math.max(bars.length, 1) / 2;
  for (const bar of bars) if (Math.abs(toY(area, bar.y) - py) <= half && px >= area.left) found = bar.id;
  return found;
}
