// The list of runs: pages of rows that are loaded when they are shown.
import { effect, signal, untracked } from "@preact/signals";
import { getJson, Refused } from "../api/client";
import type { FieldNames, Problem, RunRow, RunsPage } from "../api/records";
import { registerRows } from "./cells";
import { names, requestedKeys } from "./columns";
import { isConnected, lastAnswer, session } from "./session";
import { filter, sort, store } from "./view";

export const PAGE_ROWS = 100;
const NAMES_PAUSE_MS = 10_000;

export const total = signal(0);
/** Loaded rows by their place in the list. */
export const rows = signal<ReadonlyMap<number, RunRow>>(new Map());
export const problem = signal<Problem | null>(null);
export const ambiguity = signal<Problem | null>(null);
export const isLoading = signal(false);
/** Whether the rows still match an earlier filter, because the current one is invalid or matches no run. */
export const isStale = signal(false);
/** Whether the server refused the last request, so that the page does not know which runs match. */
export const isRefused = signal(false);
/** The filter that the rows match. The server may not have answered the current filter yet. */
export const shownFilter = signal("");
/** Whether the server has answered with rows. */
export const isLoaded = signal(false);
/** IDs of the runs that have not ended. */
export const live = signal<ReadonlySet<string>>(new Set());
/** Grows when the list shows other runs or another order; the list then starts at its top again. */
export const listVersion = signal(0);

let generation = 0;
let requested = new Set<number>();
let visible: [first: number, end: number] = [0, 1];
let loadedVersion = -1;
let namesLoaded = 0;
let namesTimer = 0;

/** Loads the names of values. */
export async function loadNames(): Promise<void> {
  namesLoaded = Date.now();
  names.value = await getJson<FieldNames>("/api/fields", { store: store.value });
}

/** Loads the names of values again, at most once in ten seconds. */
export function reloadNames(): void {
  if (namesTimer) return;
  const pause = Math.max(namesLoaded + NAMES_PAUSE_MS - Date.now(), 0);
  namesTimer = window.setTimeout(() => {
    namesTimer = 0;
    loadNames().catch(takeError);
  }, pause);
}

/** Loads the rows from `first` to before `end` that are missing. */
export function needRows(first: number, end: number): void {
  visible = [first, Math.max(end, first + 1)];
  for (const page of listPages()) {
    if (requested.has(page)) continue;
    requested.add(page);
    void loadPage(page, generation);
  }
}

function listPages(): number[] {
  const first = Math.floor(visible[0] / PAGE_ROWS);
  const last = Math.floor((visible[1] - 1) / PAGE_ROWS);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Loads the visible rows again. All rows stay until new ones arrive. */
export function reloadRows(): void {
  generation += 1;
  requested = new Set(listPages());
  for (const page of requested) void loadPage(page, generation);
}

async function loadPage(page: number, mine: number): Promise<void> {
  isLoading.value = true;
  const columns = requestedKeys.value;
  const where = filter.value.trim();
  try {
    const answer = await getJson<RunsPage>("/api/runs", {
      store: store.value,
      where: where ? [where] : [],
      sort: sort.value,
      columns,
      first: page * PAGE_ROWS,
      limit: PAGE_ROWS,
    });
    registerRows(answer.rows, columns);
    if (mine === generation) takePage(answer, where);
  } catch (error) {
    if (mine !== generation) return;
    requested.delete(page);
    takeError(error);
  } finally {
    if (mine === generation) isLoading.value = false;
  }
}

function takePage(answer: RunsPage, where: string): void {
  isRefused.value = false;
  isStale.value = answer.problem != null && answer.total === 0 && rows.value.size > 0;
  if (isStale.value) loadedVersion = -1;
  else {
    takeRows(answer);
    shownFilter.value = where;
  }
  problem.value = answer.problem ?? null;
  ambiguity.value = answer.ambiguity ?? null;
  isLoaded.value = true;
  isConnected.value = true;
  lastAnswer.value = Date.now();
}

function takeRows(answer: RunsPage): void {
  const known = new Map(loadedVersion === listVersion.value ? rows.value : []);
  loadedVersion = listVersion.value;
  for (const [i, row] of answer.rows.entries()) known.set(answer.first + i, row);
  for (const at of known.keys()) if (at >= answer.total) known.delete(at);
  total.value = answer.total;
  rows.value = known;
}

function takeError(error: unknown): void {
  if (error instanceof Refused) {
    problem.value = { message: error.message, hint: error.hint };
    isStale.value = rows.value.size > 0;
    isRefused.value = true;
  } else isConnected.value = false;
}

/** Loads the list again when filter, order or columns change. */
export function followListing(): void {
  effect(() => {
    if (!session.value) return;
    void [store.value, filter.value, sort.value];
    listVersion.value = listVersion.peek() + 1;
    visible = [0, 1];
  });
  effect(() => {
    if (!session.value) return;
    void [listVersion.value, requestedKeys.value];
    untracked(reloadRows);
  });
}
