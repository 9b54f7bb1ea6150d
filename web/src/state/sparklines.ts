// Small curves of a column, loaded when their rows are visible.
import { signal } from "@preact/signals";
import { postJson } from "../api/client";
import type { Sparkline, Sparklines } from "../api/records";

const PAUSE_MS = 60;
const MAX_RUNS = 100;

/** Curves by metric and run; null while one is loaded, or if the run has none. */
export const sparklines = signal<ReadonlyMap<string, Sparkline | null>>(new Map());

const wanted = new Map<string, Set<string>>();
let timer = 0;

export function sparklineKey(metric: string, run: string): string {
  return `${metric}\0${run}`;
}

/** Loads the curve of a run soon, together with others. */
export function needSparkline(metric: string, run: string): void {
  if (sparklines.peek().has(sparklineKey(metric, run))) return;
  const runs = wanted.get(metric) ?? new Set();
  wanted.set(metric, runs.add(run));
  if (timer === 0) timer = window.setTimeout(loadWanted, PAUSE_MS);
}

function loadWanted(): void {
  timer = 0;
  for (const [metric, runs] of wanted) {
    const ids = [...runs].slice(-MAX_RUNS); // the latest ones: others were scrolled past
    take(ids.map((run) => [sparklineKey(metric, run), null]));
    void load(metric, ids);
  }
  wanted.clear();
}

async function load(metric: string, runs: string[]): Promise<void> {
  try {
    const answer = await postJson<Sparklines>("/api/sparklines", { runs, metric });
    take(answer.curves.map((curve) => [sparklineKey(metric, curve.run), curve]));
  } catch {
    const rest = new Map(sparklines.peek());
    for (const run of runs) rest.delete(sparklineKey(metric, run));
    sparklines.value = rest; // tried again when a row is drawn again
  }
}

function take(entries: [string, Sparkline | null][]): void {
  sparklines.value = new Map([...sparklines.peek(), ...entries]);
}

/** Reloads the loaded curves of runs that have new points. The old curves stay until the new ones arrive. */
export function reloadSparklines(runs: readonly string[]): void {
  const changed = new Set(runs);
  const byMetric = new Map<string, string[]>();
  for (const key of sparklines.peek().keys()) {
    const [metric, run] = key.split("\0") as [string, string];
    if (changed.has(run)) byMetric.set(metric, [...(byMetric.get(metric) ?? []), run]);
  }
  for (const [metric, ids] of byMetric) void load(metric, ids.slice(0, MAX_RUNS));
}
