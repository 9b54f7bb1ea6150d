// The run that keys act on, and the runs that are picked for changes.
import { computed, signal } from "@preact/signals";
import type { RunRow } from "../api/records";
import { rows, total } from "./listing";
import { isPhone } from "./settings";
import { hoveredRun, isRunWhole, openRun, picked, screen } from "./view";

/** The place in the list of the run that keys act on, -1 for none. */
export const activeRow = signal(-1);
/** The number of the column that keys act on, -1 for none. */
export const activeColumn = signal(-1);
let anchor = -1;

export const activeRun = computed<RunRow | null>(() => rows.value.get(activeRow.value) ?? null);
export const pickedSet = computed(() => new Set(picked.value));

/** Moves to a row, `by` rows from the present one. */
export function moveActive(by: number): void {
  const start = activeRow.value < 0 ? (by > 0 ? -1 : 0) : activeRow.value;
  setActive(start + by);
}

/** Moves to another column of the row. */
export function moveActiveColumn(by: number, count: number): void {
  activeColumn.value = Math.min(Math.max(activeColumn.value + by, -1), count - 1);
}

export function setActive(at: number): void {
  activeRow.value = total.value ? Math.min(Math.max(at, 0), total.value - 1) : -1;
  hoveredRun.value = activeRun.value?.id ?? "";
}

/** Whether the list can be seen: keys do not act on runs that cannot. */
export const isListShown = computed(() => {
  if (openRun.value && isRunWhole.value) return false;
  return screen.value === "table" || (!isPhone.value && ["charts", "compare"].includes(screen.value));
});

/** The runs that a change is for: the picked ones, else the one that keys act on; the run that has the whole page. */
export function listTargets(): string[] {
  if (openRun.value && isRunWhole.value) return [openRun.value];
  if (!isListShown.value) return [];
  if (picked.value.length) return picked.value;
  return activeRun.value ? [activeRun.value.id] : [];
}

/** Picks the run in a row, or no longer. `isRange`: all from the one picked before to this one. */
export function togglePicked(at: number, isRange = false): void {
  const row = rows.value.get(at);
  if (!row) return;
  if (isRange && anchor >= 0) pickRange(Math.min(anchor, at), Math.max(anchor, at));
  else if (pickedSet.value.has(row.id)) picked.value = picked.value.filter((id) => id !== row.id);
  else picked.value = [...picked.value, row.id];
  anchor = at;
}

function pickRange(first: number, last: number): void {
  const ids = new Set(picked.value);
  for (let at = first; at <= last; at++) {
    const row = rows.value.get(at);
    if (row) ids.add(row.id);
  }
  picked.value = [...ids];
}

/** Picks all rows that are loaded, or none if all are. */
export function togglePickedAll(): void {
  const ids = [...rows.value.values()].map((row) => row.id);
  picked.value = ids.every((id) => pickedSet.value.has(id)) ? [] : ids;
}
