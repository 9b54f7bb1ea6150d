// Tables as CSV (RFC 4180).

/** Returns rows as CSV. Texts that a spreadsheet would take for a formula get an apostrophe before them. */
export function formatCsv(rows: Iterable<readonly (string | number)[]>): string {
  let text = "";
  for (const row of rows) text += `${row.map(formatCell).join(",")}\r\n`;
  return text;
}

function formatCell(value: string | number): string {
  if (typeof value === "number") return Number.isNaN(value) ? "nan" : String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
