// The baseline: the run that others are compared with in the list.
import { computed, effect, signal } from "@preact/signals";
import { getJson } from "../api/client";
import type { RunRow, RunsPage, Value } from "../api/records";
import { registerRows } from "./cells";
import { type Better, requestedKeys } from "./columns";
import { rows } from "./listing";
import { baseline, store } from "./view";

const loaded = signal<RunRow | null>(null);

/** The row of the baseline, null without one. */
export const baselineRow = computed<RunRow | null>(() => {
  const id = baseline.value;
  if (id === "") return null;
  for (const row of rows.value.values()) if (row.id === id) return row;
  return loaded.value?.id === id ? loaded.value : null;
});

export function toggleBaseline(id: string): void {
  baseline.value = baseline.value === id ? "" : id;
}

export interface Delta {
  text: string;
  /** Whether the value is better than that of the baseline; null if the metric does not say, or if they are equal. */
  isBetter: boolean | null;
}

/** Returns how much a value differs from that of the baseline, null if one of them is not a finite number. */
export function compareValues(
  value: Value | undefined,
  base: Value | undefined,
  better: Better,
): Delta | null {
  if (typeof value !== "number" || typeof base !== "number") return null;
  const difference = value - base;
  if (difference === 0) return { text: "±0", isBetter: null };
  const isBetter = better === "unknown" ? null : difference < 0 === (better === "lower");
  return { text: formatDifference(value, base), isBetter };
}

function formatDifference(value: number, base: number): string {
  const difference = value - base;
  const sign = difference > 0 ? "+" : "−";
  const ratio = Math.abs(difference / base) * 100;
  if (base !== 0 && ratio >= 900 && value / base > 0) return `×${Number((value / base).toPrecision(2))}`;
  if (base === 0 || ratio >= 1000) return `${sign}${Number(Math.abs(difference).toPrecision(2))}`;
  return `${sign}${ratio < 0.1 ? "<0.1" : ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)}%`;
}

/** Loads the row of the baseline when it or the columns change: it may not be in the list. */
export function followBaseline(): void {
  effect(() => {
    if (baseline.value !== "") void load(baseline.value, requestedKeys.value);
  });
}

async function load(id: string, columns: string[]): Promise<void> {
  try {
    const query = { store: store.peek(), where: [`id = "${id.replaceAll('"', "")}"`], columns, limit: 1 };
    const page = await getJson<RunsPage>("/api/runs", query);
    registerRows(page.rows, columns);
    loaded.value = page.rows[0] ?? null;
  } catch {
    loaded.value = null; // the list says what is wrong
  }
}
