// Which of the shown runs belong together: groups that differ in their seed only, and runs that restart others.
import { computed, effect, signal } from "@preact/signals";
import { post } from "../api/client";
import type { RelatedRuns } from "../api/records";
import { shownRuns } from "./selection";
import { isStitched } from "./view";

const MAX_RUNS = 2000;

export const related = signal<RelatedRuns>({ groups: [], chains: [] });

/** The runs that a run goes on from, the oldest first and itself last. */
export const chainOf = computed(() => {
  if (!isStitched.value) return new Map<string, readonly string[]>();
  return new Map<string, readonly string[]>(related.value.chains.map(({ runs }) => [runs.at(-1)!, runs]));
});

/** Whether there are runs that differ in their seed only. */
export const hasSeeds = computed(() => related.value.groups.some((group) => group.runs.length > 1));

/** The shown runs, and those that they go on from. */
export const curveRuns = computed(() => {
  const runs = new Set(shownRuns.value);
  for (const run of shownRuns.value) for (const other of chainOf.value.get(run) ?? []) runs.add(other);
  return [...runs];
});

/** Asks the server whenever other runs are shown. An answer that comes too late is not taken. */
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
    const answer = await post("/api/groups", { runs }, signal);
    const found = (await answer.json()) as RelatedRuns;
    if (!signal.aborted) related.value = found;
  } catch {
    // curves are shown without groups
  }
}
