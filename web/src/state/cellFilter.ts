// Filters by the value of a cell.
import type { RunRow } from "../api/records";
import { type CellValue, readCell } from "./cells";
import { type Column, columns } from "./columns";
import { addCondition, buildCondition, type Operator } from "./filterText";
import { activeColumn, activeRun } from "./rowSelection";
import { filter } from "./view";

/** Returns the value that a cell shows. The row of a batch has values of its own only: its trials have the others. */
export function shownValue(column: Column, row: RunRow): CellValue {
  return row.trials && column.kind !== "run" ? undefined : readCell(row, column.key);
}

/** Returns the condition that a click on a cell adds, "" if it adds none. */
export function conditionOf(column: Column, row: RunRow): string {
  const value = shownValue(column, row);
  if (column.kind === "curve" || (row.trials && value === undefined)) return "";
  if (column.key === "comments")
    return `${column.name} is ${Array.isArray(value) && value.length ? "" : "not "}set`;
  return buildCondition(column.name, chooseOperator(column, value), listValues(column, value)[0]);
}

/** Returns all conditions with a cell's value. */
export function listConditions(column: Column, row: RunRow): string[] {
  if (conditionOf(column, row) === "") return [];
  const value = shownValue(column, row);
  if (column.key === "comments") return [`${column.name} is set`, `${column.name} is not set`];
  const hasOrder = typeof value === "number" || column.type === "time";
  const signs: Operator[] = hasOrder ? ["=", "!=", "<=", ">="] : ["=", "!="];
  return listValues(column, value).flatMap((each) =>
    signs.map((sign) => buildCondition(column.name, sign, each)),
  );
}

/** Adds a condition to the filter. */
export function filterBy(condition: string): void {
  if (condition) filter.value = addCondition(filter.value, condition);
}

/** Filters by the cell that keys act on. */
export function filterByActiveCell(): void {
  const column = columns.value[activeColumn.value];
  if (column && activeRun.value) filterBy(conditionOf(column, activeRun.value));
}

/** Returns the values that conditions are about: each tag; the day of a time; none for an empty text, list or flag. */
function listValues(column: Column, value: CellValue): CellValue[] {
  if (column.kind !== "run") return [value];
  if (value === "" || value === false || (Array.isArray(value) && !value.length)) return [undefined];
  if (column.key === "tags" && Array.isArray(value)) return value;
  return [column.type === "time" && typeof value === "string" ? value.slice(0, 10) : value];
}

/** A value of a metric is a bound: no other run has the same. */
function chooseOperator(column: Column, value: CellValue): Operator {
  if (column.type === "time") return ">=";
  if (column.kind !== "metric" || typeof value !== "number") return "=";
  return column.better === "lower" ? "<=" : column.better === "higher" ? ">=" : "=";
}
