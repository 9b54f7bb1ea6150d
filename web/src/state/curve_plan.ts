// Which curves to request next. Pure: takes what is wanted and what is there.
import type { Curve } from "../api/curves";
import type { CurvesQuery } from "../api/records";

/** Curves that are shown. */
export interface Wanted {
  metrics: readonly string[];
  runs: readonly string[];
  /** Points of one series to request at most; a longer one is thinned by the server. */
  points: number;
  /** What is wanted of a thinned series besides, by metric: null for nothing. */
  detail: (metric: string) => Detail | null;
}

/** A part of a series, or its values smoothed by the server. */
export interface Detail {
  first: number | null;
  last: number | null;
  weight: number;
}

/** The state of one curve. It is fresh if the run has not changed since the curve was requested. */
export interface Entry {
  curve: Curve | null;
  /** How often the run had changed when the curve was requested; -1 if there has been no answer. */
  version: number;
  /** How many points of it were requested at most, and with how many it is to be thinned again. */
  points: number;
  limit: number;
  problem: string;
  /** A part of a thinned curve, or its smoothed values; what it is of, and for which version of the run. */
  detail: Curve | null;
  detailOf: Detail | null;
  detailVersion: number;
}

export type Entries = Map<string, Map<string, Entry>>;
export type Versions = ReadonlyMap<string, number>;

/** A request, the version of each of its runs, and the detail that it asks for (null: whole curves). */
export interface Request {
  query: CurvesQuery;
  versions: readonly number[];
  detail: Detail | null;
}

const MAX_METRICS = 6;
/** Curves of one request: a small answer is on the screen earlier. */
const MAX_CURVES = 2000;
const MAX_RUNS = 2000;

/** Returns the next request, null if everything that is wanted is there. Metrics come in the order of `wanted`. */
export function planRequest(wanted: Wanted, entries: Entries, versions: Versions): Request | null {
  return planCurves(wanted, entries, versions) ?? planDetail(wanted, entries, versions);
}

function planCurves({ metrics, runs, points }: Wanted, entries: Entries, versions: Versions): Request | null {
  let chosen: string[] = [];
  let missing: string[] = [];
  for (const metric of metrics) {
    const known = entries.get(metric);
    const stale = runs
      .filter((run) => !isFresh(known?.get(run), versions.get(run) ?? 0, points))
      .slice(0, MAX_RUNS);
    if (!stale.length) continue;
    if (!chosen.length) missing = stale;
    else if (!isSame(stale, missing)) continue;
    chosen = [...chosen, metric];
    if (chosen.length === MAX_METRICS || (chosen.length + 1) * missing.length > MAX_CURVES) break;
  }
  if (!chosen.length) return null;
  const query: CurvesQuery = { runs: missing, metrics: chosen, points };
  const parts = missing.flatMap((run) =>
    chosen.map((metric) => {
      const entry = entries.get(metric)?.get(run);
      return entry && !isCoarse(entry, points) ? entry.curve : null;
    }),
  );
  if (parts.some((curve) => curve?.total)) {
    query.known = parts.map((curve) => curve?.total ?? 0);
    query.tokens = parts.map((curve) => curve?.token ?? 0);
  }
  return { query, versions: missing.map((run) => versions.get(run) ?? 0), detail: null };
}

function planDetail(wanted: Wanted, entries: Entries, versions: Versions): Request | null {
  for (const metric of wanted.metrics) {
    const detail = wanted.detail(metric);
    if (!detail) continue;
    const known = entries.get(metric);
    const runs = wanted.runs
      .filter((run) => {
        const entry = known?.get(run);
        return entry && isThinned(entry.curve) && !hasDetail(entry, detail, versions.get(run) ?? 0);
      })
      .slice(0, MAX_RUNS);
    if (!runs.length) continue;
    const { first, last, weight } = detail;
    const query: CurvesQuery = { runs, metrics: [metric], points: wanted.points, weight };
    if (first !== null) query.first = first;
    if (last !== null) query.last = last;
    return { query, versions: runs.map((run) => versions.get(run) ?? 0), detail };
  }
  return null;
}

/** Returns whether the server left points of a curve out. */
export function isThinned(curve: Curve | null): boolean {
  return curve !== null && curve.total > curve.values.length;
}

function isFresh(entry: Entry | undefined, version: number, points: number): boolean {
  return entry !== undefined && entry.version === version && !isCoarse(entry, points);
}

/** Returns whether a thinned curve should be loaded as a whole: more points are wanted, or it grew by too many. */
function isCoarse(entry: Entry, points: number): boolean {
  return isThinned(entry.curve) && (entry.points < points || entry.curve!.values.length > entry.limit);
}

function hasDetail(
  { detailOf, detailVersion }: Entry,
  { first, last, weight }: Detail,
  version: number,
): boolean {
  if (!detailOf || detailVersion !== version) return false;
  return detailOf.first === first && detailOf.last === last && detailOf.weight === weight;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}
