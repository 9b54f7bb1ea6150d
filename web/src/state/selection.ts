// Which runs have curves: those that the user selected, else the first ones of the list.
import { computed } from "@preact/signals";
import type { RunRow } from "../api/records";
import { rows } from "./listing";
import { SHOWN_RUNS, selected } from "./view";

export const shownRuns = computed<string[]>(() => {
  if (selected.value.length) return selected.value;
  const first: string[] = [];
  for (let i = 0; i < rows.value.size && first.length < SHOWN_RUNS; i++) {
    const row = rows.value.get(i);
    if (row && !row.trials) first.push(row.id);
  }
  return first;
});

export const shownSet = computed(() => new Set(shownRuns.value));

/** The loaded rows by ID. */
export const rowsById = computed(
  () => new Map<string, RunRow>([...rows.value.values()].map((row) => [row.id, row])),
);

/** Selects a run, or removes it from the selection. */
export function toggleRun(id: string): void {
  const now = selected.value.length ? selected.value : shownRuns.value;
  selected.value = now.includes(id) ? now.filter((each) => each !== id) : [...now, id];
}
