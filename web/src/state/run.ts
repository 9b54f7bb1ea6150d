// The run that is open: its metadata, loaded again when it changes.
import { computed, effect, signal } from "@preact/signals";
import { getJson, Refused, Unreachable } from "../api/client";
import type { RunPage, Value } from "../api/records";
import { live } from "./listing";
import { isRunWhole, openRun, runTab } from "./view";

export interface RunMetric {
  last: number | string;
  min: number | string | null;
  max: number | string | null;
  mean: number | string | null;
  points: number;
}

export interface RunComment {
  id: string;
  author: string;
  time: string;
  text: string;
}

/** What `gage show --json` tells about a run. */
export interface RunFacts {
  id: string;
  name: string;
  operation: string;
  status: string;
  reason: string;
  label: string;
  tags: string[];
  config: Record<string, Value>;
  metrics: Record<string, RunMetric>;
  attributes: Record<string, unknown>;
  comments: RunComment[];
  parent: string;
  relation: string;
  [name: string]: unknown;
}

const FAILED: readonly string[] = ["error", "terminated", "damaged"];
const NARROW = matchMedia("(max-width: 899px)");

export const runPage = signal<RunPage | null>(null);
/** Why the open run cannot be shown. `isGone`: it no longer exists. */
export const runProblem = signal<{ message: string; isGone: boolean } | null>(null);
export const isNarrow = signal(NARROW.matches);
NARROW.addEventListener("change", () => {
  isNarrow.value = NARROW.matches;
});

export const runFacts = computed<RunFacts | null>(() =>
  runPage.value ? (runPage.value.run as unknown as RunFacts) : null,
);
export const isWhole = computed(() => isRunWhole.value && !isNarrow.value);
export const isRunLive = computed(() => live.value.has(openRun.value));

/** The tab that is shown: the one that the user chose, for a failed run its output, else what fits the space. */
export const shownTab = computed(() => {
  if (runTab.value && !(isWhole.value && runTab.value === "overview")) return runTab.value;
  const status = runFacts.value?.status;
  if (!runTab.value && status && FAILED.includes(status)) return "output";
  return isWhole.value ? "curves" : "overview";
});

let inFlight: AbortController | null = null;

async function loadRun(id: string): Promise<void> {
  inFlight?.abort();
  inFlight = new AbortController();
  const { signal: abort } = inFlight;
  try {
    const page = await getJson<RunPage>(`/api/runs/${id}`, {}, abort);
    if (abort.aborted) return;
    runPage.value = page;
    runProblem.value = null;
  } catch (error) {
    if (abort.aborted) return;
    const isGone = error instanceof Refused && error.status === 404;
    if (error instanceof Unreachable && runPage.value) return;
    runProblem.value = { message: (error as Error).message, isGone };
  }
}

/** Loads a run whenever another one is opened. */
export function followOpenRun(): () => void {
  return effect(() => {
    const id = openRun.value;
    if (runPage.peek()?.run.id !== id) {
      runPage.value = null;
      runProblem.value = null;
    }
    if (id) void loadRun(id);
  });
}

/** Loads the open run again if it is among the changed ones. */
export function reloadRun(): void {
  if (openRun.value) void loadRun(openRun.value);
}
