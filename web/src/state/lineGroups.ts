// Which runs are drawn as one line: each for itself, runs that restart others, or runs that differ in their seed only.
import { computed } from "@preact/signals";
import type { LineGroup } from "./lines";
import { chainOf, related } from "./related";
import { rowsById, shownRuns } from "./selection";
import { isGrouped } from "./view";

let last: { text: string; groups: readonly LineGroup[] } = { text: "", groups: [] };

/** The lines of all panels. It is the same object as long as nothing changes, so that nothing is drawn again. */
export const lineGroups = computed<readonly LineGroup[]>(() => {
  const groups = isGrouped.value ? groupBySeed() : listRuns();
  const text = JSON.stringify(groups);
  if (text !== last.text) last = { text, groups };
  return last.groups;
});

function listRuns(): LineGroup[] {
  const continued = new Set<string>();
  for (const run of shownRuns.value) {
    for (const earlier of chainOf.value.get(run)?.slice(0, -1) ?? []) continued.add(earlier);
  }
  return shownRuns.value.filter((run) => !continued.has(run)).map(makeSingle);
}

function groupBySeed(): LineGroup[] {
  const shown = new Set(shownRuns.value);
  const grouped = new Set<string>();
  const groups: LineGroup[] = [];
  for (const { name, runs } of related.value.groups) {
    const members = runs.filter((run) => shown.has(run));
    for (const run of members) grouped.add(run);
    if (members.length === 1) groups.push(makeSingle(members[0]!));
    else if (members.length > 1)
      groups.push({ name: `${name} ×${members.length}`, members: members.map(chain), isBand: true });
  }
  // runs of a seed that has a newer run are left out, as comparisons of the command line do
  const isComplete = related.value.groups.length > 0;
  return isComplete
    ? groups
    : [...groups, ...shownRuns.value.filter((run) => !grouped.has(run)).map(makeSingle)];
}

function makeSingle(run: string): LineGroup {
  return { name: nameOf(run), members: [chain(run)], isBand: false };
}

function chain(run: string): readonly string[] {
  return chainOf.value.get(run) ?? [run];
}

export function nameOf(run: string): string {
  return rowsById.value.get(run)?.name ?? run.slice(0, 8);
}
