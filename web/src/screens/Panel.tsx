// A panel: the curves of one metric. It loads them when it is near the screen.
import { computed, type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { findNearestIndex } from "../drawing/nearest";
import { formatNumber } from "../numbers/format";
import type { Line } from "../numbers/line";
import { formatDuration } from "../numbers/ticks";
import { Chart } from "../parts/Chart";
import { ChartMenu } from "../parts/ChartMenu";
import { useNear } from "../parts/near";
import { chartCursor } from "../state/cursor";
import { entriesOf, needMetric } from "../state/curves";
import { lineGroups } from "../state/lineGroups";
import { makeLines, type PanelLines } from "../state/lines";
import {
  type Axis,
  axis,
  bandKind,
  baseline,
  clipsOutliers,
  hoveredRun,
  isLogX,
  isLogY,
  openRun,
  pinnedMetrics,
  smoothing,
  smoothWeight,
  zoom,
} from "../state/view";
import { listChartActions } from "./chartExport";
import { PanelNotes } from "./PanelNotes";
import "./Panel.css";

const pointedOut = computed(() => new Set([baseline.value, openRun.value].filter(Boolean)));

const options = computed(() => ({
  isLogX: isLogX.value && axis.value !== "time",
  isLogY: isLogY.value,
  clipsOutliers: clipsOutliers.value,
  xKind:
    axis.value === "time"
      ? ("time" as const)
      : axis.value === "relative"
        ? ("duration" as const)
        : ("number" as const),
}));

export function Panel({ metric }: { metric: string }) {
  const { box, isNear } = useNear<HTMLElement>();
  useEffect(() => (isNear.value ? needMetric(metric) : undefined), [metric, isNear.value]);
  const panel = useComputed(() => readPanel(metric));
  return (
    <article class="panel" ref={box} aria-label={metric}>
      <PanelHead metric={metric} panel={panel} isNear={isNear.value} />
      {isNear.value ? <PanelChart metric={metric} panel={panel} /> : <div class="chart" />}
    </article>
  );
}

/** Returns the lines of a metric. */
function readPanel(metric: string): PanelLines {
  const entries = entriesOf(metric);
  const other = axis.value.startsWith("metric:") ? entriesOf(axis.value.slice("metric:".length)) : null;
  const chosen = {
    axis: axis.value,
    smoothing: smoothing.value,
    weight: smoothWeight.value,
    zoom: zoom.value,
    band: bandKind.value,
  };
  return makeLines(
    lineGroups.value,
    (run) => entries.get(run),
    (run) => other?.get(run),
    chosen,
    pointedOut.value,
  );
}

interface PanelProps {
  metric: string;
  panel: ReadonlySignal<PanelLines>;
}

function PanelHead({ metric, panel, isNear }: PanelProps & { isNear: boolean }) {
  const isPinned = pinnedMetrics.value.includes(metric);
  const actions = useMemo(
    () =>
      listChartActions(
        metric,
        () => panel.peek().lines,
        () => options.peek(),
      ),
    [metric, panel],
  );
  const togglePin = () => {
    pinnedMetrics.value = isPinned
      ? pinnedMetrics.value.filter((each) => each !== metric)
      : [...pinnedMetrics.value, metric];
  };
  return (
    <header>
      <h3 title={metric}>{metric}</h3>
      {isNear && <ValueAtCursor metric={metric} panel={panel} />}
      <button
        type="button"
        class="plain pin"
        aria-pressed={isPinned}
        aria-label={isPinned ? `Unpin ${metric}` : `Pin ${metric}`}
        onClick={togglePin}
      >
        {isPinned ? "★" : "☆"}
      </button>
      <ChartMenu label={`Download ${metric}`} actions={actions} />
    </header>
  );
}

/** The value at the crosshair, while the pointer is in another panel. */
function ValueAtCursor({ metric, panel }: PanelProps) {
  const text = useComputed(() => {
    const now = chartCursor.cursor.value;
    if (!now || now.metric === metric) return "";
    const { lines } = panel.value;
    const line = lines.length === 1 ? lines[0] : lines.find((each) => each.runs.includes(hoveredRun.value));
    const index = line ? findNearestIndex(line, now.x) : -1;
    return index < 0 ? "" : formatNumber(line!.ys[index]!, 5);
  });
  return <span class="value">{text}</span>;
}

function PanelChart({ metric, panel }: PanelProps) {
  const clipped = useSignal(0);
  const lines: readonly Line[] = panel.value.lines;
  return (
    <>
      <Chart metric={metric} lines={lines} options={options.value} formatX={formatX} clipped={clipped} />
      <PanelNotes metric={metric} panel={panel.value} clipped={clipped.value} />
    </>
  );
}

function formatX(x: number): string {
  const way: Axis = axis.value;
  if (way === "step") return `step ${formatNumber(x, 9)}`;
  if (way === "relative") return formatDuration(x);
  if (way === "time") return new Date(x * 1000).toLocaleString();
  return `${way.slice("metric:".length)} ${formatNumber(x, 6)}`;
}
