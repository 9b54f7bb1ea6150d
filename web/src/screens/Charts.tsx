// Panels of curves: one for each metric, in groups; a panel loads its curves when it is near the screen.
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Curve } from "../api/curves";
import { Chart } from "../parts/Chart";
import { zoom } from "../state/cursor";
import { curveProblem, curves, needMetric } from "../state/curves";
import { makeLines } from "../state/lines";
import { names } from "../state/listing";
import { groups } from "../state/panels";
import { rowsById, shownRuns } from "../state/selection";
import { panelColumns } from "../state/settings";
import {
  AXES,
  type Axis,
  axis,
  clipsOutliers,
  isLogX,
  isLogY,
  metricSearch,
  pinnedMetrics,
  SMOOTHINGS,
  type Smoothing,
  smoothing,
  smoothWeight,
} from "../state/view";

const OPEN_METRICS = 12;
const AXIS_TITLES: Record<Axis, string> = { step: "step", relative: "time since start", time: "time" };
const SMOOTHING_TITLES: Record<Smoothing, string> = {
  ema: "average",
  time: "average over time",
  gaussian: "Gaussian",
  mean: "centred mean",
};

export function Charts() {
  return (
    <section class="charts" aria-label="Charts">
      <Toolbar />
      {curveProblem.value && <p class="problem">{curveProblem.value}</p>}
      <div class="groups" style={panelColumns.value ? { "--panels": panelColumns.value } : {}}>
        {groups.value.map((group, i) => (
          <Group key={group.title} title={group.title} metrics={group.metrics} isFirst={i === 0} />
        ))}
        {!groups.value.length && (
          <p class="muted">
            {names.value.metrics.length ? "No metric matches the search." : "The runs have no metrics."}
          </p>
        )}
      </div>
    </section>
  );
}

function Toolbar() {
  return (
    <div class="toolbar">
      <input
        type="search"
        id="metric-search"
        placeholder="search metrics…"
        aria-label="Search metrics"
        value={metricSearch.value}
        onInput={(event) => (metricSearch.value = event.currentTarget.value)}
      />
      <label>
        x{" "}
        <select value={axis.value} onChange={(event) => (axis.value = event.currentTarget.value as Axis)}>
          {AXES.map((each) => (
            <option key={each} value={each}>
              {AXIS_TITLES[each]}
            </option>
          ))}
        </select>
      </label>
      <label>
        smooth{" "}
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          value={smoothWeight.value}
          aria-label="Smoothing"
          onInput={(event) => (smoothWeight.value = Number(event.currentTarget.value))}
        />{" "}
        <output>{smoothWeight.value.toFixed(2)}</output>
      </label>
      {smoothWeight.value > 0 && (
        <select
          value={smoothing.value}
          aria-label="Kind of smoothing"
          onChange={(event) => (smoothing.value = event.currentTarget.value as Smoothing)}
        >
          {SMOOTHINGS.map((each) => (
            <option key={each} value={each}>
              {SMOOTHING_TITLES[each]}
            </option>
          ))}
        </select>
      )}
      <Toggle title="log y" state={isLogY} />
      <Toggle title="log x" state={isLogX} />
      <Toggle title="clip outliers" state={clipsOutliers} />
      {zoom.value && (
        <button type="button" onClick={() => (zoom.value = null)}>
          reset zoom
        </button>
      )}
    </div>
  );
}

function Toggle({ title, state }: { title: string; state: { value: boolean } }) {
  return (
    <button
      type="button"
      class="toggle"
      aria-pressed={state.value}
      onClick={() => (state.value = !state.value)}
    >
      {title}
    </button>
  );
}

function Group({ title, metrics, isFirst }: { title: string; metrics: string[]; isFirst: boolean }) {
  const isOpen = useSignal(isFirst || metrics.length <= OPEN_METRICS);
  return (
    <section class="group">
      <h2>
        <button
          type="button"
          class="plain"
          aria-expanded={isOpen.value}
          onClick={() => (isOpen.value = !isOpen.value)}
        >
          {isOpen.value ? "▾" : "▸"} {title || "metrics"} <span class="muted">({metrics.length})</span>
        </button>
      </h2>
      {isOpen.value && (
        <div class="panels">
          {metrics.map((metric) => (
            <Panel key={metric} metric={metric} />
          ))}
        </div>
      )}
    </section>
  );
}

function Panel({ metric }: { metric: string }) {
  const box = useRef<HTMLElement>(null);
  const isNear = useSignal(false);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => (isNear.value = entries.at(-1)!.isIntersecting), {
      rootMargin: "300px",
    });
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, [isNear]);
  useEffect(() => (isNear.value ? needMetric(metric) : undefined), [metric, isNear.value]);
  const isPinned = pinnedMetrics.value.includes(metric);
  return (
    <article class="panel" ref={box}>
      <header>
        <h3 title={metric}>{metric}</h3>
        <button
          type="button"
          class="plain pin"
          aria-pressed={isPinned}
          aria-label={isPinned ? `Unpin ${metric}` : `Pin ${metric}`}
          onClick={() =>
            (pinnedMetrics.value = isPinned
              ? pinnedMetrics.value.filter((each) => each !== metric)
              : [...pinnedMetrics.value, metric])
          }
        >
          {isPinned ? "★" : "☆"}
        </button>
      </header>
      {isNear.value ? <PanelChart metric={metric} /> : <div class="chart" />}
    </article>
  );
}

function PanelChart({ metric }: { metric: string }) {
  const loaded = useComputed(() => {
    const known = curves.value.get(metric);
    return known ? shownRuns.value.map((run) => known.get(run)).filter((curve) => curve !== undefined) : null;
  });
  const lines = useComputed(() =>
    loaded.value
      ? makeLines(loaded.value, { axis: axis.value, smoothing: smoothing.value, weight: smoothWeight.value })
      : [],
  );
  const options = {
    isLogX: isLogX.value && axis.value !== "time",
    isLogY: isLogY.value,
    clipsOutliers: clipsOutliers.value,
    isTime: axis.value !== "step",
  };
  return (
    <>
      <Chart metric={metric} lines={lines.value} options={options} nameOf={nameOf} />
      <footer class="muted">{describe(loaded.value)}</footer>
    </>
  );
}

function nameOf(run: string): string {
  return rowsById.value.get(run)?.name ?? run.slice(0, 8);
}

/** Says whether every point is shown. */
function describe(curves: readonly Curve[] | null): string {
  if (!curves) return "loading…";
  if (!curves.some((curve) => curve.values.length)) return "none of the shown runs has this metric";
  const factor = Math.max(...curves.map((curve) => curve.total / Math.max(curve.values.length, 1)));
  return factor > 1 ? `thinned ×${Math.ceil(factor)}: least, greatest and last points` : "every point";
}
