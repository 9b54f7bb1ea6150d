// The filters that were used in this browser, the latest first.
import { signal } from "@preact/signals";
import { loadSetting, saveSetting } from "./settings";

const MAX_FILTERS = 50;

function load(): string[] {
  try {
    const found = JSON.parse(loadSetting("filters", "[]")) as unknown;
    return Array.isArray(found) ? found.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

export const filterHistory = signal<readonly string[]>(load());

export function rememberFilter(text: string): void {
  const filter = text.trim();
  if (!filter || filterHistory.value[0] === filter) return;
  filterHistory.value = [filter, ...filterHistory.value.filter((each) => each !== filter)].slice(
    0,
    MAX_FILTERS,
  );
  saveSetting("filters", JSON.stringify(filterHistory.value));
}
