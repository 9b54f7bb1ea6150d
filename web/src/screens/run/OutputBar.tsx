// The bar above the output: search, go to an error, follow, copy.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { CopyButton } from "../../parts/CopyButton";
import { openLine } from "../../state/view";
import type { OutputView } from "./Output";

const PAUSE_MS = 250;

export function OutputBar({ view }: { view: OutputView }) {
  const { log, search, errors, list, text, follows } = view;
  const at = useSignal(-1);
  const timer = useRef(0);
  const go = (place: number) => {
    const lines = search.lines.value;
    if (!lines.length) return;
    at.value = (place + lines.length) % lines.length;
    goToLine(view, lines[at.value]!);
  };
  const begin = async (wanted: string) => {
    text.value = wanted;
    at.value = -1;
    await search.start(wanted);
  };
  const enter = async (wanted: string, by: number) => {
    clearTimeout(timer.current);
    if (wanted !== text.value) await begin(wanted);
    if (at.value < 0) go(Math.max(search.findFrom(list.first.value + 8), 0));
    else go(at.value + by);
  };
  const goToError = () => {
    const lines = errors.lines.value;
    const next = lines.find((line) => line + 1 > openLine.value) ?? lines[0];
    if (next !== undefined) goToLine(view, next);
  };
  const count = search.count.value;
  return (
    <div class="view-bar output-bar">
      <input
        type="search"
        placeholder="search output…"
        aria-label="Search output"
        spellcheck={false}
        onInput={(event) => {
          const wanted = event.currentTarget.value;
          clearTimeout(timer.current);
          timer.current = window.setTimeout(() => void begin(wanted), PAUSE_MS);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          void enter(event.currentTarget.value, event.shiftKey ? -1 : 1);
        }}
      />
      {text.value && (
        <>
          <span class="muted" role="status">
            {at.value >= 0 ? `${at.value + 1} of ` : ""}
            {count.toLocaleString("en")}
            {search.isDone.value ? "" : "…"}
          </span>
          <button
            type="button"
            aria-label="Previous match"
            disabled={!count}
            onClick={() => go(at.value - 1)}
          >
            ↑
          </button>
          <button type="button" aria-label="Next match" disabled={!count} onClick={() => go(at.value + 1)}>
            ↓
          </button>
        </>
      )}
      <span class="muted grow">{Math.max(log.total.value, 0).toLocaleString("en")} lines</span>
      {errors.count.value > 0 && (
        <button type="button" class="errors" onClick={goToError} title="Go to the next line with an error">
          {errors.count.value.toLocaleString("en")} {errors.count.value === 1 ? "error" : "errors"}
        </button>
      )}
      {log.isLive.value && (
        <button
          type="button"
          class="toggle"
          aria-pressed={follows.value}
          onClick={() => (follows.value = !follows.value)}
        >
          Follow
        </button>
      )}
      <button
        type="button"
        aria-label="Go to the first line"
        title="First line"
        onClick={() => list.scrollTo(0)}
      >
        ⤒
      </button>
      <button
        type="button"
        aria-label="Go to the last line"
        title="Last line"
        onClick={() => list.scrollTo(log.total.value)}
      >
        ⤓
      </button>
      <CopyOutput view={view} />
    </div>
  );
}

/** Marks a line and scrolls to it. Lines are numbered from 0. */
export function goToLine({ follows, list }: OutputView, line: number): void {
  follows.value = false;
  openLine.value = line + 1;
  list.scrollTo(line, 0.3);
}

/** Copies the loaded lines around the visible ones. */
function CopyOutput({ view }: { view: OutputView }) {
  const copy = () => {
    const lines: string[] = [];
    const { first, end } = view.list;
    for (let i = Math.max(first.value - 200, 0); i < end.value + 200; i++) {
      const line = view.log.get(i);
      if (line) lines.push(line.text);
    }
    return lines.join("\n");
  };
  return <CopyButton title="Copy" text={copy} />;
}
