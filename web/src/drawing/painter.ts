// Draws a chart on three canvases: axes and lines, which are drawn when they change, and what follows the pointer, which
// is drawn with each move. A line under the pointer is drawn in front while the others fade, so no line is drawn again.
import type { Line } from "../numbers/line";
import type { Range } from "../numbers/scale";
import { type ChartColors, drawAxes } from "./axes";
import { drawCursor, drawEmphasized, drawLines, drawSelection, isCrowd } from "./chart";
import { cancelFrame, type FrameJob, scheduleFrame } from "./frames";
import { type ChartOptions, type Layout, layOut } from "./layout";
import { findNearPoints, type NearPoint } from "./nearest";

export interface Scene {
  lines: readonly Line[];
  options: ChartOptions;
  colors: ChartColors;
}

/** What follows the pointer. `run` is the run that it is on, in whichever panel; `py` its place in this panel. */
export interface Pointer {
  x: number | null;
  py: number | null;
  run: string;
  isLocked: boolean;
  selection: [number, number] | null;
}

const FADED = "0.25";
/** Lines with more points are moved while x changes, and drawn anew when it stays. */
const HEAVY_POINTS = 100_000;
const SETTLE_MS = 80;
const MAX_RATIO = 2;
const MAX_NEAR = 12;

export class Painter implements FrameJob {
  layout: Layout | null = null;
  private drawn: { layout: Layout; lines: readonly Line[] } | null = null;
  private timer = 0;
  private width = 0;
  private height = 0;

  constructor(
    private readonly box: HTMLElement,
    private readonly canvases: {
      axes: HTMLCanvasElement;
      lines: HTMLCanvasElement;
      front: HTMLCanvasElement;
    },
    private readonly readScene: () => Scene,
    private readonly readPointer: () => Pointer,
    private readonly onLayout: (layout: Layout | null) => void,
  ) {}

  /** Draws everything in one of the next frames. */
  paint(): void {
    scheduleFrame(this);
  }

  stop(): void {
    cancelFrame(this);
    clearTimeout(this.timer);
  }

  distance(): number {
    const { top, bottom } = this.box.getBoundingClientRect();
    return bottom < 0 ? -bottom : Math.max(top - innerHeight, 0);
  }

  draw(): void {
    const scene = this.readScene();
    this.width = this.box.clientWidth;
    this.height = this.box.clientHeight;
    if (!this.width || !this.height) return;
    const layout = layOut(scene.lines, this.width, this.height, scene.options);
    this.layout = layout;
    this.onLayout(layout);
    const axes = this.prepare(this.canvases.axes, this.ratio);
    if (layout) drawAxes(axes, layout, scene.colors);
    if (layout && this.canMove(scene.lines, layout)) this.moveLines(layout);
    else this.drawLines(scene, layout);
    this.paintPointer();
  }

  private get ratio(): number {
    return Math.min(devicePixelRatio, MAX_RATIO);
  }

  private drawLines({ lines, colors }: Scene, layout: Layout | null): void {
    clearTimeout(this.timer);
    this.timer = 0;
    const pen = this.prepare(this.canvases.lines, isCrowd(lines) ? 1 : this.ratio);
    this.canvases.lines.style.transform = "";
    if (layout) drawLines(pen, lines, layout, colors);
    this.drawn = layout && { layout, lines };
  }

  /** Returns whether the same heavy lines are only to be shown over another range of x. */
  private canMove(lines: readonly Line[], layout: Layout): boolean {
    if (this.drawn?.lines !== lines || this.timer === -1) return false;
    const before = this.drawn.layout;
    const isSame = before.x.low === layout.x.low && before.x.high === layout.x.high;
    const isSameArea = before.right === layout.right && before.bottom === layout.bottom;
    if (isSame || !isSameArea || before.x.isLog !== layout.x.isLog || before.y.isLog !== layout.y.isLog)
      return false;
    return lines.reduce((sum, line) => sum + line.xs.length, 0) > HEAVY_POINTS;
  }

  private moveLines(layout: Layout): void {
    const before = this.drawn!.layout;
    const [left, right] = [layout.x.toPixel(before.x.low), layout.x.toPixel(before.x.high)];
    const scale = (right - left) / (before.right - before.left);
    const { style } = this.canvases.lines;
    style.transformOrigin = "0 0";
    style.transform = `translateX(${left - before.left * scale}px) scaleX(${scale})`;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.timer = -1;
      this.paint();
    }, SETTLE_MS);
  }

  /** Draws what follows the pointer, at once. */
  paintPointer(): void {
    const { layout } = this;
    const pen = this.prepare(this.canvases.front, this.ratio);
    const { lines, colors } = this.readScene();
    const { x, py, run, isLocked, selection } = this.readPointer();
    const emphasized = run && layout ? lines.find((line) => line.runs.includes(run)) : undefined;
    this.canvases.lines.style.opacity = emphasized && lines.length > 1 ? FADED : "";
    if (!layout) return;
    if (emphasized) drawEmphasized(pen, emphasized, layout);
    if (x !== null) {
      const dotted = isCrowd(lines) ? (emphasized ? [emphasized] : []) : lines;
      drawCursor(pen, layout, x, findNearPoints(dotted, layout, x, py ?? 0, dotted.length), colors, isLocked);
    }
    if (selection) drawSelection(pen, layout, ...selection, colors);
  }

  /** Returns the points near a place of the chart, the nearest first. */
  findNear(px: number, py: number): { x: number; points: NearPoint[] } | null {
    const { layout } = this;
    if (!layout) return null;
    const x = layout.x.toValue(Math.min(Math.max(px, layout.left), layout.right));
    return { x, points: findNearPoints(this.readScene().lines, layout, x, py, MAX_NEAR) };
  }

  private prepare(canvas: HTMLCanvasElement, ratio: number): CanvasRenderingContext2D {
    const [width, height] = [Math.round(this.width * ratio), Math.round(this.height * ratio)];
    const pen = canvas.getContext("2d")!;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    return pen;
  }
}

/** Returns the range of x after the pointer dragged it by some pixels. */
export function panRange(layout: Layout, pixels: number): Range {
  return { low: layout.x.toValue(layout.left - pixels), high: layout.x.toValue(layout.right - pixels) };
}

/** Returns the range of x made smaller (`factor` below 1) or larger around a pixel. */
export function scaleRange(layout: Layout, px: number, factor: number): Range {
  return {
    low: layout.x.toValue(px + (layout.left - px) * factor),
    high: layout.x.toValue(px + (layout.right - px) * factor),
  };
}
