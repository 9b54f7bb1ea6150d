// Reads the rows of comma- or tab-separated text (RFC 4180).

/** Returns the rows; the last one is left out if the text `isCut`, as it may not be whole. */
export function parseDelimited(text: string, isCut = false, maxRows = 10_000): string[][] {
  const separator = pickSeparator(text);
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < text.length && rows.length < maxRows) {
    const [cell, end] = readCell(text, at, separator);
    row.push(cell);
    at = end;
    if (text[at] === separator) {
      at += 1;
      if (at < text.length) continue;
      row.push("");
    }
    if (text[at] === "\r") at += 1;
    if (text[at] === "\n") at += 1;
    else if (at < text.length) continue;
    rows.push(row);
    row = [];
  }
  if (isCut && rows.length < maxRows && !text.endsWith("\n")) rows.pop();
  return rows;
}

function readCell(text: string, at: number, separator: string): [cell: string, end: number] {
  if (text[at] !== '"') {
    let end = at;
    while (end < text.length && text[end] !== separator && text[end] !== "\n" && text[end] !== "\r") end += 1;
    return [text.slice(at, end), end];
  }
  let cell = "";
  let start = at + 1;
  for (;;) {
    const quote = text.indexOf('"', start);
    if (quote < 0) return [cell + text.slice(start), text.length];
    cell += text.slice(start, quote);
    if (text[quote + 1] !== '"') return [cell, quote + 1];
    cell += '"';
    start = quote + 2;
  }
}

/** Returns the separator that the first line has most of. */
function pickSeparator(text: string): string {
  const head = text.slice(0, text.indexOf("\n") < 0 ? 10_000 : text.indexOf("\n"));
  const count = (each: string) => head.split(each).length;
  return [",", "\t", ";"].reduce((best, each) => (count(each) > count(best) ? each : best));
}
