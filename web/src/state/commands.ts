// All commands of the page: one table makes the keys, their help and the palette.

import { toggleBaseline } from "./baseline";
import { filterByActiveCell } from "./cellFilter";
import { canWrite, change, stop, undo } from "./changes";
import { CHART_COMMANDS } from "./chartCommands";
import { columns, resetColumns } from "./columns";
import { COPY_COMMANDS } from "./copyCommands";
import { chartCursor } from "./cursor";
import { dialog } from "./dialogs";
import type { Command } from "./keys";
import { reloadRows, total } from "./listing";
import {
  activeRow,
  activeRun,
  listTargets,
  moveActive,
  moveActiveColumn,
  setActive,
  togglePicked,
  togglePickedAll,
} from "./rowSelection";
import { toggleRun } from "./selection";
import { theme } from "./settings";
import { filter, isRunWhole, openRun, picked, type Screen, screen, selected, showRun } from "./view";

const reads = () => !canWrite.value;

function openActive(): void {
  const run = activeRun.value;
  if (!run) return;
  if (openRun.value === run.id) isRunWhole.value = true;
  else showRun(run.id);
}

function compare(): void {
  if (picked.value.length) selected.value = picked.value;
  screen.value = "compare";
}

function setBaseline(): void {
  const id = activeRun.value?.id ?? picked.value[0];
  if (id) toggleBaseline(id);
}

function go(name: Screen, title: string, keys: readonly string[]): Command {
  return { id: `go-${name}`, title, group: "Go to", keys, run: () => (screen.value = name) };
}

/** Clears what is closest at hand: a dialog, the drawer, the picked runs, the filter. */
function closeNearest(): void {
  if (dialog.value) dialog.value = "";
  else if (chartCursor.isLocked.value) chartCursor.unlock();
  else if (isRunWhole.value && openRun.value) isRunWhole.value = false;
  else if (openRun.value) showRun("");
  else if (picked.value.length) picked.value = [];
}

const nextTheme = { system: "light", light: "dark", dark: "system" } as const;

export const COMMANDS: readonly Command[] = [
  { id: "down", title: "Next run", group: "Runs", keys: ["j", "ArrowDown"], run: () => moveActive(1) },
  { id: "up", title: "Previous run", group: "Runs", keys: ["k", "ArrowUp"], run: () => moveActive(-1) },
  {
    id: "page-down",
    title: "Twenty runs down",
    group: "Runs",
    keys: ["PageDown"],
    run: () => moveActive(20),
  },
  { id: "page-up", title: "Twenty runs up", group: "Runs", keys: ["PageUp"], run: () => moveActive(-20) },
  { id: "first", title: "First run", group: "Runs", keys: ["Home"], run: () => setActive(0) },
  { id: "last", title: "Last run", group: "Runs", keys: ["End"], run: () => setActive(total.value - 1) },
  {
    id: "show",
    title: "Show or hide in charts",
    group: "Runs",
    keys: [" "],
    run: () => activeRun.value && toggleRun(activeRun.value.id),
  },
  { id: "pick", title: "Select", group: "Runs", keys: ["x"], run: () => togglePicked(activeRow.value) },
  {
    id: "pick-range",
    title: "Select up to here",
    group: "Runs",
    keys: ["X"],
    run: () => togglePicked(activeRow.value, true),
  },
  { id: "pick-all", title: "Select all loaded runs", group: "Runs", keys: ["Mod+a"], run: togglePickedAll },
  { id: "open", title: "Open", group: "Runs", keys: ["Enter"], run: openActive },
  {
    id: "baseline",
    title: "Compare with this run as baseline",
    group: "Runs",
    keys: ["b"],
    run: setBaseline,
  },
  { id: "filter", title: "Filter", group: "Runs", keys: ["/"], run: focusFilter },
  {
    id: "right",
    title: "Next column",
    group: "Runs",
    keys: ["ArrowRight"],
    run: () => moveActiveColumn(1, columns.value.length),
    isHidden: () => activeRow.value < 0,
  },
  {
    id: "left",
    title: "Previous column",
    group: "Runs",
    keys: ["ArrowLeft"],
    run: () => moveActiveColumn(-1, columns.value.length),
    isHidden: () => activeRow.value < 0,
  },
  { id: "filter-cell", title: "Filter by this value", group: "Runs", keys: ["f"], run: filterByActiveCell },
  {
    id: "clear-filter",
    title: "Clear the filter",
    group: "Runs",
    keys: [],
    run: () => (filter.value = ""),
    isHidden: () => filter.value === "",
  },
  {
    id: "columns",
    title: "Choose columns",
    group: "Runs",
    keys: ["v"],
    run: () => (dialog.value = "columns"),
  },
  { id: "reset-columns", title: "Show the default columns", group: "Runs", keys: [], run: resetColumns },
  {
    id: "label",
    title: "Label",
    group: "Change runs",
    keys: ["l"],
    run: () => ask("label"),
    isHidden: reads,
  },
  { id: "tag", title: "Tag", group: "Change runs", keys: ["t"], run: () => ask("tag"), isHidden: reads },
  {
    id: "mark",
    title: "Mark",
    group: "Change runs",
    keys: ["m"],
    run: () => void change("mark"),
    isHidden: reads,
  },
  {
    id: "comment",
    title: "Comment",
    group: "Change runs",
    keys: ["n"],
    run: () => ask("comment"),
    isHidden: reads,
  },
  {
    id: "delete",
    title: "Delete",
    group: "Change runs",
    keys: ["d"],
    run: () => void change("delete"),
    isHidden: reads,
  },
  { id: "stop", title: "Stop", group: "Change runs", keys: [], run: () => void stop(), isHidden: reads },
  {
    id: "undo",
    title: "Undo the last change",
    group: "Change runs",
    keys: ["Mod+z"],
    run: () => void undo(),
    isHidden: reads,
  },
  ...CHART_COMMANDS,
  go("charts", "Charts", ["1"]),
  go("table", "Table", ["2"]),
  go("compare", "Comparison", ["3"]),
  go("media", "Media", ["4"]),
  go("boards", "Boards", ["5"]),
  { id: "compare", title: "Compare the selected runs", group: "Go to", keys: ["c"], run: compare },
  {
    id: "palette",
    title: "All commands",
    group: "Page",
    keys: ["Mod+k"],
    run: () => (dialog.value = "palette"),
  },
  { id: "keys", title: "Keyboard shortcuts", group: "Page", keys: ["?"], run: () => (dialog.value = "keys") },
  { id: "reload", title: "Load the list again", group: "Page", keys: [], run: reloadRows },
  {
    id: "theme",
    title: "Change the theme",
    group: "Page",
    keys: [],
    run: () => (theme.value = nextTheme[theme.value]),
  },
  ...COPY_COMMANDS,
  {
    id: "escape",
    title: "Close, or clear the selection",
    group: "Page",
    keys: ["Escape"],
    run: closeNearest,
  },
];

function focusFilter(): void {
  const input = document.getElementById("filter");
  if (input?.offsetParent) input.focus();
  else dialog.value = "filter";
}

function ask(name: "label" | "tag" | "comment"): void {
  if (listTargets().length) dialog.value = name;
}
