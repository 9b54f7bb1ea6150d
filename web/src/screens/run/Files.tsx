// The files of a run: a tree, and a preview of the chosen file.
import { useEffect, useMemo } from "preact/hooks";
import type { RunPage } from "../../api/records";
import { formatSize } from "../../numbers/format";
import { useVisibleRows } from "../../parts/virtual";
import { DirectoryTree, type TreeRow } from "../../state/directories";
import { isNarrow, isWhole } from "../../state/run";
import { openPath } from "../../state/view";
import "./Files.css";
import { Preview } from "./Preview";

/** Heights of a row in pixels, with a mouse and with a finger. */
const [ROW, TOUCH_ROW] = [26, 44];
const KINDS: Record<string, string> = { s: "source", d: "dependency", r: "runtime" };

export function Files({ run, page }: { run: string; page: RunPage }) {
  const tree = useMemo(() => new DirectoryTree(run), [run]);
  useEffect(() => {
    void tree.load("");
    return () => tree.close();
  }, [tree]);
  const path = openPath.value;
  const rows = tree.rows.value;
  const isTreeShown = isWhole.value || !path;
  return (
    <div class={`files${isWhole.value ? " beside" : ""}`}>
      {isTreeShown && (
        <div class="file-tree">
          <div class="view-bar">
            <input
              type="search"
              placeholder="search files…"
              aria-label="Search files"
              onChange={(event) => tree.find(event.currentTarget.value.trim())}
            />
            <span class="muted grow">
              {tree.search.value
                ? `${rows?.length ?? 0} found`
                : `${page.file_count.toLocaleString("en")} ${page.file_count === 1 ? "file" : "files"}`}
            </span>
          </div>
          {tree.problem.value && <p class="problem padded">{tree.problem.value}</p>}
          {rows && !rows.length && !tree.problem.value && (
            <p class="muted padded">{tree.search.value ? "No file matches." : "The run has no files."}</p>
          )}
          {rows && <Rows tree={tree} rows={rows} />}
        </div>
      )}
      {path ? (
        <Preview run={run} path={path} />
      ) : (
        isWhole.value && <p class="muted padded">Choose a file to see its content.</p>
      )}
    </div>
  );
}

function Rows({ tree, rows }: { tree: DirectoryTree; rows: readonly TreeRow[] }) {
  const height = isNarrow.value ? TOUCH_ROW : ROW;
  const { box, first, end } = useVisibleRows(height);
  const shown = [];
  for (let i = first.value; i < Math.min(end.value, rows.length); i++)
    shown.push(<Row key={i} tree={tree} row={rows[i]!} top={i * height} />);
  return (
    <div class="tree-rows" ref={box} role="tree" aria-label="Files" onKeyDown={moveFocus}>
      <div style={{ height: `${rows.length * height}px`, position: "relative" }}>{shown}</div>
    </div>
  );
}

function Row({ tree, row, top }: { tree: DirectoryTree; row: TreeRow; top: number }) {
  const { entry } = row;
  const style = { top: `${top}px`, paddingLeft: `${8 + row.depth * 14}px` };
  if (!entry)
    return (
      <button
        type="button"
        class="plain tree-row link"
        style={style}
        onClick={() => tree.load(row.directory)}
      >
        Show more ({row.more.toLocaleString("en")})
      </button>
    );
  const isDirectory = entry.type === "directory";
  const name = tree.search.value ? entry.path : entry.path.slice(entry.path.lastIndexOf("/") + 1);
  const isUsable = isDirectory || entry.type === "file";
  const sign = isDirectory ? (tree.isOpen(entry.path) ? "▾" : "▸") : "";
  return (
    <button
      type="button"
      role="treeitem"
      class={`plain tree-row${openPath.value === entry.path ? " chosen" : ""}`}
      style={style}
      aria-expanded={isDirectory ? tree.isOpen(entry.path) : undefined}
      aria-level={row.depth + 1}
      aria-selected={openPath.value === entry.path}
      disabled={!isUsable}
      title={isUsable ? entry.path : `${entry.path}: not a regular file`}
      onClick={() => {
        if (isDirectory) tree.toggle(entry.path);
        else openPath.value = entry.path;
      }}
    >
      <span class="sign" aria-hidden="true">
        {sign}
      </span>
      <span class="grow">{name}</span>
      <span class="muted kind">{entry.type === "link" ? "link" : KINDS[entry.kind]}</span>
      <span class="muted number">{formatSize(entry.size)}</span>
    </button>
  );
}

/** Moves between rows with the arrow keys. */
function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const rows = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(".tree-row")];
  const next = rows[rows.indexOf(document.activeElement as HTMLElement) + step];
  next?.focus();
  event.preventDefault();
}
