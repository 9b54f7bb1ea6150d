// The list of runs: the legend of the charts and the table at once.
import { useEffect } from "preact/hooks";
import type { RunRow, Value } from "../api/records";
import { colorOfRun } from "../numbers/colors";
import { formatAge, formatValue } from "../numbers/format";
import { Status } from "../parts/Status";
import { useVisibleRows } from "../parts/virtual";
import { columns, live, metricNames, needRows, rows, total } from "../state/listing";
import { shownSet, toggleRun } from "../state/selection";
import { hoveredRun, openRun, selected, sort } from "../state/view";

export const ROW_HEIGHT = 26;

export function RunList() {
  const { box, first, end } = useVisibleRows(ROW_HEIGHT);
  const last = Math.min(end.value, total.value);
  useEffect(() => needRows(first.value, last));
  const shown = [];
  for (let i = first.value; i < last; i++) {
    const row = rows.value.get(i);
    shown.push(
      row ? (
        <Row key={row.id} row={row} at={i} />
      ) : (
        <div key={i} class="row empty" style={{ top: `${i * ROW_HEIGHT}px` }} />
      ),
    );
  }
  const template = `28px 22px minmax(110px, 1.4fr) repeat(${columns.value.length}, minmax(64px, 1fr)) 52px`;
  return (
    <section class="runs" aria-label="Runs" style={{ "--columns": template }}>
      <div class="list-head">
        <span>
          {total.value.toLocaleString("en")} {total.value === 1 ? "run" : "runs"}
        </span>
        {live.value.size > 0 && <span class="live">● {live.value.size} live</span>}
        {selected.value.length > 0 && (
          <button type="button" class="plain" onClick={() => (selected.value = [])}>
            clear selection ({selected.value.length})
          </button>
        )}
      </div>
      <div class="rows" ref={box} role="grid" aria-rowcount={total.value + 1} tabIndex={0}>
        <div class="row head" role="row">
          <span />
          <span />
          <Head name="name" title="name" />
          {columns.value.map((name) => (
            <Head key={name} name={name} title={name} />
          ))}
          <Head name="started" title="age" />
        </div>
        <div class="body" style={{ height: `${total.value * ROW_HEIGHT}px` }}>
          {shown}
        </div>
      </div>
    </section>
  );
}

function Head({ name, title }: { name: string; title: string }) {
  const way = sort.value.includes(name) ? "↑" : sort.value.includes(`-${name}`) ? "↓" : "";
  const turn = (event: MouseEvent) => {
    const next = way === "" ? name : way === "↑" ? `-${name}` : "";
    const others = event.shiftKey ? sort.value.filter((each) => each !== name && each !== `-${name}`) : [];
    sort.value = next ? [...others, next] : others;
  };
  return (
    <span
      role="columnheader"
      class="cell"
      aria-sort={way === "↑" ? "ascending" : way === "↓" ? "descending" : "none"}
    >
      <button type="button" class="plain" title={`Sort by ${name}`} onClick={turn}>
        {title} {way}
      </button>
    </span>
  );
}

function Row({ row, at }: { row: RunRow; at: number }) {
  const isShown = shownSet.value.has(row.id);
  return (
    <div
      class={`row${hoveredRun.value === row.id ? " hovered" : ""}${openRun.value === row.id ? " open" : ""}`}
      role="row"
      aria-rowindex={at + 2}
      style={{ top: `${at * ROW_HEIGHT}px` }}
      onPointerEnter={() => (hoveredRun.value = row.id)}
      onPointerLeave={() => (hoveredRun.value = "")}
    >
      <button
        type="button"
        role="checkbox"
        aria-checked={isShown}
        aria-label={`Show ${row.name} in charts`}
        class="eye"
        style={{ "--run": colorOfRun(row.id) }}
        onClick={() => toggleRun(row.id)}
      />
      <Status status={row.status} />
      <button
        type="button"
        class="plain cell name"
        title={row.label || row.operation}
        onClick={() => (openRun.value = row.id)}
      >
        {row.marked ? "★ " : ""}
        {row.name}
        {row.label && <span class="muted"> {row.label}</span>}
      </button>
      {columns.value.map((name, i) => (
        <Cell key={name} value={row.cells[i] as Value} isMetric={metricNames.value.has(name)} />
      ))}
      <span class="cell number muted">{formatAge(row.started ?? row.created)}</span>
    </div>
  );
}

function Cell({ value, isMetric }: { value: Value | undefined; isMetric: boolean }) {
  const text = formatValue(value);
  const isNumber = typeof value === "number" || value === "NaN";
  return (
    <span class={`cell${isNumber ? " number" : ""}${isMetric ? " metric" : ""}`} title={text} role="gridcell">
      {text}
    </span>
  );
}
