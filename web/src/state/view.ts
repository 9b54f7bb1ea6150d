// What the page shows: the filter, the order, the columns, the selection, the settings of charts. All of it is in the
// address; the theme and widths are in the browser's storage.
import { batch, computed, effect, signal } from "@preact/signals";
import { BAND_KINDS, type BandKind } from "../numbers/aggregate";
import type { Range } from "../numbers/scale";
import { type AddressState, formatAddress, parseAddress } from "./address";

export type Screen = "charts" | "table" | "compare" | "media" | "boards";
/** What x is: a step, a time, or the value of a metric. */
export type Axis = "step" | "time" | "relative" | `metric:${string}`;
export type Smoothing = "ema" | "time" | "gaussian" | "mean";

export const SCREENS: readonly Screen[] = ["charts", "table", "compare", "media", "boards"];
export const AXES: readonly Axis[] = ["step", "relative", "time"];
export const SMOOTHINGS: readonly Smoothing[] = ["ema", "time", "gaussian", "mean"];
/** Runs with curves when nothing is selected. */
export const SHOWN_RUNS = 10;

export const screen = signal<Screen>("charts");
export const store = signal(0);
export const filter = signal("");
export const sort = signal<string[]>([]);
/** Columns that the user chose; empty: those that the page chooses. */
export const chosenColumns = signal<string[]>([]);
/** Columns that stay when the list is scrolled sideways. */
export const pinnedColumns = signal<string[]>([]);
/** Columns whose cells are coloured by their values. */
export const coloredColumns = signal<string[]>([]);
/** IDs of the runs that actions are for, such as a tag. */
export const picked = signal<string[]>([]);
/** IDs of the runs that the user chose to have curves; empty: the first ones of the list. */
export const selected = signal<string[]>([]);
export const baseline = signal("");
export const openRun = signal("");
/** The tab of the open run; "": the one that the page chooses. */
export const runTab = signal("");
/** The open run has the whole page, not only the drawer. */
export const isRunWhole = signal(false);
/** What is open in a tab: a file, a line of the output (from 1; 0: none), the run that it is compared with. */
export const openPath = signal("");
export const openLine = signal(0);
export const otherRun = signal("");
/** The media screen: its step (-1: the last one), kind and search. */
export const mediaStep = signal(-1);
export const mediaKind = signal("");
export const mediaSearch = signal("");
export const metricSearch = signal("");
export const pinnedMetrics = signal<string[]>([]);
export const axis = signal<Axis>("step");
export const smoothing = signal<Smoothing>("ema");
/** Strength of smoothing, from 0 (none) to below 1. */
export const smoothWeight = signal(0);
export const isLogX = signal(false);
export const isLogY = signal(false);
export const clipsOutliers = signal(false);
/** Joins runs that differ in their seed only into one line with a band. */
export const isGrouped = signal(false);
export const bandKind = signal<BandKind>("std");
/** Draws a run and those that it restarts or resumes as one line. */
export const isStitched = signal(true);
/** The range of x that all panels show; null for everything. */
export const zoom = signal<Range | null>(null);

/** Settings of the screens compare and boards: their names start with the name of the screen and a dot. */
export const screenSettings = signal<Readonly<Record<string, string>>>({});

/** The run that the pointer is on, in whichever panel. */
export const hoveredRun = signal("");

function pick<T extends string>(text: string | string[] | undefined, choices: readonly T[], otherwise: T): T {
  return choices.find((choice) => choice === text) ?? otherwise;
}

function one(value: string | string[] | undefined): string {
  return typeof value === "string" ? value : (value?.[0] ?? "");
}

function many(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}

/** Returns a setting of a screen, "" if it has its initial value. */
export function readScreenSetting(name: string): string {
  return screenSettings.value[name] ?? "";
}

/** Sets a setting of a screen; "" for its initial value. */
export function setScreenSetting(name: string, value: string): void {
  screenSettings.value = { ...screenSettings.peek(), [name]: value };
}

function readAxis(text: string): Axis {
  return text.startsWith("metric:") ? (text as Axis) : pick(text, AXES, "step");
}

function readZoom(text: string): Range | null {
  const [low, high] = text.split(",").map(Number);
  return low !== undefined && high !== undefined && low < high ? { low, high } : null;
}

/** Takes the state of an address over. */
export function readAddress(hash: string): void {
  const state = parseAddress(hash);
  screen.value = pick(state.screen, SCREENS, "charts");
  store.value = Math.max(Number.parseInt(one(state.store), 10) || 0, 0);
  filter.value = one(state.where);
  sort.value = many(state.sort);
  chosenColumns.value = many(state.column);
  pinnedColumns.value = many(state.fixed);
  coloredColumns.value = many(state.color);
  picked.value = one(state.picked).split(",").filter(Boolean);
  selected.value = one(state.runs).split(",").filter(Boolean);
  baseline.value = one(state.baseline);
  openRun.value = one(state.run);
  runTab.value = one(state.tab);
  isRunWhole.value = state.whole === "1";
  openPath.value = one(state.path);
  openLine.value = Math.max(Number.parseInt(one(state.line), 10) || 0, 0);
  otherRun.value = one(state.other);
  const step = Number.parseInt(one(state.step), 10);
  mediaStep.value = Number.isNaN(step) ? -1 : step;
  mediaKind.value = one(state.kind);
  mediaSearch.value = one(state.media);
  metricSearch.value = one(state.metrics);
  pinnedMetrics.value = many(state.pin);
  axis.value = readAxis(one(state.x));
  smoothing.value = pick(state.smoothing, SMOOTHINGS, "ema");
  const weight = Number.parseFloat(one(state.weight));
  smoothWeight.value = weight > 0 && weight < 1 ? weight : 0;
  isLogX.value = state.logx === "1";
  isLogY.value = state.logy === "1";
  clipsOutliers.value = state.clip === "1";
  isGrouped.value = state.group === "1";
  screenSettings.value = Object.fromEntries(
    Object.keys(state)
      .filter((name) => name.startsWith("compare.") || name.startsWith("boards."))
      .map((name) => [name, one(state[name])]),
  );
  bandKind.value = pick(state.band, BAND_KINDS, "std");
  isStitched.value = state.stitch !== "0";
  zoom.value = readZoom(one(state.zoom));
}

/** The state as an address; values that the page starts with are left out. */
export const address = computed(() => {
  const state: AddressState = {};
  const add = (name: string, value: string | string[] | false) => {
    if (value !== false && value.length > 0) state[name] = value;
  };
  add("screen", screen.value !== "charts" && screen.value);
  add("store", store.value > 0 && String(store.value));
  add("where", filter.value);
  add("sort", sort.value);
  add("column", chosenColumns.value);
  add("fixed", pinnedColumns.value);
  add("color", coloredColumns.value);
  add("picked", picked.value.join(","));
  add("runs", selected.value.join(","));
  add("baseline", baseline.value);
  add("run", openRun.value);
  if (openRun.value) {
    add("tab", runTab.value);
    add("whole", isRunWhole.value && "1");
    add("path", openPath.value);
    add("line", openLine.value > 0 && String(openLine.value));
    add("other", otherRun.value);
  }
  add("step", mediaStep.value >= 0 && String(mediaStep.value));
  add("kind", mediaKind.value);
  add("media", mediaSearch.value);
  add("metrics", metricSearch.value);
  add("pin", pinnedMetrics.value);
  add("x", axis.value !== "step" && axis.value);
  add("smoothing", smoothing.value !== "ema" && smoothing.value);
  add("weight", smoothWeight.value > 0 && String(smoothWeight.value));
  add("logx", isLogX.value && "1");
  add("logy", isLogY.value && "1");
  add("clip", clipsOutliers.value && "1");
  add("group", isGrouped.value && "1");
  for (const [name, value] of Object.entries(screenSettings.value)) add(name, value);
  add("band", bandKind.value !== "std" && bandKind.value);
  add("stitch", !isStitched.value && "0");
  add("zoom", zoom.value !== null && `${zoom.value.low},${zoom.value.high}`);
  return formatAddress(state);
});

/** Opens a run at a tab, "" for the one that the page chooses. */
export function showRun(id: string, tab = ""): void {
  batch(() => {
    openRun.value = id;
    runTab.value = tab;
    openPath.value = "";
    openLine.value = 0;
    otherRun.value = "";
    if (!id) isRunWhole.value = false;
  });
}

const REPLACE_MS = 250;
const MAX_REPLACEMENTS = 20;
const WINDOW_MS = 5000;

/**
 * Keeps the address and the state the same. Opening a run or a screen can be undone with the browser's Back. Very many
 * changes are written after a moment: browsers refuse an address that changes with each move of a slider.
 */
export function followAddress(): void {
  readAddress(location.hash);
  let place = `${screen.value} ${openRun.value}`;
  let timer = 0;
  let count = 0;
  let windowStart = 0;
  const replace = () => {
    timer = 0;
    count += 1;
    if (address.value !== location.hash)
      history.replaceState(null, "", location.pathname + location.search + address.value);
  };
  effect(() => {
    const text = address.value;
    const now = `${screen.value} ${openRun.value}`;
    const isSamePlace = now === place;
    place = now;
    if (text === location.hash) return;
    if (isSamePlace) {
      if (performance.now() - windowStart > WINDOW_MS) {
        windowStart = performance.now();
        count = 0;
      }
      if (count < MAX_REPLACEMENTS) replace();
      else timer ||= window.setTimeout(replace, REPLACE_MS);
      return;
    }
    clearTimeout(timer);
    timer = 0;
    history.pushState(null, "", location.pathname + location.search + text);
  });
  const read = () => {
    clearTimeout(timer);
    timer = 0;
    batch(() => readAddress(location.hash)); // in one step, so that no state between two addresses is written
  };
  addEventListener("popstate", read);
  addEventListener("hashchange", read);
}
