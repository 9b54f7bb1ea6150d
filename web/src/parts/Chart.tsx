// A chart of lines with crosshair, zoom and a list of values at the pointer.
import { signal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import {
  type ChartColors,
  type ChartOptions,
  drawChart,
  drawCursor,
  findNearPoints,
  isCrowd,
  type Layout,
  layOut,
  type NearPoint,
} from "../drawing/chart";
import type { Line } from "../drawing/lines";
import { cursor, zoom } from "../state/cursor";
import { paletteVersion } from "../state/settings";
import { hoveredRun } from "../state/view";
import { Readout } from "./Readout";

const MIN_DRAG_PIXELS = 5;
const MAX_NEAR = 12;

export interface ChartProps {
  metric: string;
  lines: readonly Line[];
  options: Omit<ChartOptions, "zoom">;
  nameOf: (run: string) => string;
}

export function Chart({ metric, lines, options, nameOf }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const back = useRef<HTMLCanvasElement>(null);
  const front = useRef<HTMLCanvasElement>(null);
  const near = useRef(signal<{ points: NearPoint[]; px: number; py: number } | null>(null)).current;
  const state = useRef<{ layout: Layout | null; props: ChartProps }>({
    layout: null,
    props: { metric, lines, options, nameOf },
  });
  state.current.props = { metric, lines, options, nameOf };
  const painter = useRef<Painter | null>(null);

  useEffect(() => {
    painter.current = new Painter(box.current!, back.current!, front.current!, state.current);
    const observer = new ResizeObserver(() => painter.current?.paint());
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => painter.current?.paint());
  useSignalEffect(() => {
    void [paletteVersion.value, zoom.value, hoveredRun.value];
    painter.current?.paint();
  });
  useSignalEffect(() => {
    void cursor.value;
    painter.current?.paintCursor();
  });

  const drag = useRef<{ from: number; at: number } | null>(null);
  const locate = (event: PointerEvent) => {
    const bounds = box.current!.getBoundingClientRect();
    return { px: event.clientX - bounds.left, py: event.clientY - bounds.top };
  };
  const move = (event: PointerEvent) => {
    const { layout } = state.current;
    if (!layout) return;
    const { px, py } = locate(event);
    if (drag.current) {
      drag.current.at = px;
      painter.current!.selection = [drag.current.from, px];
      painter.current!.paintCursor();
      return;
    }
    const x = layout.x.toValue(Math.min(Math.max(px, layout.left), layout.right));
    const points = findNearPoints(state.current.props.lines, layout, x, py);
    near.value = { points: points.slice(0, MAX_NEAR), px, py };
    hoveredRun.value = points[0]?.line.id ?? "";
    cursor.value = {
      x: points[0] ? points[0].line.xs[points[0].index]! : x,
      axis: state.current.props.options.isTime,
    };
  };
  const leave = () => {
    if (drag.current) return;
    near.value = null;
    hoveredRun.value = "";
    cursor.value = null;
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    drag.current = { from: locate(event).px, at: locate(event).px };
    box.current!.setPointerCapture(event.pointerId);
  };
  const up = () => {
    const { layout } = state.current;
    const dragged = drag.current;
    drag.current = null;
    painter.current!.selection = null;
    if (!dragged || !layout || Math.abs(dragged.at - dragged.from) < MIN_DRAG_PIXELS) {
      painter.current!.paintCursor();
      return;
    }
    const ends = [layout.x.toValue(dragged.from), layout.x.toValue(dragged.at)].sort((a, b) => a - b);
    zoom.value = { low: ends[0]!, high: ends[1]! };
  };
  return (
    <div
      class="chart"
      ref={box}
      onPointerMove={move}
      onPointerLeave={leave}
      onPointerDown={down}
      onPointerUp={up}
      onDblClick={() => {
        zoom.value = null;
      }}
      role="img"
      aria-label={`${metric}, ${lines.length} ${lines.length === 1 ? "curve" : "curves"}`}
    >
      <canvas ref={back} />
      <canvas ref={front} class="front" />
      <Readout near={near} nameOf={nameOf} isTime={options.isTime} />
    </div>
  );
}

/** Draws the two layers of a chart: the lines when they change, the crosshair when the pointer moves. */
class Painter {
  selection: [number, number] | null = null;
  private frame = 0;

  constructor(
    private readonly box: HTMLElement,
    private readonly back: HTMLCanvasElement,
    private readonly front: HTMLCanvasElement,
    private readonly state: { layout: Layout | null; props: ChartProps },
  ) {}

  /** Draws everything in the next frame. */
  paint(): void {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { lines, options } = this.state.props;
    const { width, height } = this.box.getBoundingClientRect();
    if (!width || !height) return;
    const ratio = isCrowd(lines) ? 1 : Math.min(devicePixelRatio, 2);
    const context = prepare(this.back, width, height, ratio);
    prepare(this.front, width, height, ratio);
    const chosen = { ...options, zoom: zoom.peek() };
    this.state.layout = layOut(lines, width, height, chosen);
    if (this.state.layout)
      drawChart(context, lines, this.state.layout, chosen, readColors(), hoveredRun.peek());
    this.paintCursor();
  }

  paintCursor(): void {
    const { layout, props } = this.state;
    const context = this.front.getContext("2d")!;
    context.clearRect(0, 0, this.front.width, this.front.height);
    if (!layout) return;
    const colors = readColors();
    const now = cursor.peek();
    if (now && now.axis === props.options.isTime) {
      const near = isCrowd(props.lines)
        ? findNearPoints(
            props.lines.filter((line) => line.id === hoveredRun.peek()),
            layout,
            now.x,
            null,
          )
        : findNearPoints(props.lines, layout, now.x, null);
      drawCursor(context, layout, now.x, near, colors);
    }
    if (this.selection) {
      const [from, to] = this.selection;
      context.fillStyle = "rgb(37 99 235 / 15%)";
      context.fillRect(Math.min(from, to), layout.top, Math.abs(to - from), layout.bottom - layout.top);
    }
  }
}

function prepare(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  ratio: number,
): CanvasRenderingContext2D {
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const context = canvas.getContext("2d")!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

function readColors(): ChartColors {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return { grid: read("--grid"), text: read("--text"), paper: read("--paper"), muted: read("--muted") };
}
