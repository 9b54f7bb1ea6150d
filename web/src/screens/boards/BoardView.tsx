// A board: its table, sorted by clicking a head.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { getJson } from "../../api/client";
import type { BoardPage } from "../../state/boards";
import { hoveredRun, readScreenSetting, setScreenSetting, showRun, store } from "../../state/view";

const MAX_ROWS = 500;

export function BoardView({ name }: { name: string }) {
  const page = useSignal<BoardPage | null>(null);
  const failure = useSignal<{ message: string; hint: string } | null>(null);
  const sort = readScreenSetting("boards.sort");
  const number = store.value;
  useEffect(() => {
    const abort = new AbortController();
    const query = { store: number, sort: sort ? [sort] : [] };
    getJson<BoardPage>(`/api/boards/${encodeURIComponent(name)}`, query, abort.signal)
      .then((answer) => {
        page.value = answer;
        failure.value = null;
      })
      .catch((error: Error & { hint?: string }) => {
        if (!abort.signal.aborted) failure.value = { message: error.message, hint: error.hint ?? "" };
      });
    return () => abort.abort();
  }, [name, sort, number, page, failure]);
  return (
    <article class="board" aria-label={`Board ${name}`}>
      {failure.value && (
        <div class="problem" role="alert">
          <pre>{failure.value.message}</pre>
          {failure.value.hint}
        </div>
      )}
      {page.value && <Content page={page.value} />}
    </article>
  );
}

function Content({ page }: { page: BoardPage }) {
  const shown = page.rows.slice(0, MAX_ROWS);
  const group = page.group;
  return (
    <>
      <h1>{page.title || page.name}</h1>
      {page.description && <p>{page.description}</p>}
      <p class="muted">
        {page.total.toLocaleString("en")} {page.total === 1 ? "row" : "rows"}
        {page.where.length > 0 && ` · where ${page.where.join(" and ")}`}
        {group && ` · grouped by ${group.by.join(", ")}`}
        {group?.selector &&
          `, the row is the run with the ${group.selector === "min" ? "lowest" : "highest"} ${group.selected_by}`}
        {page.sort.length > 0 && ` · sorted by ${page.sort.join(", ")}`}
      </p>
      {page.scores.length > 0 && (
        <p class="muted">{page.scores.map((score) => `${score.name} = ${score.expression}`).join(" · ")}</p>
      )}
      <BoardTable page={page} rows={shown as string[][]} />
      {page.rows.length > shown.length && (
        <p class="muted">
          The first {MAX_ROWS} of {page.total.toLocaleString("en")} rows. gage board {page.name} --csv prints
          all.
        </p>
      )}
      {page.notes.map((note) => (
        <p key={note} class="muted">
          {note}
        </p>
      ))}
    </>
  );
}

function BoardTable({ page, rows }: { page: BoardPage; rows: readonly string[][] }) {
  const sort = page.sort[0] ?? "";
  const turn = (key: string) =>
    setScreenSetting("boards.sort", sort === key ? `-${key}` : sort === `-${key}` ? "" : key);
  return (
    <div class="scroll-x">
      <table>
        <thead>
          <tr>
            {page.columns.map((column, i) => {
              const way =
                sort === page.keys[i] ? "ascending" : sort === `-${page.keys[i]}` ? "descending" : "none";
              return (
                <th
                  key={column.key}
                  scope="col"
                  class={column.align === "right" ? "number" : ""}
                  aria-sort={way}
                >
                  <button type="button" class="plain" onClick={() => turn(page.keys[i]!)}>
                    {column.title} {way === "ascending" ? "↑" : way === "descending" ? "↓" : ""}
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => {
            const id = page.runs[i]?.at(-1) ?? "";
            return (
              <tr
                key={`${id} ${i}`}
                class={hoveredRun.value === id ? "hovered" : ""}
                onPointerEnter={() => (hoveredRun.value = id)}
                onPointerLeave={() => (hoveredRun.value = "")}
              >
                {row.map((cell, j) => (
                  <td key={page.columns[j]!.key} class={page.columns[j]!.align === "right" ? "number" : ""}>
                    {j === 0 ? (
                      <button type="button" class="plain link" onClick={() => showRun(id)}>
                        {cell || "open"}
                      </button>
                    ) : (
                      cell
                    )}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
