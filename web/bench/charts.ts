// Draws the same data by the page's charts, by uPlot and by bare Canvas 2D. Run by benchmarks/view_charts.py.
import uPlot from "uplot";
import { Painter, type Pointer, type Scene } from "../src/drawing/painter";
import { colorOfRun } from "../src/numbers/colors";
import type { Line } from "../src/numbers/line";
import type { Range } from "../src/numbers/scale";

const WIDTH = 600;
const HEIGHT = 300;
const COLORS = { grid: "#eee", text: "#111", paper: "#fff", muted: "#666", accent: "#2158d0" };

interface Data {
  xs: Float64Array;
  columns: Float64Array[];
}

function makeData(count: number, points: number): Data {
  let seed = 1;
  const random = () => {
    seed = (seed * 48271) % 0x7fffffff;
    return seed / 0x7fffffff;
  };
  const xs = Float64Array.from({ length: points }, (_, i) => i);
  const columns = Array.from({ length: count }, () => {
    const rate = 1 + random() * 5;
    return Float64Array.from(xs, (x) => Math.exp((-x / points) * rate) + (random() - 0.5) * 0.1);
  });
  return { xs, columns };
}

function makeLines({ xs, columns }: Data): Line[] {
  return columns.map((ys, i) => ({
    id: `run-${i}`,
    runs: [`run-${i}`],
    name: `run-${i}`,
    color: colorOfRun(`run-${i}`),
    dash: [],
    isGrey: columns.length > 30,
    xs,
    ys,
    starts: [0, xs.length],
  }));
}

function makeCanvas(box: HTMLElement): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.style.cssText = "position:absolute;inset:0;width:100%;height:100%";
  box.append(canvas);
  return canvas;
}

function makeBox(): HTMLElement {
  const box = document.createElement("div");
  box.style.cssText = `position:relative;width:${WIDTH}px;height:${HEIGHT}px`;
  document.body.append(box);
  return box;
}

/** Waits until what was drawn is in the pixels of a canvas. */
function flush(canvas: HTMLCanvasElement): void {
  canvas.getContext("2d")!.getImageData(0, 0, 1, 1);
}

function makeChart(lines: readonly Line[], state: { zoom: Range | null; pointer: Pointer }) {
  const box = makeBox();
  const canvases = { axes: makeCanvas(box), lines: makeCanvas(box), front: makeCanvas(box) };
  const scene = (): Scene => ({
    lines,
    options: { isLogX: false, isLogY: false, clipsOutliers: false, xKind: "number", zoom: state.zoom },
    colors: COLORS,
  });
  const painter = new Painter(
    box,
    canvases,
    scene,
    () => state.pointer,
    () => {},
  );
  return { painter, canvases };
}

function makeState() {
  const pointer: Pointer = { x: null, py: null, run: "", isLocked: false, selection: null };
  return { zoom: null as Range | null, pointer };
}

/** Returns the milliseconds of the first drawing of each panel by ours. */
function drawOurs(count: number, points: number, panels: number): number {
  const data = Array.from({ length: panels }, () => makeLines(makeData(count, points)));
  const start = performance.now();
  for (const lines of data) {
    const { painter, canvases } = makeChart(lines, makeState());
    painter.draw();
    flush(canvases.lines);
  }
  return performance.now() - start;
}

async function drawUplot(count: number, points: number): Promise<number> {
  const { xs, columns } = makeData(count, points);
  const series = columns.map((_, i) => ({
    stroke: colorOfRun(`run-${i}`),
    width: 1.5,
    points: { show: false },
  }));
  const start = performance.now();
  const plot = new uPlot(
    {
      width: WIDTH,
      height: HEIGHT,
      legend: { show: false },
      scales: { x: { time: false } },
      series: [{}, ...series],
    },
    [xs, ...columns],
    makeBox(),
  );
  await Promise.resolve();
  await Promise.resolve();
  flush(plot.ctx.canvas);
  return performance.now() - start;
}

/** Draws each line as one path through all its points: the least that any chart does. */
function drawBare(count: number, points: number, panels: number): number {
  const data = Array.from({ length: panels }, () => makeData(count, points));
  const start = performance.now();
  for (const { xs, columns } of data) {
    const canvas = makeCanvas(makeBox());
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    const pen = canvas.getContext("2d")!;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const ys of columns) {
      for (const y of ys) {
        if (y < low) low = y;
        if (y > high) high = y;
      }
    }
    pen.lineWidth = 1;
    pen.globalAlpha = 0.45;
    pen.strokeStyle = COLORS.muted;
    for (const ys of columns) {
      pen.beginPath();
      for (let i = 0; i < xs.length; i++) {
        pen.lineTo((xs[i]! / points) * WIDTH, HEIGHT - ((ys[i]! - low) / (high - low)) * HEIGHT);
      }
      pen.stroke();
    }
    flush(canvas);
  }
  return performance.now() - start;
}

/** Returns the milliseconds of moves of the pointer: nearest points, crosshair and the emphasized line. */
function hover(count: number, points: number, moves: number): number[] {
  const state = makeState();
  const { painter, canvases } = makeChart(makeLines(makeData(count, points)), state);
  painter.draw();
  flush(canvases.lines);
  return Array.from({ length: moves }, (_, i) => {
    const start = performance.now();
    const near = painter.findNear(60 + ((i * 37) % 500), 20 + ((i * 53) % 250))!;
    state.pointer = { ...state.pointer, x: near.x, py: 100, run: near.points[0]!.line.id };
    painter.paintPointer();
    flush(canvases.front);
    return performance.now() - start;
  });
}

/** Returns the milliseconds between frames while all panels are panned. */
async function pan(count: number, points: number, panels: number, frames: number): Promise<number[]> {
  const state = makeState();
  const charts = Array.from({ length: panels }, () => makeChart(makeLines(makeData(count, points)), state));
  for (const { painter, canvases } of charts) {
    painter.draw();
    flush(canvases.lines);
  }
  const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
  const times = [await nextFrame()];
  for (let i = 0; i < frames; i++) {
    state.zoom = { low: i * 5, high: points / 2 + i * 5 };
    for (const { painter } of charts) painter.paint();
    times.push(await nextFrame());
  }
  return times.slice(1).map((time, i) => time - times[i]!);
}

Object.assign(window, { bench: { drawOurs, drawUplot, drawBare, hover, pan } });
