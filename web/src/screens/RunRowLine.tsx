// A run in the list: checkbox, colour, status, name, cells, age.
import type { RunRow } from "../api/records";
import { colorOfRun } from "../numbers/colors";
import { formatAge } from "../numbers/format";
import { CellContent, describeValue, isNumeric, strengthOf } from "../parts/Cell";
import type { MenuItem } from "../parts/Menu";
import { Status } from "../parts/Status";
import { Tags } from "../parts/Tags";
import { toggleBaseline } from "../state/baseline";
import { conditionOf, filterBy, listConditions, shownValue } from "../state/cellFilter";
import type { CellValue } from "../state/cells";
import { type Column, columns, widthOf } from "../state/columns";
import {
  activeColumn,
  activeRow,
  activeRun,
  pickedSet,
  setActive,
  togglePicked,
} from "../state/rowSelection";
import { shownSet, toggleRun } from "../state/selection";
import { baseline, coloredColumns, hoveredRun, isRunWhole, openRun, showRun } from "../state/view";
import type { OpenMenu } from "./RunList";

export interface Layout {
  name: number;
  pinned: readonly Column[];
  /** The columns in view of those that scroll, and the widths of those before and after. */
  scrolled: readonly Column[];
  before: number;
  after: number;
  total: number;
}

interface RunRowProps {
  row: RunRow;
  /** Its place in the list, -1 for the baseline above it. */
  at: number;
  top: number;
  layout: Layout;
  onMenu: (menu: OpenMenu) => void;
}

export function RunRowLine({ row, at, top, layout, onMenu }: RunRowProps) {
  const isPicked = pickedSet.value.has(row.id);
  const words = [
    "row",
    hoveredRun.value === row.id && "hovered",
    openRun.value === row.id && "open",
    isPicked && "picked",
    at >= 0 && activeRow.value === at && "active",
    baseline.value === row.id && "baseline",
  ];
  const cell = (column: Column) => <Cell key={column.key} column={column} row={row} onMenu={onMenu} />;
  return (
    <div
      id={at >= 0 ? `row-${at}` : undefined}
      class={words.filter(Boolean).join(" ")}
      role="row"
      aria-rowindex={at + 2}
      aria-selected={isPicked}
      style={{ top: `${top}px`, width: `${layout.total}px` }}
      onPointerEnter={() => (hoveredRun.value = row.id)}
      onPointerLeave={() => (hoveredRun.value = "")}
      onPointerDown={() => at >= 0 && setActive(at)}
    >
      <div class="fixed" role="presentation">
        <Marks row={row} at={at} isPicked={isPicked} />
        <Name row={row} width={layout.name} isBase={at < 0} />
        {layout.pinned.map(cell)}
      </div>
      <span class="gap" role="presentation" style={{ width: `${layout.before}px` }} />
      {layout.scrolled.map(cell)}
      <span class="gap" role="presentation" style={{ width: `${layout.after}px` }} />
      <span class="cell age muted" role="gridcell" title={new Date(startOf(row) / 1000).toLocaleString()}>
        {formatAge(startOf(row))}
      </span>
    </div>
  );
}

function startOf(row: RunRow): number {
  return row.started ?? row.created;
}

function Marks({ row, at, isPicked }: { row: RunRow; at: number; isPicked: boolean }) {
  const isShown = shownSet.value.has(row.id);
  return (
    <span class="marks" role="gridcell">
      <button
        type="button"
        role="checkbox"
        tabIndex={-1}
        aria-checked={isPicked}
        aria-label={`Select ${row.name}`}
        class="pick"
        disabled={at < 0}
        onClick={(event) => togglePicked(at, event.shiftKey)}
      />
      {row.trials ? (
        <span class="eye none" title="A batch has no curves; its trials have" />
      ) : (
        <button
          type="button"
          role="checkbox"
          tabIndex={-1}
          aria-checked={isShown}
          aria-label={`Show ${row.name} in charts`}
          class="eye"
          style={{ "--run": colorOfRun(row.id) }}
          onClick={() => toggleRun(row.id)}
        />
      )}
      <Status status={row.status} />
    </span>
  );
}

/** Opens a run; a second Enter on its name shows it as a page. */
function openByName(run: string, event: MouseEvent): void {
  const isKey = event.detail === 0;
  if (isKey && openRun.value === run) isRunWhole.value = true;
  else showRun(run);
}

function Name({ row, width, isBase }: { row: RunRow; width: number; isBase: boolean }) {
  const about = [row.name, row.label, row.operation, row.reason].filter(Boolean).join("\n");
  return (
    <span class="cell name" role="rowheader" style={{ width: `${width}px` }}>
      <button
        type="button"
        tabIndex={-1}
        class="plain"
        title={about}
        onClick={(event) => openByName(row.id, event)}
      >
        {row.marked && (
          <span class="star" role="img" aria-label="marked">
            ★
          </span>
        )}
        <span>{row.name}</span>
        {isBase && <span class="note">base</span>}
        {row.trials > 0 && (
          <span class="note" title={`A batch of ${row.trials} runs`}>
            ×{row.trials}
          </span>
        )}
        {row.label && (
          <span class="label" dir="auto">
            {row.label}
          </span>
        )}
      </button>
      {!columns.value.some((column) => column.key === "tags") && <Tags tags={row.tags} />}
    </span>
  );
}

function Cell({ column, row, onMenu }: { column: Column; row: RunRow; onMenu: (menu: OpenMenu) => void }) {
  const value = shownValue(column, row);
  const style: Record<string, string> = { width: `${widthOf(column.key, column.kind)}px` };
  const strength = coloredColumns.value.includes(column.key) ? strengthOf(column, value) : null;
  if (strength !== null) style["--strength"] = `${Math.round(strength * 42)}%`;
  const condition = conditionOf(column, row);
  const isAt = activeRun.value?.id === row.id && columns.value[activeColumn.value]?.key === column.key;
  const words = [
    "cell",
    `is-${column.kind}`,
    isNumeric(value) && "number",
    strength !== null && "colored",
    isAt && "at",
  ];
  const place = (event: MouseEvent) => ({ x: event.clientX, y: event.clientY });
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the key f does the same
    <span
      class={words.filter(Boolean).join(" ")}
      role="gridcell"
      data-column={column.key}
      style={style}
      title={
        condition
          ? `${describeValue(value) || "no value"}\nClick: filter by ${condition}`
          : describeValue(value)
      }
      onClick={() => {
        if (!hasSelectedText()) filterBy(condition);
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu({ label: column.title, place: place(event), items: listItems(column, row, value) });
      }}
    >
      <CellContent column={column} value={value} row={row} />
    </span>
  );
}

function hasSelectedText(): boolean {
  return String(getSelection()) !== "";
}

function listItems(column: Column, row: RunRow, value: CellValue): MenuItem[] {
  const copy = (text: string) => () => void navigator.clipboard?.writeText(text);
  return [
    ...listConditions(column, row).map((text) => ({ title: `Filter: ${text}`, run: () => filterBy(text) })),
    { title: "Copy value", run: copy(describeValue(value)), isFirst: true },
    { title: "Copy name of run", run: copy(row.name) },
    { title: "Baseline", run: () => toggleBaseline(row.id), isChecked: baseline.value === row.id },
    {
      title: "Open",
      run: () => {
        showRun(row.id);
      },
    },
  ];
}
