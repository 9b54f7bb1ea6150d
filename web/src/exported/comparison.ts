// Comparisons and rankings of an exported page.
import type { Value } from "../api/records";
import type { components } from "../api/schema";
import { toNumber } from "../numbers/values";
import type { Answers } from "./answers";
import { findRows } from "./rows";

type Schemas = components["schemas"];
type ComparisonPage = Schemas["ComparisonPage"];
type RankingPage = Schemas["RankingPage"];

const UNMEASURED = "Not measured: an exported page knows the importance for all its runs only.";
const SHOWN = 10;

interface Chosen {
  runs?: string[];
  where?: string[];
}

/** Returns the IDs of the runs of a query; null for all. */
function choose(answers: Answers, { runs = [], where = [] }: Chosen): Set<string> | null {
  if (runs.length) return new Set(runs);
  const text = where.join(" ").trim();
  return text ? new Set(findRows(answers.runs.rows, text).map((row) => row.id)) : null;
}

/** Returns the comparison of some of the runs. */
export function limitComparison(answers: Answers, query: Chosen & { baseline?: string }): ComparisonPage {
  const ids = choose(answers, query);
  const page = answers.comparison;
  const runs = ids ? page.runs.filter((run) => ids.has(run.id)) : page.runs;
  const base = runs.find((run) => run.id === query.baseline);
  const columns = page.columns.map((column, i) => ({
    ...column,
    differs: new Set(runs.map((run) => JSON.stringify(run.cells[i] ?? null))).size > 1,
  }));
  return {
    ...page,
    columns,
    runs: base ? runs.map((run) => ({ ...run, deltas: measureDeltas(columns, run, base) })) : runs,
    baseline: base?.id ?? "",
    sources: new Set(runs.map((run) => run.source)).size,
    changes: ids ? [] : page.changes,
  };
}

function measureDeltas(
  columns: readonly Schemas["ComparedValue"][],
  run: Schemas["ComparedRun"],
  base: Schemas["ComparedRun"],
): unknown[] {
  return columns.map((column, i) => {
    const [a, b] = [toNumber(run.cells[i] as Value), toNumber(base.cells[i] as Value)];
    if (column.kind !== "metric" || run === base || a === null || b === null) return null;
    const value = a - b;
    if (!Number.isFinite(value)) return null;
    const isLower = column.lower_is_better;
    return { value, better: isLower === null || value === 0 ? null : value < 0 === isLower };
  });
}

interface RankingQuery extends Chosen {
  metric?: string;
  direction?: string;
}

/** Returns the best runs: as Gage ranked them if all runs are wanted, else by their values. */
export function rankRuns(answers: Answers, query: RankingQuery): RankingPage {
  const { metric = "", direction = "" } = query;
  const ids = choose(answers, query);
  const known = answers.rankings.find((each) => each.metric === metric && each.direction === direction);
  if (!ids && known) return known;
  const page = limitComparison(answers, query);
  const at = page.columns.findIndex((column) => column.key === metric);
  const counted = page.runs
    .filter((run) => run.status === "completed")
    .map((run) => ({ id: run.id, name: run.name, value: toNumber(run.cells[at] as Value) }))
    .filter((run) => run.value !== null && Number.isFinite(run.value));
  const sign = direction === "min" ? 1 : -1;
  counted.sort((a, b) => sign * (a.value! - b.value!));
  const ranking = {
    total: counted.length,
    configs: counted.length,
    runs: counted.slice(0, SHOWN),
    effects: [],
    effects_note: UNMEASURED,
    no_effects: {},
    noise: null,
  };
  return { metric, direction, ranking: direction ? ranking : null, facts: {}, left_out: "" } as RankingPage;
}
