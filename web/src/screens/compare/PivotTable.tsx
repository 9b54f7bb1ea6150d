// A pivot table: a row for each value of one name, a column for each value of another.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { post } from "../../api/client";
import type { Value } from "../../api/records";
import type { components } from "../../api/schema";
import { readPalette } from "../../drawing/palette";
import { formatValue } from "../../numbers/format";
import { colorOfPlace } from "../../numbers/ramp";
import { toNumber } from "../../numbers/values";
import { Choice } from "../../parts/Choice";
import { configColumns, metric, query, runs } from "../../state/comparison";
import { paletteVersion } from "../../state/settings";
import { readScreenSetting, setScreenSetting } from "../../state/view";
import { listNames, listNumericNames } from "./plots";
import { CellText } from "./SideTable";

type PivotPage = components["schemas"]["PivotPage"];
const FUNCTIONS = ["mean", "median", "min", "max", "std", "count"] as const;

export function PivotTable() {
  const page = useSignal<PivotPage | null>(null);
  const failure = useSignal("");
  const names = listNames();
  const config = configColumns.value.filter((each) => each.differs && !/seed/i.test(each.key));
  const rows = readScreenSetting("compare.rows") || config[0]?.key || names[0] || "op";
  const columns = readScreenSetting("compare.cols") || config[1]?.key || "-";
  const run = FUNCTIONS.find((each) => each === readScreenSetting("compare.function")) ?? "mean";
  const cells = readScreenSetting("compare.cells") || metric.value;
  const known = runs.value;
  useEffect(() => {
    if (!cells) return;
    const abort = new AbortController();
    const body = {
      ...query(),
      rows: [rows],
      columns: columns === "-" ? [] : [columns],
      values: [`${run}(${cells})`],
    };
    post("/api/pivot", body, abort.signal)
      .then(async (response) => {
        page.value = (await response.json()) as PivotPage;
        failure.value = "";
      })
      .catch((error: Error) => {
        if (!abort.signal.aborted) failure.value = error.message;
      });
    return () => abort.abort();
  }, [known, rows, columns, run, cells, page, failure]);
  const set = (name: string) => (value: string) => setScreenSetting(name, value);
  return (
    <section aria-label="Pivot table">
      <div class="list-head">
        <Choice label="rows" value={rows} options={names} choose={set("compare.rows")} />
        <Choice
          label="columns"
          value={columns}
          options={[["-", "none"] as const, ...names.map((name) => [name, name] as const)]}
          choose={set("compare.cols")}
        />
        <Choice label="cells" value={run} options={FUNCTIONS} choose={set("compare.function")} />
        <Choice label="of" value={cells} options={listNumericNames()} choose={set("compare.cells")} />
      </div>
      {failure.value && (
        <p class="problem" role="alert">
          {failure.value}
        </p>
      )}
      {page.value && <Cells page={page.value} />}
    </section>
  );
}

function Cells({ page }: { page: PivotPage }) {
  void paletteVersion.value;
  const { isDark } = readPalette();
  const values = page.rows
    .flatMap((row) => (row as Value[]).slice(1).map(toNumber))
    .filter((each): each is number => each !== null && Number.isFinite(each));
  const low = Math.min(...values);
  const high = Math.max(...values);
  const shade = (value: Value) => {
    const number = toNumber(value);
    if (number === null || !Number.isFinite(number) || high === low) return {};
    return { "--shade": colorOfPlace((number - low) / (high - low), isDark) };
  };
  return (
    <div class="scroll-x">
      <table class="plain-table pivot">
        <thead>
          <tr>
            {page.columns.map((column, i) => (
              <th key={column.key} scope="col" class={i ? "number" : ""}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {page.rows.map((row) => (
            <tr key={JSON.stringify((row as Value[])[0])}>
              {(row as Value[]).map((cell, i) =>
                i === 0 ? (
                  <th key={page.columns[0]!.key} scope="row">
                    {cell === null ? "(missing)" : formatValue(cell)}
                  </th>
                ) : (
                  <td key={page.columns[i]!.key} class="number shaded" style={shade(cell)}>
                    <CellText value={cell} />
                    {typeof cell === "object" && cell && !Array.isArray(cell) && (
                      <span class="muted"> n={formatValue(cell.n)}</span>
                    )}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {!page.rows.length && <p class="muted">No run has a value for this table.</p>}
      {page.left_out.length > 0 && <p class="muted">Left out: {page.left_out.join("; ")}</p>}
    </div>
  );
}
