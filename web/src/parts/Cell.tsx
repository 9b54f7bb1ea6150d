// The content of a cell of the list: numbers, texts, tags, times, a difference to the baseline, a small curve.
import { useEffect } from "preact/hooks";
import type { RunRow, Value } from "../api/records";
import { colorOfRun } from "../numbers/colors";
import { formatAge, formatNumber, formatSeconds, formatValue } from "../numbers/format";
import { baselineRow, compareValues } from "../state/baseline";
import { type CellValue, readCell } from "../state/cells";
import { type Column, findMetric } from "../state/columns";
import { needSparkline, sparklineKey, sparklines } from "../state/sparklines";
import { Sparkline } from "./Sparkline";
import { Tags } from "./Tags";

export function isNumeric(value: CellValue): boolean {
  return typeof value === "number" || value === "NaN" || value === "Infinity" || value === "-Infinity";
}

export function CellContent({ column, value, row }: { column: Column; value: CellValue; row: RunRow }) {
  if (column.kind === "curve") return <CurveCell metric={column.metric} row={row} />;
  if (value === undefined) return null;
  if (value === null) return <span class="absent">null</span>;
  if (Array.isArray(value) && column.key === "tags") return <Tags tags={value.map(String)} />;
  if (column.key === "comments" && Array.isArray(value)) return <>{value.length || ""}</>;
  if (column.type === "time" && typeof value === "string")
    return <time dateTime={value}>{showTime(value)}</time>;
  if (column.type === "duration" && typeof value === "number") return <>{formatSeconds(value)}</>;
  if (column.kind === "metric") return <MetricCell column={column} value={value} row={row} />;
  return <>{showNumber(value)}</>;
}

/** Returns the text of a value in full, for a tooltip and for copying. */
export function describeValue(value: CellValue): string {
  return value === undefined
    ? ""
    : value === null
      ? "null"
      : typeof value === "number"
        ? String(value)
        : formatValue(value);
}

function showNumber(value: Value): string {
  const special = { NaN: "NaN", Infinity: "∞", "-Infinity": "−∞" }[String(value)];
  return special ?? (typeof value === "number" ? formatNumber(value, 5) : formatValue(value));
}

function showTime(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? text : `${formatAge(time * 1000)} ago`;
}

function MetricCell({ column, value, row }: { column: Column; value: Value; row: RunRow }) {
  const base = baselineRow.value;
  const delta =
    base && base.id !== row.id ? compareValues(value, readCell(base, column.key), column.better) : null;
  const word = delta?.isBetter === null ? "" : delta?.isBetter ? "better" : "worse";
  return (
    <>
      {isNumeric(value) && typeof value !== "number" ? (
        <span class="absent">{showNumber(value)}</span>
      ) : (
        showNumber(value)
      )}
      {delta && (
        <span
          class={`delta ${word}`}
          title={word ? `${word} than ${base!.name}` : `compared with ${base!.name}`}
        >
          {word === "better" ? "▲" : word === "worse" ? "▼" : ""}
          {delta.text}
        </span>
      )}
    </>
  );
}

function CurveCell({ metric, row }: { metric: string; row: RunRow }) {
  useEffect(() => needSparkline(metric, row.id));
  const curve = sparklines.value.get(sparklineKey(metric, row.id));
  return <Sparkline curve={curve} color={colorOfRun(row.id)} width={100} height={20} />;
}

/** Returns how strongly a cell of a coloured column is coloured, from 0 to 1: better values more strongly. */
export function strengthOf(column: Column, value: CellValue): number | null {
  const range = findMetric(column.metric);
  if (typeof value !== "number" || !range || range.low == null || range.high == null) return null;
  const isLogarithmic = range.low > 0 && range.high / range.low > 100;
  const scale = isLogarithmic ? Math.log : (each: number) => each;
  const [low, high] = [scale(range.low), scale(range.high)];
  if (high === low || (isLogarithmic && value <= 0)) return null;
  const part = Math.min(Math.max((scale(value) - low) / (high - low), 0), 1);
  return column.better === "lower" ? 1 - part : part;
}
