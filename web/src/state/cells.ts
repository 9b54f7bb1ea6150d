// Reads the cells of rows by the key of their column. Rows that were loaded before a column was added do not have it.
import type { RunRow, Value } from "../api/records";

/** A value of a cell; undefined if the run does not have it. */
export type CellValue = Value | undefined;

const orders = new WeakMap<RunRow, ReadonlyMap<string, number>>();

/** Says which columns the cells of rows have. */
export function registerRows(rows: readonly RunRow[], keys: readonly string[]): void {
  const order = new Map(keys.map((key, i) => [key, i]));
  for (const row of rows) orders.set(row, order);
}

export function readCell(row: RunRow, key: string): CellValue {
  const at = orders.get(row)?.get(key);
  if (at === undefined) return undefined;
  const value = row.cells[at] as CellValue;
  return value === null && !row.nulls?.includes(at) ? undefined : value;
}
