// The table of many runs: rows are runs, columns are values that differ.
import { useSignal } from "@preact/signals";
import type { Value } from "../../api/records";
import { isNumeric } from "../../numbers/axis";
import { colorOfRun } from "../../numbers/colors";
import { useVisibleRows } from "../../parts/virtual";
import {
  bestRun,
  type ComparedRun,
  chooseForPair,
  columns,
  getColumn,
  getValue,
  isLowerBetter,
  metric,
  pair,
  runs,
} from "../../state/comparison";
import { hoveredRun, showRun } from "../../state/view";
import { CellText, Delta } from "./SideTable";
import "./RowTable.css";
import { sortRuns } from "./sorting";

const ROW_HEIGHT = 26;
const MAX_HEIGHT = 13 * ROW_HEIGHT;

export function RowTable({ brushed }: { brushed: ReadonlySet<string> | null }) {
  const { box, first, end } = useVisibleRows(ROW_HEIGHT);
  const order = useSignal<{ key: string; isDown: boolean } | null>(null);
  const shown = columns.value.filter((each) => each.differs);
  const key = order.value?.key ?? metric.value;
  const isDown = order.value?.isDown ?? isLowerBetter.value === false;
  const chosen = brushed ? runs.value.filter((run) => brushed.has(run.id)) : runs.value;
  const sorted = sortRuns(chosen, key === "name" ? (run) => run.name : (run) => getValue(run, key), isDown);
  const template = `64px minmax(120px, 1.2fr) repeat(${shown.length}, minmax(72px, 1fr))`;
  const turn = (name: string) => {
    order.value = { key: name, isDown: key === name && !isDown };
  };
  const height = Math.min((sorted.length + 1) * ROW_HEIGHT + 16, MAX_HEIGHT);
  return (
    <div
      class="compare-rows"
      ref={box}
      role="grid"
      aria-label="Compared runs"
      aria-rowcount={sorted.length + 1}
      tabIndex={0}
      style={{ "--columns": template, height: `${height}px` }}
    >
      <div class="compare-row head" role="row">
        <span role="columnheader" class="cell start">
          A / B
        </span>
        {["name", ...shown.map((each) => each.key)].map((name) => (
          <span
            key={name}
            role="columnheader"
            class={`cell${name === "name" || !isNumeric(getColumn(name)) ? " start" : ""}`}
            aria-sort={key === name ? (isDown ? "descending" : "ascending") : "none"}
          >
            <button type="button" class="plain" title={`Sort by ${name}`} onClick={() => turn(name)}>
              {name} {key === name ? (isDown ? "↓" : "↑") : ""}
            </button>
          </span>
        ))}
      </div>
      <div class="body" style={{ height: `${sorted.length * ROW_HEIGHT}px` }}>
        {sorted.slice(first.value, end.value).map((run, i) => (
          <Row key={run.id} run={run} at={first.value + i} keys={shown.map((each) => each.key)} />
        ))}
      </div>
    </div>
  );
}

function Row({ run, at, keys }: { run: ComparedRun; at: number; keys: readonly string[] }) {
  const side = pair.value?.indexOf(run.id) ?? -1;
  return (
    <div
      class={`compare-row${hoveredRun.value === run.id ? " hovered" : ""}`}
      role="row"
      aria-rowindex={at + 2}
      style={{ top: `${at * ROW_HEIGHT}px` }}
      onPointerEnter={() => (hoveredRun.value = run.id)}
      onPointerLeave={() => (hoveredRun.value = "")}
    >
      <span role="gridcell">
        <button
          type="button"
          class="plain pair-mark"
          aria-pressed={side >= 0}
          aria-label={`Compare ${run.name} below`}
          title="Compare below"
          onClick={() => chooseForPair(run.id)}
        >
          {side >= 0 ? "AB"[side] : "·"}
        </button>
      </span>
      <span role="gridcell" class="cell">
        <button type="button" class="plain" onClick={() => showRun(run.id)}>
          <span class="swatch" style={{ background: colorOfRun(run.id) }} />
          {run.name}
          {run.n > 1 && <span class="muted"> ×{run.n}</span>}
          {bestRun.value?.id === run.id && <span title={`best by ${metric.value}`}> ★</span>}
        </button>
      </span>
      {keys.map((key) => (
        <span
          key={key}
          role="gridcell"
          class={`cell${isNumeric(getColumn(key)) ? " number" : ""}${key === metric.value ? " metric" : ""}`}
        >
          <CellText value={getValue(run, key)} />
          <Delta delta={run.deltas[columns.value.findIndex((each) => each.key === key)] as Value} />
        </span>
      ))}
    </div>
  );
}
