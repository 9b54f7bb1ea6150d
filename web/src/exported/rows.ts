// Finds and sorts the rows of an exported page.
import type { RunRow, Value } from "../api/records";
import { toNumber } from "../numbers/axis";
import { formatValue } from "../numbers/format";

/** Returns the rows that contain each word, whatever its case, in their name, label, tags or values. */
export function findRows(rows: readonly RunRow[], text: string): RunRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [...rows];
  return rows.filter((row) => {
    const texts = [row.name, row.operation, row.status, row.label, ...row.tags];
    const all = [...texts, ...row.cells.map((cell) => formatValue(cell as Value))].join("\n").toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

const ORDER = new Intl.Collator("en", { numeric: true });

/** Returns the rows in the order of names; "-" before a name is for descending order. Missing values are last. */
export function sortRows(
  rows: readonly RunRow[],
  sort: readonly string[],
  places: ReadonlyMap<string, number>,
): RunRow[] {
  const keys = sort.map((name) => ({
    name: name.replace(/^-/, "").replaceAll("`", ""),
    sign: name.startsWith("-") ? -1 : 1,
  }));
  const get = (row: RunRow, name: string): Value | undefined => {
    const at = places.get(name);
    if (at !== undefined) return row.cells[at] as Value;
    return (row as unknown as Record<string, Value>)[name];
  };
  return [...rows].sort((a, b) => {
    for (const { name, sign } of keys) {
      const order = compare(get(a, name), get(b, name), sign);
      if (order) return order;
    }
    return a.position - b.position;
  });
}

function compare(a: Value | undefined, b: Value | undefined, sign: number): number {
  const rank = (value: Value | undefined) => {
    if (value === null || value === undefined) return 3;
    const number = toNumber(value);
    return number === null ? 1 : Number.isNaN(number) ? 2 : 0;
  };
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (rank(a) === 0) return sign * (toNumber(a)! - toNumber(b)!);
  return rank(a) === 1 ? sign * ORDER.compare(formatValue(a), formatValue(b)) : 0;
}
