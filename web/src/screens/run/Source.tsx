// The source code that was copied from the project into the run, and the uncommitted changes of the project.
import { getJson } from "../../api/client";
import type { GitDiff, SourceFiles, SourceText } from "../../api/records";
import { formatSize } from "../../numbers/format";
import { CodeView } from "../../parts/CodeView";
import { useLoaded } from "../../state/loaded";
import { isNarrow, isWhole } from "../../state/run";
import { openPath } from "../../state/view";
import "./Files.css";

/** Stands in the address for the uncommitted changes; no source file has this name. */
const CHANGES = "//changes";

export function Source({ run }: { run: string }) {
  const source = useLoaded(run, (signal) => getJson<SourceFiles>(`/api/runs/${run}/source`, {}, signal));
  const changes = useLoaded(run, (signal) => getJson<GitDiff>(`/api/runs/${run}/git-diff`, {}, signal));
  if (source.problem.value) return <p class="problem padded">{source.problem.value}</p>;
  const listed = source.value.value;
  if (!listed) return <p class="muted padded">Loading…</p>;
  const diff = changes.value.value;
  if (!listed.files.length && !diff?.text)
    return (
      <p class="muted padded">
        {listed.is_recorded
          ? "No source files were copied into the run."
          : "The run did not record its source code."}
      </p>
    );
  const first = listed.files[0]?.path ?? CHANGES;
  const height = isNarrow.value ? 44 : 26;
  const path = openPath.value || (isWhole.value ? first : "");
  return (
    <div class={`files${isWhole.value ? " beside" : ""}`}>
      {(isWhole.value || !path) && (
        <div class="file-tree">
          <div class="tree-rows">
            <div style={{ position: "relative", height: `${(listed.files.length + 1) * height}px` }}>
              {listed.files.map((file, i) => (
                <Entry key={file.path} path={file.path} shown={path} top={i * height} size={file.size} />
              ))}
              {diff?.text && (
                <Entry
                  path={CHANGES}
                  title="Uncommitted changes"
                  shown={path}
                  top={listed.files.length * height}
                  size={diff.text.length}
                />
              )}
            </div>
          </div>
        </div>
      )}
      {path && (
        <div class="preview">
          <div class="view-bar">
            {!isWhole.value && (
              <button type="button" class="plain link" onClick={() => (openPath.value = "")}>
                ‹ Source
              </button>
            )}
            <strong class="grow">{path === CHANGES ? "Uncommitted changes" : path}</strong>
          </div>
          {path === CHANGES ? (
            <CodeView path="changes.diff" text={diff?.text ?? ""} note={diff?.is_cut ? "cut" : ""} />
          ) : (
            <SourceContent key={path} run={run} path={path} />
          )}
        </div>
      )}
    </div>
  );
}

interface EntryProps {
  path: string;
  title?: string;
  shown: string;
  top: number;
  size: number;
}

function Entry({ path, title = path, shown, top, size }: EntryProps) {
  return (
    <button
      type="button"
      class={`plain tree-row${shown === path ? " chosen" : ""}`}
      style={{ top: `${top}px` }}
      aria-pressed={shown === path}
      title={title}
      onClick={() => (openPath.value = path)}
    >
      <span class="grow">{title}</span>
      <span class="muted number">{formatSize(size)}</span>
    </button>
  );
}

function SourceContent({ run, path }: { run: string; path: string }) {
  const { value, problem } = useLoaded(`${run} ${path}`, (signal) =>
    getJson<SourceText>(`/api/runs/${run}/source/file`, { path }, signal),
  );
  if (problem.value) return <p class="problem padded">{problem.value}</p>;
  const text = value.value;
  if (!text) return <p class="muted padded">Loading…</p>;
  if (!text.lines) return <p class="muted padded">The file is not shown: {text.note}.</p>;
  return <CodeView path={path} text={text.lines.join("\n")} note={text.note} />;
}
