// Rows of text cells; only the visible rows are in the page.
import "./DataTable.css";
import { useVisibleRows } from "./virtual";

const ROW = 24;
const MAX_COLUMNS = 200;
const SAMPLED_ROWS = 100;

/** The first row has the names of the columns. */
export function DataTable({ rows, note = "" }: { rows: readonly string[][]; note?: string }) {
  const { box, first, end } = useVisibleRows(ROW);
  const names = (rows[0] ?? []).slice(0, MAX_COLUMNS);
  const body = rows.slice(1);
  const widths = names.map((name, i) => {
    const longest = Math.max(name.length, ...body.slice(0, SAMPLED_ROWS).map((row) => row[i]?.length ?? 0));
    return `${Math.min(Math.max(longest, 4), 40) * 7.4 + 28}px`;
  });
  const isNumber = names.map((_, i) =>
    body.slice(0, 20).every((row) => row[i] === "" || !Number.isNaN(Number(row[i]))),
  );
  const template = { gridTemplateColumns: widths.join(" ") };
  const shown = [];
  for (let i = first.value; i < Math.min(end.value, body.length); i++)
    shown.push(
      <div key={i} class="data-row" role="row" style={{ ...template, top: `${i * ROW}px` }}>
        {names.map((name, c) => (
          <span key={`${c} ${name}`} role="cell" class={isNumber[c] ? "number" : ""} title={body[i]![c]}>
            {body[i]![c]}
          </span>
        ))}
      </div>,
    );
  return (
    <div class="code-view">
      <div class="view-bar muted">
        {body.length.toLocaleString("en")} {body.length === 1 ? "row" : "rows"}, {rows[0]?.length ?? 0}{" "}
        columns
        {note && ` · ${note}`}
      </div>
      <div class="data-table" ref={box} role="table" aria-rowcount={rows.length} tabIndex={0}>
        <div class="data-row head" role="row" style={template}>
          {names.map((name, c) => (
            <span key={`${c} ${name}`} role="columnheader" class={isNumber[c] ? "number" : ""}>
              {name}
            </span>
          ))}
        </div>
        <div style={{ height: `${body.length * ROW}px`, position: "relative" }}>{shown}</div>
      </div>
    </div>
  );
}
