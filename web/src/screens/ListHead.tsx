// The heads of the columns: sort by a click, a menu for the rest, drag to move, drag the edge for the width.
import { isNumeric } from "../parts/Cell";
import { shownValue } from "../state/cellFilter";
import { type Column, moveColumn, setWidth, shiftColumn, widthOf } from "../state/columns";
import { rows } from "../state/listing";
import { pickedSet, togglePickedAll } from "../state/rowSelection";
import { sort } from "../state/view";
import { listColumnItems } from "./columnMenu";
import type { OpenMenu } from "./RunList";
import type { Layout } from "./RunRowLine";

interface HeadProps {
  layout: Layout;
  onMenu: (menu: OpenMenu) => void;
}

export function ListHead({ layout, onMenu }: HeadProps) {
  const head = (column: Column) => <Head key={column.key} column={column} onMenu={onMenu} />;
  const isAll = rows.value.size > 0 && [...rows.value.values()].every((row) => pickedSet.value.has(row.id));
  return (
    <div role="rowgroup" class="heads">
      <div class="row head" role="row" aria-rowindex={1} style={{ width: `${layout.total}px` }}>
        <div class="fixed" role="presentation">
          <span class="marks" role="columnheader" aria-label="Selection, curves, status">
            <button
              type="button"
              class="pick"
              role="checkbox"
              aria-checked={isAll}
              aria-label="Select all loaded runs"
              onClick={togglePickedAll}
            />
          </span>
          <span
            class="cell name"
            role="columnheader"
            aria-sort={describeSort("name")}
            style={{ width: `${layout.name}px` }}
          >
            <SortButton name="name" title="Name" />
            <Edge id="name" width={layout.name} title="Name" />
          </span>
          {layout.pinned.map(head)}
        </div>
        <span class="gap" role="presentation" style={{ width: `${layout.before}px` }} />
        {layout.scrolled.map(head)}
        <span class="gap" role="presentation" style={{ width: `${layout.after}px` }} />
        <span class="cell age" role="columnheader" aria-sort={describeSort("started")}>
          <SortButton name="started" title="Age" />
        </span>
      </div>
    </div>
  );
}

function findPlace(name: string): [at: number, isDescending: boolean] {
  const at = sort.value.findIndex((each) => each === name || each === `-${name}`);
  return [at, at >= 0 && sort.value[at]!.startsWith("-")];
}

function describeSort(name: string): "ascending" | "descending" | "none" {
  const [at, isDescending] = findPlace(name);
  return at < 0 ? "none" : isDescending ? "descending" : "ascending";
}

/** Sorts by a value: up, down, not; `isMore` keeps the other orders. */
function turnSort(name: string, isMore: boolean): void {
  const [at, isDescending] = findPlace(name);
  const others = isMore ? sort.value.filter((_, i) => i !== at) : [];
  if (at < 0) sort.value = [...others, name];
  else if (!isDescending && isMore) sort.value = sort.value.map((each, i) => (i === at ? `-${name}` : each));
  else sort.value = isDescending ? others : [`-${name}`];
}

function SortButton({ name, title }: { name: string; title: string }) {
  const [at, isDescending] = findPlace(name);
  return (
    <button
      type="button"
      class="plain"
      title={`${title}\nClick: sort; Shift: sort by this as well`}
      onClick={(event) => turnSort(name, event.shiftKey)}
    >
      <span dir="auto">{title}</span>
      {at >= 0 && <span class="order">{isDescending ? "↓" : "↑"}</span>}
      {at >= 0 && sort.value.length > 1 && <sup>{at + 1}</sup>}
    </button>
  );
}

const MAX_LOOKED_AT = 30;

/** Returns whether the head of a column stands at the right, as its numbers do. */
function hasNumbers(column: Column): boolean {
  if (column.kind === "metric") return true;
  let count = 0;
  for (const row of rows.value.values()) {
    const value = shownValue(column, row);
    if (value !== undefined && value !== null) return isNumeric(value);
    if (++count > MAX_LOOKED_AT) break;
  }
  return false;
}

const DRAG_TYPE = "application/x-gage-column";

function Head({ column, onMenu }: { column: Column; onMenu: (menu: OpenMenu) => void }) {
  const open = (place: { x: number; y: number }) =>
    onMenu({ label: column.title, place, items: listColumnItems(column) });
  const width = widthOf(column.key, column.kind);
  return (
    <span
      role="columnheader"
      aria-sort={describeSort(column.name)}
      class={`cell is-${column.kind}${hasNumbers(column) ? " right" : ""}`}
      style={{ width: `${width}px` }}
      draggable
      onDragStart={(event) => {
        event.dataTransfer?.setData(DRAG_TYPE, column.key);
        if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
      }}
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes(DRAG_TYPE)) return;
        event.preventDefault();
        event.currentTarget.classList.add("target");
      }}
      onDragLeave={(event) => event.currentTarget.classList.remove("target")}
      onDrop={(event) => {
        event.currentTarget.classList.remove("target");
        const key = event.dataTransfer?.getData(DRAG_TYPE);
        if (key) moveColumn(key, column.key);
        event.preventDefault();
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        open({ x: event.clientX, y: event.clientY });
      }}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key] as -1 | 1 | undefined;
        if (!event.altKey || !by) return;
        event.preventDefault();
        if (event.shiftKey) setWidth(column.key, width + by * 12);
        else shiftColumn(column.key, by);
      }}
    >
      <SortButton name={column.name} title={column.title} />
      <button
        type="button"
        class="plain more"
        aria-label={`Menu of column ${column.title}`}
        aria-haspopup="menu"
        onClick={(event) => {
          const { left, bottom } = event.currentTarget.getBoundingClientRect();
          open({ x: left, y: bottom });
        }}
      >
        ⋯
      </button>
      <Edge id={column.key} width={width} title={column.title} />
    </span>
  );
}

function Edge({ id, width, title }: { id: string; width: number; title: string }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Alt, Shift and arrow keys in the head do the same
    <span
      class="edge"
      title={`Width of ${title}`}
      draggable
      onDragStart={(event) => {
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.dataset.start = String(event.clientX - width);
        event.stopPropagation();
      }}
      onPointerMove={(event) => {
        const edge = event.currentTarget;
        if (edge.hasPointerCapture(event.pointerId)) setWidth(id, event.clientX - Number(edge.dataset.start));
      }}
    />
  );
}
