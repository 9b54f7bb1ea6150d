// The command palette: commands, runs, metrics, filters.
import { useSignal, useSignalEffect } from "@preact/signals";
import { getJson } from "../api/client";
import type { RunRow, RunsPage } from "../api/records";
import { DialogBox } from "../parts/Dialog";
import { names } from "../state/columns";
import { COMMANDS } from "../state/commands";
import { closeDialog } from "../state/dialogs";
import { filterHistory } from "../state/filterHistory";
import { quoteValue } from "../state/filterText";
import { type Command, describeKey } from "../state/keys";
import { filter, metricSearch, screen, showRun, store } from "../state/view";
import "./Palette.css";

/** The types of Preact want a list for this role. */
const COMBOBOX = { role: "combobox", list: undefined } as const;
/** Commands that only keys are good for: listed when they are searched. */
const MOVEMENTS = new Set(["down", "up", "page-down", "page-up", "first", "last", "left", "right"]);
/** The order of commands before something is typed. */
const GROUPS: readonly Command["group"][] = ["Go to", "Charts", "Runs", "Change runs", "Page"];
const MAX_RUNS = 8;
const MAX_METRICS = 8;
const MAX_FILTERS = 5;
const PAUSE_MS = 80;

interface Item {
  id: string;
  kind: string;
  title: string;
  note: string;
  run: () => void;
}

export function Palette() {
  const text = useSignal("");
  const runs = useSignal<readonly RunRow[]>([]);
  const at = useSignal(0);
  useSignalEffect(() => {
    const wanted = text.value.trim();
    at.value = 0;
    const timer = setTimeout(
      () =>
        findRuns(wanted).then(
          (found) => (runs.value = found),
          () => {},
        ),
      PAUSE_MS,
    );
    return () => clearTimeout(timer);
  });
  const items = listItems(text.value.trim(), runs.value);
  const choose = (item: Item | undefined) => {
    if (!item) return;
    closeDialog();
    item.run();
  };
  const press = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && items.length) at.value = (at.value + by + items.length) % items.length;
    else if (event.key === "Enter") choose(items[at.value]);
    else return;
    event.preventDefault();
    document.getElementById(`palette-${at.value}`)?.scrollIntoView({ block: "nearest" });
  };
  return (
    <DialogBox title="Commands" look="wide bare palette">
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: COMBOBOX has the role */}
      <input
        type="text"
        {...COMBOBOX}
        data-focus
        aria-label="Search commands, runs, metrics"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={items.length ? `palette-${at.value}` : undefined}
        placeholder="Search commands, runs, metrics; or write a filter"
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={press}
      />
      <div class="scroll" id="palette-list" role="listbox" aria-label="Results">
        {items.map((item, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the input does the same
          <div
            key={item.id}
            id={`palette-${i}`}
            role="option"
            aria-selected={i === at.value}
            onPointerMove={() => (at.value = i)}
            onClick={() => choose(item)}
          >
            <span class="muted kind">{item.kind}</span>
            <span class="title" dir="auto">
              {item.title}
            </span>
            {item.note && <kbd>{item.note}</kbd>}
          </div>
        ))}
        {!items.length && <p class="muted">Nothing found</p>}
      </div>
    </DialogBox>
  );
}

async function findRuns(text: string): Promise<readonly RunRow[]> {
  if (!text) return [];
  const value = quoteValue(text);
  const where = [`name ~ ${value} or label ~ ${value} or tag = ${value} or id ~ ${value}`];
  const page = await getJson<RunsPage>("/api/runs", { store: store.value, where, limit: MAX_RUNS });
  return page.rows;
}

function listCommands(isSearched: boolean): readonly Command[] {
  const all = COMMANDS.filter((each) => each.id !== "palette" && !each.isHidden?.());
  if (isSearched) return all;
  const rank = (command: Command) => GROUPS.indexOf(command.group);
  return all.filter((each) => !MOVEMENTS.has(each.id)).toSorted((a, b) => rank(a) - rank(b));
}

function listItems(text: string, runs: readonly RunRow[]): Item[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (title: string) => words.every((word) => title.toLowerCase().includes(word));
  const commands = listCommands(text !== "")
    .filter((each) => fits(each.title))
    .map(
      (command): Item => ({
        id: command.id,
        kind: command.group,
        title: command.title,
        note: command.keys[0] ? describeKey(command.keys[0]) : "",
        run: command.run,
      }),
    );
  if (!text) return [...commands, ...listFilters(fits)];
  const found = runs.map(
    (row): Item => ({
      id: row.id,
      kind: "Run",
      title: [row.name, row.label, row.operation].filter(Boolean).join("  "),
      note: row.status,
      run: () => showRun(row.id),
    }),
  );
  const metrics = names.value.metrics.filter((each) => fits(each.name)).slice(0, MAX_METRICS);
  const apply: Item = {
    id: "filter:",
    kind: "Filter",
    title: text,
    note: "",
    run: () => (filter.value = text),
  };
  const isFilter = /[=<>~]|\bis\b|\bin\b/.test(text);
  return [
    ...(isFilter ? [apply] : []),
    ...commands,
    ...found,
    ...metrics.map((each) => toMetric(each.name)),
    ...listFilters(fits),
    ...(isFilter ? [] : [apply]),
  ];
}

function toMetric(name: string): Item {
  const show = () => {
    metricSearch.value = `^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
    screen.value = "charts";
  };
  return { id: `metric:${name}`, kind: "Metric", title: name, note: "", run: show };
}

function listFilters(fits: (title: string) => boolean): Item[] {
  return filterHistory.value
    .filter(fits)
    .slice(0, MAX_FILTERS)
    .map((title) => ({
      id: `past:${title}`,
      kind: "Filter",
      title,
      note: "",
      run: () => {
        filter.value = title;
      },
    }));
}
