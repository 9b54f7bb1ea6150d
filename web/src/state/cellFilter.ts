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
  const wanted = isTags(column, value) ? value[0] : value;
  return buildCondition(column.name, chooseOperator(column, value), wanted);
}

/** Returns all conditions with a cell's value. */
export function listConditions(column: Column, row: RunRow): string[] {
  if (conditionOf(column, row) === "") return [];
  const value = shownValue(column, row);
  const values = isTags(column, value) ? value : [value];
  const signs: Operator[] = typeof value === "number" ? ["=", "!=", "<=", ">="] : ["=", "!="];
  return values.flatMap((each) => signs.map((sign) => buildCondition(column.name, sign, each)));
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

function isTags(column: Column, value: CellValue): value is string[] {
  return column.key === "tags" && Array.isArray(value) && value.length > 0;
}

/** A value of a metric is a bound: no other run has the same. */
function chooseOperator(column: Column, value: CellValue): Operator {
  if (column.kind !== "metric" || typeof value !== "number") return "=";
  return column.better === "lower" ? "<=" : column.better === "higher" ? ">=" : "=";
}
