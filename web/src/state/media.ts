// The media of the shown runs: names, all steps, and the step that every cell shows.
import { computed, effect, signal } from "@preact/signals";
import { postJson } from "../api/client";
import type { MediaAnswer, MediaItem, MediaName, MediaNames } from "../api/records";
import { findStep } from "../numbers/steps";
import { live } from "./listing";
import { shownRuns } from "./selection";
import { mediaKind, mediaSearch, mediaStep } from "./view";

const PAGE_NAMES = 12;
const MAX_RUNS = 100;
const RELOAD_MS = 3_000;

export interface MediaSeries {
  items: readonly MediaItem[];
  steps: readonly (number | null)[];
}

export const mediaNames = signal<readonly MediaName[]>([]);
export const nameTotal = signal(-1);
export const mediaKinds = signal<readonly string[]>([]);
export const mediaSteps = signal<readonly number[]>([]);
export const mediaProblem = signal("");
/** Items by run, kind and name. */
export const mediaSeries = signal<ReadonlyMap<string, MediaSeries>>(new Map());
const runKey = computed(() => shownRuns.value.slice(0, MAX_RUNS).join(","));
/** The same array until other runs are shown, however often the list is loaded again. */
export const mediaRuns = computed(() => runKey.value.split(",").filter(Boolean));

/** The runs that have media with one of the loaded names. */
export const runsWithMedia = computed(() => {
  const found = new Set<string>();
  for (const [key, series] of mediaSeries.value) if (series.items.length) found.add(key.split(" ", 1)[0]!);
  return mediaRuns.value.filter((run) => found.has(run));
});

/** The step that is shown: the chosen one, else the last one. */
export const shownStep = computed(() =>
  mediaStep.value >= 0 ? mediaStep.value : (mediaSteps.value.at(-1) ?? 0),
);

export function getSeries(run: string, name: MediaName): MediaSeries | undefined {
  return mediaSeries.value.get(formatKey(run, name.kind, name.name));
}

/** Goes to the next or an earlier step. */
export function moveStep(by: number): void {
  const steps = mediaSteps.value;
  if (!steps.length) return;
  const at = Math.min(Math.max(findStep(steps, shownStep.value) + by, 0), steps.length - 1);
  mediaStep.value = at === steps.length - 1 ? -1 : steps[at]!;
}

let inFlight: AbortController | null = null;

async function loadNames(first: number, isNew = false): Promise<void> {
  const runs = mediaRuns.peek();
  inFlight?.abort();
  if (!runs.length) return;
  const abort = new AbortController();
  inFlight = abort;
  const limit = first || isNew ? PAGE_NAMES : Math.max(PAGE_NAMES, mediaNames.peek().length);
  const kinds = mediaKind.peek() ? [mediaKind.peek()] : [];
  try {
    const query = { runs, kinds, search: mediaSearch.peek(), first, limit };
    const page = await postJson<MediaNames>("/api/media/names", query, abort.signal);
    const wanted = page.names.map(({ kind, name }) => ({ kind, name }));
    const answer = wanted.length
      ? await postJson<MediaAnswer>("/api/media", { runs, names: wanted }, abort.signal)
      : { series: [] };
    if (abort.signal.aborted) return;
    takeSeries(answer, first === 0);
    mediaNames.value = first ? [...mediaNames.peek(), ...page.names] : page.names;
    nameTotal.value = page.total;
    mediaKinds.value = page.kinds;
    mediaSteps.value = page.steps;
    mediaProblem.value = "";
  } catch (error) {
    if (!abort.signal.aborted) mediaProblem.value = (error as Error).message;
  }
}

function takeSeries(answer: MediaAnswer, isNew: boolean): void {
  const all = new Map(isNew ? [] : mediaSeries.peek());
  for (const { run, kind, name, items } of answer.series)
    all.set(formatKey(run, kind, name), { items, steps: items.map((item) => item.step) });
  mediaSeries.value = all;
}

function formatKey(run: string, kind: string, name: string): string {
  return `${run} ${kind} ${name}`;
}

/** Loads the next names. */
export function loadMoreNames(): void {
  void loadNames(mediaNames.value.length);
}

/** Loads the media when the shown runs or the search change, and again while one of the runs is running. */
export function followMedia(): () => void {
  const stop = effect(() => {
    void [mediaRuns.value, mediaKind.value, mediaSearch.value];
    void loadNames(0, true);
  });
  const timer = setInterval(() => {
    if (!document.hidden && mediaRuns.peek().some((run) => live.peek().has(run))) void loadNames(0);
  }, RELOAD_MS);
  return () => {
    stop();
    clearInterval(timer);
    inFlight?.abort();
  };
}
