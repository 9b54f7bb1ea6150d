// Finds and sorts the rows of an exported page.
import type { RunRow, Value } from "../api/records";
import { formatValue } from "../numbers/format";
import { compareValues } from "../numbers/values";

/** Returns the rows that contain each word of the text in their name, label, tags or values. Ignores case. */
export function findRows(rows: readonly RunRow[], text: string): RunRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [...rows];
  return rows.filter((row) => {
    const texts = [row.name, row.operation, row.status, row.label, ...row.tags];
    const all = [...texts, ...row.cells.map((cell) => formatValue(cell as Value))].join("\n").toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** Returns the rows ordered by the named values; "-" before a name means descending. Missing values are last. */
export function sortRows(
  rows: readonly RunRow[],
  sort: readonly string[],
  places: ReadonlyMap<string, number>,
): RunRow[] {
  const keys = sort.map((name) => ({
    name: name.replace(/^-/, "").replaceAll("`", ""),
    sign: name.startsWith("-") ? (-1 as const) : (1 as const),
  }));
  const get = (row: RunRow, name: string): Value | undefined => {
    const at = places.get(name);
    if (at !== undefined) return row.cells[at] as Value;
    return (row as unknown as Record<string, Value>)[name];
  };
  return [...rows].sort((a, b) => {
    for (const { name, sign } of keys) {
      const order = compareValues(get(a, name), get(b, name), sign);
      if (order) return order;
    }
    return a.position - b.position;
  });
}
