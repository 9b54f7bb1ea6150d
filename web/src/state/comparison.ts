// What the screen Compare shows: the selected runs or those of the filter, their values, and the best of them.
import { computed, effect, signal, untracked } from "@preact/signals";
import { postJson, Refused } from "../api/client";
import type { Value } from "../api/records";
import type { components } from "../api/schema";
import { type AxisChoice, makeAxis, type ValueAxis } from "../numbers/axis";
import { toNumber } from "../numbers/values";
import { live } from "./listing";
import { isConnected, session } from "./session";
import { baseline, filter, readScreenSetting, screen, selected, setScreenSetting, store } from "./view";

type Schemas = components["schemas"];
export type ComparisonPage = Schemas["ComparisonPage"];
export type ComparedRun = Schemas["ComparedRun"];
export type ComparedValue = Schemas["ComparedValue"];
export type RankingPage = Schemas["RankingPage"];

/** A ranking as `gage best --json` describes it. */
export interface Ranking {
  total: number;
  configs: number;
  runs: { id: string; name: string; value: number }[];
  effects: {
    keys: string[];
    effect: number;
    low: number;
    high: number;
    p: number | null;
    best: string;
    may_be_chance: boolean;
  }[];
  effects_method: string;
  effects_note: string;
  no_effects: Record<string, string>;
  differing: Record<string, unknown[]>;
  noise: { std: number; tied: number; may_explain_all: boolean } | null;
}

export const page = signal<ComparisonPage | null>(null);
export const problem = signal<{ message: string; hint: string } | null>(null);
export const isLoading = signal(false);
export const rankingPage = signal<RankingPage | null>(null);
export const rankingProblem = signal("");

export const isGroupedBySeed = computed(() => readScreenSetting("compare.seeds") === "1");
export const columns = computed(() => page.value?.columns ?? []);
export const runs = computed(() => page.value?.runs ?? []);
export const runsById = computed(() => new Map(runs.value.map((run) => [run.id, run])));
const places = computed(() => new Map(columns.value.map((column, i) => [column.key, i])));

export const metricColumns = computed(() => columns.value.filter((each) => each.kind === "metric"));
export const configColumns = computed(() => columns.value.filter((each) => each.kind === "config"));

/** The metric by which runs are ranked and coloured. */
export const metric = computed(() => {
  const chosen = readScreenSetting("compare.metric");
  const known = metricColumns.value;
  if (known.some((each) => each.key === chosen)) return chosen;
  const first =
    known.find((each) => each.differs && each.lower_is_better !== null) ??
    known.find((each) => each.differs) ??
    known[0];
  return first?.key ?? "";
});

/** Whether low values of the metric are better; null if neither its name nor the user says so. */
export const isLowerBetter = computed<boolean | null>(() => {
  const chosen = readScreenSetting("compare.direction");
  if (chosen) return chosen === "min";
  return findDirection(metric.value);
});

export function findDirection(key: string): boolean | null {
  return columns.value.find((each) => each.key === key)?.lower_is_better ?? null;
}

/** Returns a value of a run. */
export function getValue(run: ComparedRun, key: string): Value | undefined {
  const at = places.value.get(key);
  return at === undefined ? undefined : (run.cells[at] as Value);
}

export function getNumber(run: ComparedRun, key: string): number | null {
  return toNumber(getValue(run, key));
}

export function getColumn(key: string): (Value | undefined)[] {
  return runs.value.map((run) => getValue(run, key));
}

/** Returns the axis of a column over some of the runs. Config values that span orders of magnitude are on a logarithmic scale. */
export function makeColumnAxis(
  key: string,
  choice: AxisChoice = {},
  some: readonly ComparedRun[] = runs.value,
): ValueAxis {
  const isConfig = configColumns.value.some((each) => each.key === key);
  const values = some.map((run) => getValue(run, key));
  return makeAxis(key, values, isConfig ? choice : { isLog: false, ...choice });
}

export const ranking = computed(() => (rankingPage.value?.ranking as unknown as Ranking | null) ?? null);

/** The best run that is shown. */
export const bestRun = computed(() => {
  const id = ranking.value?.runs[0]?.id;
  return id === undefined ? undefined : runsById.value.get(id);
});

/** The runs whose source, environment and output are compared. */
export const pair = computed<[string, string] | null>(() => {
  const chosen = readScreenSetting("compare.pair")
    .split(",")
    .filter((id) => runsById.value.has(id));
  if (chosen.length === 2) return [chosen[0]!, chosen[1]!];
  const ranked = ranking.value?.runs.map((each) => each.id).filter((id) => runsById.value.has(id)) ?? [];
  const base = runsById.value.has(baseline.value) ? [baseline.value] : [];
  const order = [...new Set([...chosen, ...base, ...ranked, ...runs.value.map((run) => run.id)])];
  return order.length > 1 ? [order[0]!, order[1]!] : null;
});

/** Adds a run to the pair, in place of the run that was added earlier. */
export function chooseForPair(id: string): void {
  const [first, second] = pair.peek() ?? ["", ""];
  if (id === first || id === second) return;
  setScreenSetting("compare.pair", `${second},${id}`);
}

let generation = 0;

async function load(): Promise<void> {
  const mine = ++generation;
  isLoading.value = true;
  const body = { ...query(), baseline: baseline.value, group: isGroupedBySeed.value };
  try {
    const answer = await postJson<ComparisonPage>("/api/compare", body);
    if (mine !== generation) return;
    page.value = answer;
    problem.value = null;
  } catch (error) {
    if (mine !== generation) return;
    if (error instanceof Refused) problem.value = { message: error.message, hint: error.hint };
    else isConnected.value = false;
  } finally {
    if (mine === generation) isLoading.value = false;
  }
}

/** Returns which runs are compared. */
export function query(): { store: number; runs: string[]; where: string[] } {
  const where = filter.value.trim() && !selected.value.length ? [filter.value] : [];
  return { store: store.value, runs: selected.value, where };
}

let rankings = 0;

async function loadRanking(): Promise<void> {
  const mine = ++rankings;
  const direction = isLowerBetter.value === null ? "" : isLowerBetter.value ? "min" : "max";
  const body = { ...query(), metric: metric.value, direction };
  try {
    const answer = await postJson<RankingPage>("/api/ranking", body);
    if (mine !== rankings) return;
    rankingPage.value = answer;
    rankingProblem.value = "";
  } catch (error) {
    if (mine === rankings) rankingProblem.value = error instanceof Error ? error.message : String(error);
  }
}

/** The runs that are running: when one starts or ends, the comparison is loaded again. */
const liveRuns = computed(() => [...live.value].sort().join());

let isFollowing = false;

/** Loads the comparison when the screen is shown and when what it depends on changes. */
export function followComparison(): void {
  if (isFollowing) return;
  isFollowing = true;
  effect(() => {
    if (!session.value || screen.value !== "compare") return;
    void [store.value, filter.value, selected.value, baseline.value, isGroupedBySeed.value, liveRuns.value];
    void load();
  });
  effect(() => {
    if (screen.value !== "compare" || !page.value || !metric.value) return;
    void isLowerBetter.value;
    void untracked(loadRanking); // after the comparison of a new filter, not before it as well
  });
}
