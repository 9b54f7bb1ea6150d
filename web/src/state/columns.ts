// The columns of the list: which ones the list shows, their order, colours and widths. Their order is in the address, their
// widths are in the browser's storage.
import { computed, signal } from "@preact/signals";
import type { FieldNames, MetricField } from "../api/records";
import { isSeedName } from "../numbers/seeds";
import { quoteName } from "./filterText";
import { listWidth, loadSetting, saveSetting, windowWidth } from "./settings";
import { baseline, chosenColumns, coloredColumns, pinnedColumns, screen } from "./view";

export type ColumnKind = "config" | "metric" | "attribute" | "run" | "curve";
export type Reducer = "last" | "min" | "max" | "mean" | "first";
export type Better = MetricField["better"];

export const REDUCERS: readonly Reducer[] = ["last", "min", "max", "mean", "first"];
const COMPUTED = /^(min|max|mean|first|curve)\((.+)\)$/s;
const PREFIX = /^(config|metric|attr|attribute|run)\.(.+)$/s;
/** The width of the checkbox, colour, status, name and age of a row. */
const FIXED_WIDTH = 250;
const MOST_DEFAULTS = 10;
const WIDTHS: Record<ColumnKind, number> = { config: 68, metric: 84, attribute: 100, run: 110, curve: 120 };
/** The additional width of a metric for its difference to the baseline. */
const DELTA_WIDTH = 60;
const MIN_WIDTH = 44;
const MAX_WIDTH = 900;

/** A column. `key` names it in the address and in requests, `name` in filters and orders. */
export interface Column {
  key: string;
  kind: ColumnKind;
  title: string;
  name: string;
  /** The metric of a metric's column or curve, "" for others. */
  metric: string;
  reducer: Reducer;
  better: Better;
  /** The type of a value of the run itself, "" for others. */
  type: string;
}

export const names = signal<FieldNames>({
  config: [],
  metrics: [],
  attributes: [],
  run: [],
  main_metrics: [],
});

const metricsByName = computed(() => new Map(names.value.metrics.map((each) => [each.name, each])));
const configNames = computed(() => new Set(names.value.config.map((each) => each.name)));
const attributeNames = computed(() => new Set(names.value.attributes.map((each) => each.name)));
const runColumns = computed(() => new Map(names.value.run.map((each) => [each.name, each])));

/** Returns the metric with a name. */
export function findMetric(name: string): MetricField | undefined {
  return metricsByName.value.get(name);
}

/** Returns the key of a column with a value, with its kind if the name alone means another value as well. */
export function keyOf(kind: ColumnKind, name: string, reducer: Reducer = "last"): string {
  if (kind === "run") return name;
  if (kind === "curve") return `curve(${name})`;
  if (kind === "metric" && reducer !== "last") return `${reducer}(${quoteName(name)})`;
  const places = [configNames.value, metricsByName.value, attributeNames.value].filter((each) =>
    each.has(name),
  );
  const isAmbiguous = places.length > 1 || runColumns.value.has(name) || COMPUTED.test(name);
  return isAmbiguous ? `${kind === "attribute" ? "attr" : kind}.${name}` : name;
}

/** Returns the column with a key, whether or not a run has such a value. */
export function describeColumn(key: string): Column {
  const column = readKey(key);
  const needsKind = key.includes("`") && key === column.title && column.kind !== "run";
  return needsKind ? { ...column, name: quoteName(`${column.kind}.${key}`) } : column;
}

function readKey(key: string): Column {
  const own = runColumns.value.get(key);
  const plain = { key, title: key, name: quoteName(key), metric: "", reducer: "last", type: "" } as const;
  if (own) return { ...plain, kind: "run", title: own.title, type: own.type, better: "unknown" };
  if (metricsByName.value.has(key) && !configNames.value.has(key)) return ofMetric(plain, key);
  if (configNames.value.has(key)) return { ...plain, kind: "config", better: "unknown" };
  if (attributeNames.value.has(key)) return { ...plain, kind: "attribute", better: "unknown" };
  const computed = COMPUTED.exec(key);
  if (computed?.[1] === "curve") {
    const metric = computed[2]!;
    return { ...ofMetric(plain, metric), kind: "curve", title: metric, name: quoteName(metric) };
  }
  if (computed) {
    const metric = unquote(computed[2]!);
    const reducer = computed[1] as Reducer;
    return { ...ofMetric(plain, metric), name: key, title: `${metric} ${reducer}`, reducer };
  }
  const [, kind, name] = PREFIX.exec(key) ?? ["", "config", key];
  if (kind === "metric") return ofMetric(plain, name!);
  return { ...plain, kind: kind === "config" ? "config" : "attribute", better: "unknown" };
}

type Plain = Omit<Column, "kind" | "better">;

function ofMetric(plain: Plain, metric: string): Column {
  const title = plain.title.replace(/^metric\./, "");
  return { ...plain, title, kind: "metric", metric, better: findMetric(metric)?.better ?? "unknown" };
}

function unquote(name: string): string {
  return /^([`'])(.*)\1$/s.exec(name)?.[2] ?? name;
}

/** The names of metrics, the main ones first. */
const rankedMetrics = computed(() => {
  const main = names.value.main_metrics;
  return [...main, ...names.value.metrics.map((each) => each.name).filter((name) => !main.includes(name))];
});

/** The keys of the columns that the page chooses: as many config values that differ (seeds last) and main metrics, by
 * turns, as the list has room for. */
export const defaultColumns = computed(() => {
  const differing = names.value.config.filter((each) => each.differs);
  const config = differing.toSorted((a, b) => Number(isSeedName(a.name)) - Number(isSeedName(b.name)));
  const left: string[] = [];
  const right: string[] = [];
  let free = (screen.value === "table" ? windowWidth.value : listWidth.value) - FIXED_WIDTH;
  for (let i = 0; i < MOST_DEFAULTS; i++) {
    const [one, metric] = [config[i], rankedMetrics.value[i]];
    free -= one ? WIDTHS.config : 0;
    if (one && free >= 0) left.push(keyOf("config", one.name));
    free -= metric ? WIDTHS.metric : 0;
    if (metric && (free >= 0 || i === 0)) right.push(keyOf("metric", metric));
  }
  return [...left, ...right];
});

/** The columns in the order of the list: pinned ones first. */
export const columns = computed<Column[]>(() => {
  const keys = chosenColumns.value.length ? chosenColumns.value : defaultColumns.value;
  const pinned = pinnedColumns.value.filter((key) => keys.includes(key));
  return [...new Set([...pinned, ...keys])].map(describeColumn);
});

/** The number of columns at the start that do not scroll. */
export const pinnedCount = computed(
  () => columns.value.filter((column) => pinnedColumns.value.includes(column.key)).length,
);

const requestedText = computed(() =>
  JSON.stringify(columns.value.filter((column) => column.kind !== "curve").map((column) => column.key)),
);

/** The keys of the columns that requests for rows name; curves have requests of their own. It is the same array as long
 * as the keys are the same. */
export const requestedKeys = computed(() => JSON.parse(requestedText.value) as string[]);

const MAX_COLUMNS = 200;

function choose(keys: readonly string[]): void {
  chosenColumns.value = [...new Set(keys)].slice(0, MAX_COLUMNS);
}

function shownKeys(): string[] {
  return columns.value.map((column) => column.key);
}

export function addColumn(key: string): void {
  choose([...shownKeys(), key]);
}

export function hideColumn(key: string): void {
  const rest = shownKeys().filter((each) => each !== key);
  pinnedColumns.value = pinnedColumns.value.filter((each) => each !== key);
  choose(rest.length ? rest : ["status"]);
}

export function replaceColumn(key: string, other: string): void {
  pinnedColumns.value = pinnedColumns.value.map((each) => (each === key ? other : each));
  coloredColumns.value = coloredColumns.value.map((each) => (each === key ? other : each));
  choose(shownKeys().map((each) => (each === key ? other : each)));
}

/** Puts a column before another one, at the end for "". A column that lands among pinned ones is pinned. */
export function moveColumn(key: string, before: string): void {
  if (key === before) return;
  const rest = shownKeys().filter((each) => each !== key);
  const at = before === "" ? rest.length : rest.indexOf(before);
  const isPinned = pinnedColumns.value.includes(before);
  pinnedColumns.value = pinnedColumns.value.filter((each) => each !== key);
  const order = [...rest.slice(0, at), key, ...rest.slice(at)];
  if (isPinned) {
    const pinned = new Set([...pinnedColumns.value, key]);
    pinnedColumns.value = order.filter((each) => pinned.has(each));
  }
  choose(order);
}

/** Moves a column by one place. */
export function shiftColumn(key: string, by: -1 | 1): void {
  const keys = shownKeys();
  const at = keys.indexOf(key);
  const to = at + by;
  if (at < 0 || to < 0 || to >= keys.length) return;
  keys.splice(to, 0, ...keys.splice(at, 1));
  pinnedColumns.value = keys.filter((each) => pinnedColumns.value.includes(each));
  choose(keys);
}

export function togglePinned(key: string): void {
  toggle(pinnedColumns, key);
}

export function toggleColored(key: string): void {
  toggle(coloredColumns, key);
}

function toggle(list: typeof pinnedColumns, key: string): void {
  const now = list.value;
  list.value = now.includes(key) ? now.filter((each) => each !== key) : [...now, key];
}

/** Shows the columns that the page chooses. */
export function resetColumns(): void {
  chosenColumns.value = [];
  pinnedColumns.value = [];
  coloredColumns.value = [];
}

type Widths = Record<string, number>;

function loadWidths(): Widths {
  try {
    const found = JSON.parse(loadSetting("column-widths", "{}")) as unknown;
    return found && typeof found === "object" ? (found as Widths) : {};
  } catch {
    return {};
  }
}

const widths = signal<Widths>(loadWidths());

/** Returns the width of a column in pixels; of the column of names, 0 if the user did not choose one. */
export function widthOf(key: string, kind?: ColumnKind): number {
  const width = widths.value[key];
  if (typeof width === "number") return width;
  return kind ? WIDTHS[kind] + (kind === "metric" && baseline.value ? DELTA_WIDTH : 0) : 0;
}

export function setWidth(key: string, width: number): void {
  widths.value = { ...widths.value, [key]: Math.round(Math.min(Math.max(width, MIN_WIDTH), MAX_WIDTH)) };
  saveSetting("column-widths", JSON.stringify(widths.value));
}
