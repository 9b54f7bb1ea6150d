// A chart as a picture and its points as CSV. Loaded when it is needed.
import type { Line } from "../numbers/line";
import { drawAxes, FONT } from "./axes";
import { drawLines } from "./chart";
import { layOut } from "./layout";
import type { Scene } from "./painter";
import type { Pen } from "./pen";
import { SvgPen } from "./svg";

const WIDTH = 900;
const CHART_HEIGHT = 420;
const TITLE_HEIGHT = 28;
const ROW_HEIGHT = 18;
const COLUMN_WIDTH = 220;
const MAX_LEGEND = 30;
const SCALE = 2;

export interface Picture extends Scene {
  title: string;
}

/** Returns a chart as an SVG document. */
export function makeSvg(picture: Picture): string {
  const height = measureHeight(picture.lines);
  const pen = new SvgPen(WIDTH, height);
  drawPicture(pen, picture, height);
  return pen.finish(picture.title);
}

/** Returns a chart as a PNG file. */
export async function makePng(picture: Picture): Promise<Blob> {
  const height = measureHeight(picture.lines);
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH * SCALE;
  canvas.height = height * SCALE;
  const pen = canvas.getContext("2d")!;
  pen.scale(SCALE, SCALE);
  drawPicture(pen, picture, height);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("The picture is too large"))),
      "image/png",
    ),
  );
}

function measureHeight(lines: readonly Line[]): number {
  const shown = Math.min(lines.length, MAX_LEGEND + 1);
  const columns = Math.floor(WIDTH / COLUMN_WIDTH);
  return TITLE_HEIGHT + CHART_HEIGHT + Math.ceil(shown / columns) * ROW_HEIGHT + 8;
}

function drawPicture(pen: Pen, picture: Picture, height: number): void {
  const { lines, options, colors, title } = picture;
  pen.fillStyle = colors.paper;
  pen.fillRect(0, 0, WIDTH, height);
  const layout = layOut(lines, WIDTH, TITLE_HEIGHT + CHART_HEIGHT, options, TITLE_HEIGHT);
  if (layout) {
    drawAxes(pen, layout, colors);
    drawLines(pen, lines, layout, colors);
  }
  pen.font = FONT.replace("11px", "13px");
  pen.fillStyle = colors.text;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillText(title, 12, TITLE_HEIGHT / 2);
  drawLegend(pen, picture, TITLE_HEIGHT + CHART_HEIGHT + ROW_HEIGHT / 2);
}

function drawLegend(pen: Pen, { lines, colors }: Picture, top: number): void {
  pen.font = FONT;
  const columns = Math.floor(WIDTH / COLUMN_WIDTH);
  const place = (i: number) => ({
    x: 12 + (i % columns) * COLUMN_WIDTH,
    y: top + Math.floor(i / columns) * ROW_HEIGHT,
  });
  for (const [i, line] of lines.slice(0, MAX_LEGEND).entries()) {
    const { x, y } = place(i);
    pen.strokeStyle = line.isGrey ? colors.muted : line.color;
    pen.lineWidth = 2;
    pen.setLineDash([...line.dash]);
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(x + 22, y);
    pen.stroke();
    pen.setLineDash([]);
    pen.fillStyle = colors.text;
    pen.fillText(shorten(line.name), x + 28, y);
  }
  if (lines.length <= MAX_LEGEND) return;
  const { x, y } = place(MAX_LEGEND);
  pen.fillStyle = colors.muted;
  pen.fillText(`and ${lines.length - MAX_LEGEND} more`, x, y);
}

const MAX_NAME = 26;

function shorten(name: string): string {
  const characters = [...name];
  return characters.length > MAX_NAME ? `${characters.slice(0, MAX_NAME - 1).join("")}…` : name;
}
