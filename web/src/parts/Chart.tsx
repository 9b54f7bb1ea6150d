// A chart of lines with crosshair, zoom and a list of values at the pointer.
import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ChartOptions } from "../drawing/layout";
import type { NearPoint } from "../drawing/nearest";
import { Painter, type Pointer, type Scene } from "../drawing/painter";
import type { Line } from "../numbers/line";
import { chartCursor, type SharedCursor } from "../state/cursor";
import { paletteVersion } from "../state/settings";
import { hoveredRun } from "../state/view";
import { readColors } from "./chartColors";
import { Gestures } from "./gestures";
import { Readout } from "./Readout";
import { RangeHolder } from "./rangeHolder";
import "./Chart.css";

export interface ChartProps {
  metric: string;
  lines: readonly Line[];
  options: Omit<ChartOptions, "zoom">;
  /** Returns the text of a value of x. */
  formatX: (x: number) => string;
  /** What it shares with other charts; that of the charts of all runs if it is left out. */
  shared?: SharedCursor;
  /** Gets the number of values that are cut off, since outliers are clipped. */
  clipped?: Signal<number>;
}

/** The points at the pointer, and where it is in the chart. */
export interface Near {
  points: readonly NearPoint[];
  px: number;
  py: number;
  isTouch: boolean;
  more: number;
}

export function Chart(props: ChartProps) {
  const { metric, lines, shared = chartCursor } = props;
  const box = useRef<HTMLDivElement>(null);
  const axes = useRef<HTMLCanvasElement>(null);
  const middle = useRef<HTMLCanvasElement>(null);
  const front = useRef<HTMLCanvasElement>(null);
  const near = useSignal<Near | null>(null);
  const current = useRef(props);
  current.current = props;
  const painter = useRef<Painter | null>(null);

  useEffect(() => {
    const hold = new RangeHolder();
    const readScene = (): Scene => {
      const { lines, options } = current.current;
      const held = gestures.place && hold.get(lines, options);
      return { lines, options: { ...options, zoom: shared.shownZoom.peek() ?? held }, colors: readColors() };
    };
    const readPointer = (): Pointer => ({
      x: shared.cursor.peek()?.x ?? null,
      py: gestures.place?.py ?? null,
      run: hoveredRun.peek(),
      isLocked: shared.isLocked.peek(),
      selection: gestures.selection,
    });
    const canvases = { axes: axes.current!, lines: middle.current!, front: front.current! };
    const made = new Painter(box.current!, canvases, readScene, readPointer, (layout) => {
      if (current.current.clipped) current.current.clipped.value = layout?.clipped ?? 0;
      hold.keep(layout, current.current.lines, current.current.options);
    });
    const showNear = () => {
      const found = gestures.place && made.findNear(gestures.place.px, gestures.place.py);
      const more = found ? Math.max(current.current.lines.length - found.points.length, 0) : 0;
      near.value = found && gestures.place ? { points: found.points, ...gestures.place, more } : null;
      if (!gestures.place) made.paint();
    };
    const gestures = new Gestures(box.current!, made, shared, () => current.current.metric, showNear);
    painter.current = made;
    const ignore = gestures.listen();
    const observer = new ResizeObserver(() => made.paint());
    observer.observe(box.current!);
    made.paint();
    return () => {
      ignore();
      observer.disconnect();
      made.stop();
    };
  }, [near, shared]);
  useEffect(() => painter.current?.paint());
  useSignalEffect(() => {
    void [paletteVersion.value, shared.shownZoom.value];
    painter.current?.paint();
  });
  useSignalEffect(() => {
    void [shared.cursor.value, hoveredRun.value, shared.isLocked.value];
    painter.current?.paintPointer();
  });
  const isHere = shared.cursor.value?.metric === metric;
  return (
    <div
      class="chart"
      ref={box}
      role="application"
      aria-roledescription="chart"
      aria-label={`${metric}, ${lines.length} ${lines.length === 1 ? "curve" : "curves"}`}
      tabIndex={0}
    >
      <canvas ref={axes} />
      <div class="lines">
        <canvas ref={middle} />
      </div>
      <canvas ref={front} />
      {isHere && <Readout near={near} box={box} formatX={props.formatX} isLocked={shared.isLocked.value} />}
    </div>
  );
}
