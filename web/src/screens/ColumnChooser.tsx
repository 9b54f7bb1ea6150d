// Chooses the columns of the list: config, metrics with a reducer or as a curve, attributes, values of the run.
import { useSignal } from "@preact/signals";
import { DialogBox } from "../parts/Dialog";
import {
  addColumn,
  type ColumnKind,
  columns,
  hideColumn,
  keyOf,
  names,
  REDUCERS,
  resetColumns,
  shiftColumn,
  togglePinned,
} from "../state/columns";
import { pinnedColumns } from "../state/view";
import "./ColumnChooser.css";

const MAX_SHOWN = 60;
const GROUPS: readonly [kind: ColumnKind, title: string][] = [
  ["config", "Config"],
  ["metric", "Metrics"],
  ["attribute", "Attributes"],
  ["run", "Run"],
];

export function ColumnChooser() {
  const search = useSignal("");
  const text = search.value.trim().toLowerCase();
  const fits = (name: string) => name.toLowerCase().includes(text);
  return (
    <DialogBox title="Columns" look="wide">
      <input
        type="search"
        data-focus
        placeholder="search names"
        aria-label="Search names"
        value={search.value}
        onInput={(event) => (search.value = event.currentTarget.value)}
      />
      <div class="scroll chooser">
        {text === "" && <Shown />}
        {GROUPS.map(([kind, title]) => (
          <Group key={kind} kind={kind} title={title} fits={fits} />
        ))}
      </div>
      <div class="actions">
        <button type="button" onClick={showDiffering}>
          All that differ
        </button>
        <button type="button" onClick={resetColumns}>
          Default columns
        </button>
      </div>
    </DialogBox>
  );
}

function showDiffering(): void {
  const differing = names.value.config.filter((each) => each.differs);
  for (const each of differing.slice(0, MAX_SHOWN)) addColumn(keyOf("config", each.name));
}

/** The shown columns in their order. */
function Shown() {
  return (
    <section>
      <h3>Shown</h3>
      <ul>
        {columns.value.map(({ key, title }) => (
          <li key={key}>
            <label>
              <input type="checkbox" checked onChange={() => hideColumn(key)} />
              <span class="name" dir="auto">
                {key.startsWith("curve(") ? `${title} (curve)` : title}
              </span>
            </label>
            <button
              type="button"
              class={`plain word${pinnedColumns.value.includes(key) ? " on" : ""}`}
              aria-pressed={pinnedColumns.value.includes(key)}
              onClick={() => togglePinned(key)}
            >
              pin
            </button>
            <button
              type="button"
              class="plain word"
              aria-label={`Move ${title} left`}
              onClick={() => shiftColumn(key, -1)}
            >
              ↑
            </button>
            <button
              type="button"
              class="plain word"
              aria-label={`Move ${title} right`}
              onClick={() => shiftColumn(key, 1)}
            >
              ↓
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Name {
  name: string;
  title?: string;
  runs?: number;
}

function listNames(kind: ColumnKind): readonly Name[] {
  if (kind === "config") return names.value.config;
  if (kind === "metric") return names.value.metrics;
  return kind === "attribute" ? names.value.attributes : names.value.run;
}

interface GroupProps {
  kind: ColumnKind;
  title: string;
  fits: (name: string) => boolean;
}

function Group({ kind, title, fits }: GroupProps) {
  const found = listNames(kind).filter((each) => fits(each.title ?? each.name));
  if (!found.length) return null;
  return (
    <section>
      <h3>
        {title} <span class="muted">{found.length.toLocaleString("en")}</span>
      </h3>
      <ul>
        {found.slice(0, MAX_SHOWN).map((each) => (
          <Choice key={each.name} kind={kind} each={each} />
        ))}
      </ul>
      {found.length > MAX_SHOWN && (
        <p class="muted">
          {(found.length - MAX_SHOWN).toLocaleString("en")} more: search for a part of the name
        </p>
      )}
    </section>
  );
}

function Choice({ kind, each }: { kind: ColumnKind; each: Name }) {
  const shown = new Set(columns.value.map((column) => column.key));
  const turn = (key: string) => (shown.has(key) ? hideColumn(key) : addColumn(key));
  const key = keyOf(kind, each.name);
  return (
    <li>
      <label>
        <input type="checkbox" checked={shown.has(key)} onChange={() => turn(key)} />
        <span class="name" dir="auto" title={each.name}>
          {each.title ?? each.name}
        </span>
      </label>
      {kind === "metric" &&
        [
          ...REDUCERS.slice(1).map((word) => [word, keyOf("metric", each.name, word)] as const),
          ["curve", keyOf("curve", each.name)] as const,
        ].map(([word, other]) => (
          <button
            type="button"
            key={word}
            class={`plain word${shown.has(other) ? " on" : ""}`}
            aria-pressed={shown.has(other)}
            aria-label={`${word} of ${each.name}`}
            onClick={() => turn(other)}
          >
            {word}
          </button>
        ))}
      {each.runs !== undefined && <span class="muted runs-count">{each.runs.toLocaleString("en")}</span>}
    </li>
  );
}
