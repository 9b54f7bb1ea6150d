// Which panels of curves there are: one for each metric, grouped by the part of the name before the first "/".
import { computed } from "@preact/signals";
import { compareTexts } from "../numbers/values";
import { names } from "./columns";
import { metricSearch, pinnedMetrics } from "./view";

export interface PanelGroup {
  title: string;
  metrics: string[];
}

/** The metrics that match the search: a regular expression, or a part of the name if it is not valid as one. */
export const foundMetrics = computed(() => {
  const all = names.value.metrics.map((each) => each.name);
  const text = metricSearch.value.trim();
  if (!text) return all;
  let matches = (name: string) => name.toLowerCase().includes(text.toLowerCase());
  try {
    const pattern = new RegExp(text, "i");
    matches = (name) => pattern.test(name);
  } catch {
    // an unfinished expression is searched as text
  }
  return all.filter(matches);
});

export const groups = computed<PanelGroup[]>(() => {
  const byPrefix = new Map<string, string[]>();
  for (const name of foundMetrics.value) {
    const prefix = name.includes("/") ? name.slice(0, name.indexOf("/") + 1) : "";
    const known = byPrefix.get(prefix);
    if (known) known.push(name);
    else byPrefix.set(prefix, [name]);
  }
  const pinned = pinnedMetrics.value.filter((name) => foundMetrics.value.includes(name));
  const rest = [...byPrefix].map(([title, metrics]) => ({ title, metrics: metrics.toSorted(compareTexts) }));
  return [...(pinned.length ? [{ title: "★", metrics: pinned }] : []), ...rest];
});
