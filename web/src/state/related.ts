// Which of the shown runs belong together: groups that differ in their seed only, and runs that restart others.
import { computed, effect, signal } from "@preact/signals";
import { postJson } from "../api/client";
import type { RelatedRuns } from "../api/records";
import { shownRuns } from "./selection";
import { isStitched } from "./view";

const MAX_RUNS = 2000;

export const related = signal<RelatedRuns>({ groups: [], chains: [] });

/** For each run that restarts or resumes another one: its chain of earlier runs, oldest first, and itself last. */
export const chainOf = computed(() => {
  if (!isStitched.value) return new Map<string, readonly string[]>();
  return new Map<string, readonly string[]>(related.value.chains.map(({ runs }) => [runs.at(-1)!, runs]));
});

/** Whether there are runs that differ in their seed only. */
export const hasSeeds = computed(() => related.value.groups.some((group) => group.runs.length > 1));

/** The shown runs, and the earlier runs of their chains. */
export const curveRuns = computed(() => {
  const runs = new Set(shownRuns.value);
  for (const run of shownRuns.value) for (const other of chainOf.value.get(run) ?? []) runs.add(other);
  return [...runs];
});

/** Loads the groups and chains when the shown runs change. Ignores answers for runs that were shown before. */
export function followRelatedRuns(): void {
  let abort = new AbortController();
  let before = "";
  effect(() => {
    const runs = shownRuns.value.slice(0, MAX_RUNS);
    const key = runs.join();
    if (key === before) return;
    before = key;
    abort.abort();
    abort = new AbortController();
    if (runs.length) void load(runs, abort.signal);
    else related.value = { groups: [], chains: [] };
  });
}

async function load(runs: readonly string[], signal: AbortSignal): Promise<void> {
  try {
    const found = await postJson<RelatedRuns>("/api/groups", { runs }, signal);
    if (!signal.aborted) related.value = found;
  } catch {
    // curves are shown without groups
  }
}
