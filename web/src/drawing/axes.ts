// Draws the axes of a chart: grid, ticks and their texts.
import type { Layout } from "./layout";
import type { Pen } from "./pen";

export interface ChartColors {
  grid: string;
  text: string;
  paper: string;
  muted: string;
  accent: string;
}

export const FONT = "11px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const CHARACTER = 6.7;

export function drawAxes(pen: Pen, layout: Layout, colors: ChartColors): void {
  const { left, right, top, bottom } = layout;
  pen.font = FONT;
  pen.lineWidth = 1;
  pen.strokeStyle = colors.grid;
  pen.fillStyle = colors.muted;
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  pen.beginPath();
  for (const { pixel, text } of layout.yTicks) {
    const at = Math.round(pixel) + 0.5;
    if (at < top - 1 || at > bottom + 1) continue;
    pen.moveTo(left, at);
    pen.lineTo(right, at);
    pen.fillText(text, left - 6, at);
  }
  pen.stroke();
  pen.textAlign = "center";
  pen.textBaseline = "top";
  let free = Number.NEGATIVE_INFINITY;
  for (const { pixel, text } of layout.xTicks) {
    const half = (text.length * CHARACTER) / 2;
    const at = Math.min(Math.max(pixel, left + half), right - half);
    if (at - half < free) continue;
    pen.fillText(text, at, bottom + 5);
    free = at + half + CHARACTER;
  }
}
