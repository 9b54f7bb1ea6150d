// A run on a phone: two lines with name, status and age; its first metric with a small curve.
import { useEffect, useRef } from "preact/hooks";
import type { RunRow } from "../api/records";
import { colorOfRun } from "../numbers/colors";
import { formatAge, formatNumber } from "../numbers/format";
import { isNumeric } from "../parts/Cell";
import { Sparkline } from "../parts/Sparkline";
import { Status } from "../parts/Status";
import { Tags } from "../parts/Tags";
import { readCell } from "../state/cells";
import { columns } from "../state/columns";
import { pickedSet, togglePicked } from "../state/rowSelection";
import { needSparkline, sparklineKey, sparklines } from "../state/sparklines";
import { picked, showRun } from "../state/view";
import "./RunCard.css";

const HOLD_MS = 450;

export function RunCard({ row, at, top }: { row: RunRow; at: number; top: number }) {
  const column = columns.value.find((each) => each.kind === "metric");
  const metric = column?.metric ?? "";
  useEffect(() => {
    if (metric) needSparkline(metric, row.id);
  });
  const value = column ? readCell(row, column.key) : undefined;
  const isPicked = pickedSet.value.has(row.id);
  const press = useRef({ timer: 0, isHeld: false });
  const hold = () => {
    press.current.isHeld = false;
    press.current.timer = window.setTimeout(() => {
      press.current.isHeld = true;
      togglePicked(at);
    }, HOLD_MS);
  };
  const tap = () => {
    clearTimeout(press.current.timer);
    if (press.current.isHeld) return;
    if (picked.value.length) togglePicked(at);
    else showRun(row.id);
  };
  return (
    <div
      class={`row card${isPicked ? " picked" : ""}`}
      role="row"
      aria-rowindex={at + 2}
      style={{ top: `${top}px` }}
    >
      <span role="gridcell">
        <button
          type="button"
          class="plain"
          style={{ "--run": colorOfRun(row.id) }}
          onPointerDown={hold}
          onPointerUp={() => clearTimeout(press.current.timer)}
          onPointerCancel={() => clearTimeout(press.current.timer)}
          onContextMenu={(event) => event.preventDefault()}
          onClick={tap}
        >
          <span class="line">
            <Status status={row.status} />
            <span class="name">
              {row.marked && "★ "}
              {row.name}
              {row.trials > 0 && (
                <span class="note" title={`A batch of ${row.trials} runs`}>
                  ×{row.trials}
                </span>
              )}
            </span>
            <span class="muted">{formatAge(row.started ?? row.created)}</span>
          </span>
          <span class="line">
            <span class="label muted" dir="auto">
              {row.label || row.reason || row.operation}
            </span>
            <Tags tags={row.tags} />
            {column && value !== undefined && (
              <>
                <span class="muted metric-name">{column.title}</span>
                <span class="number">
                  {isNumeric(value) ? formatNumber(Number(value), 4) : String(value)}
                </span>
              </>
            )}
            <Sparkline
              curve={sparklines.value.get(sparklineKey(metric, row.id))}
              color={colorOfRun(row.id)}
              width={72}
              height={20}
            />
          </span>
        </button>
      </span>
    </div>
  );
}
