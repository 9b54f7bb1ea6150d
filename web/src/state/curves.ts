// Curves of the shown runs, loaded when a panel with their metric is visible.
import { computed, effect, signal } from "@preact/signals";
import { Unreachable } from "../api/client";
import { type Curve, loadCurves } from "../api/curves";
import { live } from "./listing";
import { shownRuns } from "./selection";
import { isConnected, lastAnswer } from "./session";

/** Points of one series that are loaded; the zoomed part of a longer one is loaded again. */
const MAX_POINTS = 20_000;
const MAX_CROWD_POINTS = 2_000;
const CROWD = 100;
const BATCH_METRICS = 6;

/** Curves by metric and run. */
export const curves = signal<ReadonlyMap<string, ReadonlyMap<string, Curve>>>(new Map());
export const curveProblem = signal("");

const needed = new Map<string, number>();
let inFlight: AbortController | null = null;
let isScheduled = false;

/** Says that a panel shows a metric. Returns a function that says that it no longer does. */
export function needMetric(metric: string): () => void {
  needed.set(metric, (needed.get(metric) ?? 0) + 1);
  schedule();
  return () => {
    const count = (needed.get(metric) ?? 1) - 1;
    if (count > 0) needed.set(metric, count);
    else needed.delete(metric);
  };
}

/** Loads what is missing, once for all panels that ask in the same moment. */
function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  queueMicrotask(() => {
    isScheduled = false;
    void loadMissing();
  });
}

async function loadMissing(): Promise<void> {
  if (inFlight) return;
  const runs = shownRuns.peek();
  const missing = [...needed.keys()].filter((metric) => {
    const known = curves.peek().get(metric);
    return runs.some((run) => !known?.has(run));
  });
  if (!missing.length || !runs.length) return;
  inFlight = new AbortController();
  const metrics = missing.slice(0, BATCH_METRICS);
  try {
    await fetchCurves(runs, metrics);
  } finally {
    inFlight = null;
    if (missing.length > metrics.length || shownRuns.peek() !== runs) schedule();
  }
}

async function fetchCurves(runs: readonly string[], metrics: readonly string[]): Promise<void> {
  try {
    const points = runs.length > CROWD ? MAX_CROWD_POINTS : MAX_POINTS;
    const query = { runs: [...runs], metrics: [...metrics], points, weight: 0, system: false };
    takeCurves(runs, metrics, await loadCurves(query, inFlight?.signal));
    curveProblem.value = "";
    isConnected.value = true;
    lastAnswer.value = Date.now();
  } catch (error) {
    if (error instanceof Unreachable) isConnected.value = false;
    else curveProblem.value = String(error);
    markLoaded(runs, metrics);
  }
}

const EMPTY = new Float64Array(0);

function takeCurves(runs: readonly string[], metrics: readonly string[], loaded: readonly Curve[]): void {
  const all = new Map(curves.peek());
  for (const metric of metrics) {
    const known = new Map(all.get(metric));
    for (const run of runs) if (!known.has(run)) known.set(run, noCurve(run, metric));
    all.set(metric, known);
  }
  for (const curve of loaded) (all.get(curve.metric) as Map<string, Curve>).set(curve.run, curve);
  curves.value = all;
}

function markLoaded(runs: readonly string[], metrics: readonly string[]): void {
  takeCurves(runs, metrics, []);
}

function noCurve(run: string, metric: string): Curve {
  return { run, metric, total: 0, steps: EMPTY, times: EMPTY, values: EMPTY };
}

/** Loads the curves of runs again that are on the page. */
export function reloadCurves(runs: readonly string[]): void {
  const changed = shownRuns.peek().filter((run) => runs.includes(run));
  const metrics = [...needed.keys()];
  if (changed.length && metrics.length) void fetchCurves(changed, metrics);
}

/** Loads curves when other runs are shown. */
export function followCurves(): void {
  effect(() => {
    void shownRuns.value;
    schedule();
  });
}

/** Whether one of the shown runs is still running. */
export const isLive = computed(() => shownRuns.value.some((run) => live.value.has(run)));
