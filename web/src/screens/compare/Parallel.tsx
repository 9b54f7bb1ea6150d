// Parallel coordinates of the config values that differ and the metric.
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { readPalette } from "../../drawing/palette";
import {
  drawParallel,
  findLineAt,
  isInBrushes,
  layOutParallel,
  type ParallelArea,
  type ParallelAxis,
  type ParallelLine,
  toPlace,
} from "../../drawing/parallel";
import { colorOfPlace } from "../../numbers/ramp";
import { Canvas } from "../../parts/Canvas";
import { configColumns, getColumn, makeColumnAxis, metric, ranking, runs } from "../../state/comparison";
import { paletteVersion } from "../../state/settings";
import { hoveredRun, selected, showRun } from "../../state/view";
import { AxisHeads } from "./AxisHeads";
import { type AxisSetting, arrange, MAX_AXES, readAxes, saveAxes } from "./axes";
import "./Parallel.css";

const AXIS_REACH = 14;
const CLICK_PIXELS = 4;
const NO_COLOR = "#8a8a92";

export function Parallel({ brushed }: { brushed: Signal<ReadonlySet<string> | null> }) {
  const brushes = useSignal<Readonly<Record<string, readonly [number, number]>>>({});
  const area = useRef<ParallelArea | null>(null);
  const drag = useRef<{ name: string; from: number; start: number } | null>(null);
  const known = [...listConfig(), metric.value];
  const settings = arrange(known.filter(Boolean), readAxes());
  const axes = useAxes(settings, brushes.value);
  const lines = useLines(axes);
  const inside = lines.filter((line) => isInBrushes(line, axes));
  const isBrushed = Object.keys(brushes.value).length > 0;
  useEffect(() => {
    brushed.value = isBrushed ? new Set(inside.map((line) => line.id)) : null;
  }, [brushes.value, runs.value, settings.length]);
  const setBrush = (name: string, brush: readonly [number, number] | null) => {
    const { [name]: _, ...others } = brushes.value;
    brushes.value = brush ? { ...others, [name]: brush } : others;
  };
  const locate = (event: PointerEvent) => {
    const bounds = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return { px: event.clientX - bounds.left, py: event.clientY - bounds.top };
  };
  const move = (event: PointerEvent) => {
    const now = area.current;
    if (!now) return;
    const { px, py } = locate(event);
    if (!drag.current) {
      hoveredRun.value = findLineAt(lines, axes, now, px, py);
      return;
    }
    const axis = axes.find((each) => each.axis.name === drag.current!.name)!;
    if (Math.abs(py - drag.current.start) < CLICK_PIXELS) return;
    const to = toPlace(now, axis, py);
    setBrush(drag.current.name, [Math.min(drag.current.from, to), Math.max(drag.current.from, to)]);
  };
  const down = (event: PointerEvent) => {
    const { px, py } = locate(event);
    const at = area.current?.xs.findIndex((x) => Math.abs(x - px) <= AXIS_REACH) ?? -1;
    if (at < 0 || event.button !== 0) return;
    drag.current = { name: axes[at]!.axis.name, from: toPlace(area.current!, axes[at]!, py), start: py };
    setBrush(drag.current.name, null);
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    event.preventDefault();
  };
  const up = () => {
    if (!drag.current && hoveredRun.value) showRun(hoveredRun.value);
    drag.current = null;
  };
  const hasLanes = lines.some((line) => line.places.some((place) => place < 0));
  return (
    <section class="parallel" aria-label="Parallel coordinates">
      <div class="list-head">
        <h2>Parallel coordinates</h2>
        <span class="muted" aria-live="polite">
          {isBrushed ? `${inside.length} of ${lines.length} runs` : "drag along an axis to brush"}
        </span>
        {isBrushed && (
          <>
            <button
              type="button"
              onClick={() => {
                selected.value = inside.map((line) => line.id);
                brushes.value = {};
              }}
            >
              Select these
            </button>
            <button type="button" onClick={() => (brushes.value = {})}>
              Clear brushes
            </button>
          </>
        )}
      </div>
      <AxisHeads
        axes={axes}
        settings={settings}
        area={area}
        save={saveAxes}
        brushes={brushes.value}
        setBrush={setBrush}
      />
      <Canvas
        label={`Parallel coordinates of ${lines.length} runs over ${axes.map((each) => each.axis.name).join(", ")}`}
        class="parallel-canvas"
        draw={(context, width, height, palette) => {
          area.current = layOutParallel(axes.length, width, height, hasLanes);
          drawParallel(context, lines, axes, area.current, palette, hoveredRun.peek());
        }}
        handlers={{
          onPointerMove: move,
          onPointerDown: down,
          onPointerUp: up,
          onPointerLeave: () => (hoveredRun.value = ""),
        }}
      />
    </section>
  );
}

/** Returns the config values that differ; if there are too many for axes, those that matter most for the metric. */
function listConfig(): string[] {
  const keys = configColumns.value.filter((each) => each.differs).map((each) => each.key);
  if (keys.length < MAX_AXES) return keys;
  const order = ranking.value?.effects.flatMap((each) => each.keys) ?? [];
  const place = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  return keys.toSorted((a, b) => place(a) - place(b)).slice(0, MAX_AXES - 1);
}

function useAxes(
  settings: readonly AxisSetting[],
  brushes: Readonly<Record<string, readonly [number, number]>>,
): ParallelAxis[] {
  const known = runs.value;
  const key = JSON.stringify(settings);
  const plain = useMemo(
    () =>
      settings.map((each) =>
        makeColumnAxis(each.name, each.isLog === undefined ? {} : { isLog: each.isLog }),
      ),
    [known, key],
  );
  return plain.map((axis, i) => ({
    axis,
    isInverted: settings[i]!.isInverted,
    brush: brushes[axis.name] ?? null,
  }));
}

/** Returns a line for each run, coloured by the metric. */
function useLines(axes: readonly ParallelAxis[]): ParallelLine[] {
  const version = paletteVersion.value;
  const known = runs.value;
  return useMemo(() => {
    const { isDark } = readPalette();
    const scale = makeColumnAxis(metric.value);
    const columns = axes.map((each) => getColumn(each.axis.name));
    const values = getColumn(metric.value);
    return known.map((run, i) => {
      const place = scale.place(values[i]);
      return {
        id: run.id,
        color: place < 0 ? NO_COLOR : colorOfPlace(place, isDark),
        places: axes.map((each, a) => each.axis.place(columns[a]![i])),
      };
    });
  }, [
    known,
    version,
    metric.value,
    ...[axes.map((each) => `${each.axis.name} ${each.axis.kind}`).join("\n")],
  ]);
}
