// The list of runs: the legend of the charts and the table at once.
import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { Menu, type MenuItem, type MenuPlace } from "../parts/Menu";
import { cutColumns, useVisibleRows } from "../parts/virtual";
import { baselineRow } from "../state/baseline";
import { columns, pinnedCount, widthOf } from "../state/columns";
import { isStale, listVersion, needRows, rows, total } from "../state/listing";
import { activeRow } from "../state/rowSelection";
import { isPhone } from "../state/settings";
import { ListBar } from "./ListBar";
import { ListHead } from "./ListHead";
import { RunCard } from "./RunCard";
import { type Layout, RunRowLine } from "./RunRowLine";
import { SelectionBar } from "./SelectionBar";
import "./RunList.css";

export const ROW_HEIGHT = 26;
const CARD_HEIGHT = 64;
const AGE_WIDTH = 64;
const MARKS_WIDTH = 78;
const LEAST_NAME = 112;
const MOST_NAME = 280;

export interface OpenMenu {
  label: string;
  place: MenuPlace;
  items: readonly MenuItem[];
}

export function RunList() {
  const isCards = isPhone.value;
  const height = isCards ? CARD_HEIGHT : ROW_HEIGHT;
  const { box, first, end, left, width } = useVisibleRows(height);
  const menu = useSignal<OpenMenu | null>(null);
  const last = Math.min(end.value, total.value);
  useEffect(() => needRows(first.value, last));
  useSignalEffect(() => {
    if (listVersion.value && box.current) box.current.scrollTop = 0;
  });
  useLayoutEffect(() => {
    if (activeRow.value >= 0 && box.current) scrollTo(box.current, activeRow.value, height);
  }, [activeRow.value]);
  const layout = makeLayout(width.value, left.value);
  const base = isCards ? null : baselineRow.value;
  const shown = [];
  for (let i = first.value; i < last; i++) {
    const row = rows.value.get(i);
    const top = i * height;
    if (!row) shown.push(<div key={i} class="row waiting" style={{ top: `${top}px` }} />);
    else if (isCards) shown.push(<RunCard key={i} row={row} at={i} top={top} />);
    else
      shown.push(
        <RunRowLine key={i} row={row} at={i} top={top} layout={layout} onMenu={(it) => (menu.value = it)} />,
      );
  }
  return (
    <section class="runs" aria-label="Runs">
      <ListBar />
      <div
        class={`rows${isCards ? " cards" : ""}${isStale.value ? " stale" : ""}`}
        ref={box}
        role="grid"
        aria-label="Runs"
        aria-rowcount={total.value + 1}
        aria-multiselectable="true"
        aria-activedescendant={activeRow.value >= 0 ? `row-${activeRow.value}` : undefined}
        tabIndex={0}
      >
        {!isCards && <ListHead layout={layout} onMenu={(it) => (menu.value = it)} />}
        {base && (
          <div class="base" role="rowgroup">
            <RunRowLine row={base} at={-1} top={0} layout={layout} onMenu={(it) => (menu.value = it)} />
          </div>
        )}
        <div class="body" role="rowgroup" style={{ height: `${total.value * height}px` }}>
          {shown}
        </div>
      </div>
      <SelectionBar />
      {menu.value && <Menu {...menu.value} onClose={() => (menu.value = null)} />}
    </section>
  );
}

/** Returns the widths of the parts of a row, and which columns are in view. */
function makeLayout(width: number, left: number): Layout {
  const widths = columns.value.map((column) => widthOf(column.key, column.kind));
  const count = pinnedCount.value;
  const sum = widths.reduce((all, each) => all + each, 0);
  const free = width - MARKS_WIDTH - AGE_WIDTH - sum - 8;
  const name = widthOf("name") || Math.min(Math.max(free, LEAST_NAME), MOST_NAME);
  const pinned = widths.slice(0, count);
  const fixed = MARKS_WIDTH + name + pinned.reduce((all, each) => all + each, 0);
  const cut = cutColumns(widths.slice(count), left, width - fixed);
  return {
    name,
    pinned: columns.value.slice(0, count),
    scrolled: columns.value.slice(count + cut.first, count + cut.end),
    before: cut.before,
    after: cut.after,
    total: Math.max(MARKS_WIDTH + name + sum + AGE_WIDTH, 0),
  };
}

/** Scrolls a row into view, below the head and above the bar. */
function scrollTo(box: HTMLElement, row: number, height: number): void {
  const top = row * height;
  const hidden = box.querySelector<HTMLElement>(".row.head")?.offsetHeight ?? 0;
  const base = box.querySelector<HTMLElement>(".base")?.offsetHeight ?? 0;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + height + hidden + base > box.scrollTop + box.clientHeight)
    box.scrollTop = top + height + hidden + base - box.clientHeight;
}
