// Curves of the shown runs, loaded when a panel with their metric is visible.
import { effect, type Signal, signal } from "@preact/signals";
import { Unreachable } from "../api/client";
import { type Curve, loadCurves } from "../api/curves";
import { CurveLoader } from "./curve_loader";
import { type Detail, type Entry, isThinned } from "./curve_plan";
import { uniteSteps } from "./detail";
import { curveRuns } from "./related";
import { isConnected, lastAnswer } from "./session";
import { axis, smoothing, smoothWeight, zoom } from "./view";

/** Points of one series that are loaded; the zoomed part of a longer one is loaded again. */
const MAX_POINTS = 20_000;
const MAX_CROWD_POINTS = 2_000;
const CROWD = 100;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 15_000;

const needed = signal<ReadonlyMap<string, number>>(new Map());
const versions = new Map<string, Signal<number>>();

const loader = new CurveLoader(loadCurves, {
  onCurves: (metrics) => {
    for (const metric of metrics) versionOf(metric).value += 1;
  },
  onConnection: (connected) => {
    isConnected.value = connected;
    if (connected) lastAnswer.value = Date.now();
  },
  isUnreachable: (error) => error instanceof Unreachable,
  later: (call, attempt) => setTimeout(call, Math.min(FIRST_RETRY_MS * 2 ** attempt, MAX_RETRY_MS)),
});

function versionOf(metric: string): Signal<number> {
  let version = versions.get(metric);
  if (!version) {
    version = signal(0);
    versions.set(metric, version);
  }
  return version;
}

/** Returns what is known of the curves of a metric, by run. */
export function entriesOf(metric: string): ReadonlyMap<string, Entry> {
  void versionOf(metric).value;
  return loader.entries.get(metric) ?? NO_ENTRIES;
}

const NO_ENTRIES: ReadonlyMap<string, Entry> = new Map();

/** Registers that a panel shows a metric. Returns a function that unregisters it. */
export function needMetric(metric: string): () => void {
  count(metric, 1);
  return () => count(metric, -1);
}

function count(metric: string, change: number): void {
  const all = new Map(needed.peek());
  const now = (all.get(metric) ?? 0) + change;
  if (now > 0) all.set(metric, now);
  else all.delete(metric);
  needed.value = all;
}

/** Loads the curves of runs again, if a panel shows them. */
export function reloadCurves(runs: readonly string[]): void {
  loader.changed(runs);
}

/** Loads all curves again after the connection was lost: the page may have missed changes. */
export function retryCurves(): void {
  loader.changed(curveRuns.peek()); // before the next request, which else would be stale at once
  loader.retry();
}

/** Loads curves when other runs, metrics or parts of them are shown. */
export function followCurves(): void {
  effect(() => {
    const runs = curveRuns.value;
    const other = axis.value.startsWith("metric:") ? axis.value.slice("metric:".length) : "";
    const metrics = [...needed.value.keys()];
    loader.want({
      metrics: other && metrics.length && !metrics.includes(other) ? [other, ...metrics] : metrics,
      runs,
      points: runs.length > CROWD ? MAX_CROWD_POINTS : MAX_POINTS,
      detail: makeDetail(smoothing.value === "ema" ? smoothWeight.value : 0, runs),
    });
  });
}

/** Returns a function from a metric to the part of its thinned series that the panels show. */
function makeDetail(weight: number, runs: readonly string[]): (metric: string) => Detail | null {
  const range = axis.value.startsWith("metric:") ? null : zoom.value;
  if (!range && weight === 0) return () => null;
  const way = axis.value;
  return (metric) => {
    const known = loader.entries.get(metric);
    const thinned = runs.map((run) => known?.get(run)?.curve ?? null).filter(isThinned) as Curve[];
    if (!thinned.length) return null;
    return { ...(range ? uniteSteps(thinned, way, range) : { first: null, last: null }), weight };
  };
}
