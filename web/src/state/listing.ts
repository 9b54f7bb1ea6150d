// The list of runs: pages of rows that are loaded when they are shown.
import { computed, effect, signal } from "@preact/signals";
import { getJson, Refused } from "../api/client";
import type { Problem, RunRow, RunsPage, FieldNames } from "../api/records";
import { isConnected, lastAnswer, session } from "./session";
import { chosenColumns, filter, sort, store } from "./view";

export const PAGE_ROWS = 100;
const MAX_CONFIG_COLUMNS = 3;
const MAX_METRIC_COLUMNS = 2;

export const names = signal<FieldNames>({ config: [], metrics: [], attributes: [], run: [] });
export const total = signal(0);
/** Loaded rows by their place in the list. */
export const rows = signal<ReadonlyMap<number, RunRow>>(new Map());
export const problem = signal<Problem | null>(null);
export const ambiguity = signal<Problem | null>(null);
export const isLoading = signal(false);
/** IDs of the runs that have not ended. */
export const live = signal<ReadonlySet<string>>(new Set());

/** The columns: those that the user chose, else the config values that differ and the first metrics. */
export const columns = computed(() => {
  if (chosenColumns.value.length) return chosenColumns.value;
  const config = names.value.config.filter((each) => each.differs).slice(0, MAX_CONFIG_COLUMNS);
  const metrics = names.value.metrics.slice(0, MAX_METRIC_COLUMNS);
  return [...config, ...metrics].map((each) => each.name);
});

/** The names of metrics; the values of such columns have a direction. */
export const metricNames = computed(() => new Set(names.value.metrics.map((each) => each.name)));

let generation = 0;
let requested = new Set<number>();

/** Loads the names of values. */
export async function loadNames(): Promise<void> {
  names.value = await getJson<FieldNames>("/api/fields", { store: store.value });
}

/** Loads the rows from `first` to before `end` that are missing. */
export function needRows(first: number, end: number): void {
  const last = Math.max(Math.ceil(end / PAGE_ROWS), Math.floor(first / PAGE_ROWS) + 1);
  for (let page = Math.floor(first / PAGE_ROWS); page < last; page++) {
    if (requested.has(page)) continue;
    requested.add(page);
    void loadPage(page, generation);
  }
}

/** Loads the rows again that are loaded; they stay until the new ones arrive. */
export function reloadRows(): void {
  const pages = requested.size ? [...requested] : [0];
  requested = new Set(pages);
  generation += 1;
  for (const page of pages.sort((a, b) => a - b).slice(0, 5)) void loadPage(page, generation);
  requested = new Set(pages.slice(0, 5));
}

async function loadPage(page: number, mine: number): Promise<void> {
  isLoading.value = true;
  try {
    const answer = await getJson<RunsPage>("/api/runs", {
      store: store.value,
      where: filter.value.trim() ? [filter.value] : [],
      sort: sort.value,
      columns: columns.value,
      first: page * PAGE_ROWS,
      limit: PAGE_ROWS,
    });
    if (mine !== generation) return;
    takePage(answer);
  } catch (error) {
    if (mine === generation) takeError(error);
  } finally {
    if (mine === generation) isLoading.value = false;
  }
}

function takePage(answer: RunsPage): void {
  const known = new Map(answer.total === total.value ? rows.value : []);
  for (const [i, row] of answer.rows.entries()) known.set(answer.first + i, row);
  total.value = answer.total;
  rows.value = known;
  problem.value = answer.problem ?? null;
  ambiguity.value = answer.ambiguity ?? null;
  isConnected.value = true;
  lastAnswer.value = Date.now();
}

function takeError(error: unknown): void {
  if (error instanceof Refused) problem.value = { message: error.message, hint: error.hint };
  else isConnected.value = false;
}

/** Loads the list again when filter, order or columns change. */
export function followListing(): void {
  effect(() => {
    if (!session.value) return;
    void [store.value, filter.value, sort.value, columns.value];
    generation += 1;
    requested = new Set([0]);
    void loadPage(0, generation);
  });
}
