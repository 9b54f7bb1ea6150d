// The output of a run, as on the terminal: colours, time, search, follow, marks of errors.
import { type Signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { formatClock } from "../../numbers/format";
import { type LongList, useLongList } from "../../parts/longList";
import { TerminalText } from "../../parts/TerminalText";
import { OutputLog, OutputSearch } from "../../state/output";
import { runFacts } from "../../state/run";
import { openLine } from "../../state/view";
import { goToLine, OutputBar } from "./OutputBar";
import "./Output.css";

const ROW = 18;
const POLL_MS = 1000;
const MAX_ERRORS = 5_000;
const MAX_MARKS = 400;

export interface OutputView {
  log: OutputLog;
  search: OutputSearch;
  errors: OutputSearch;
  list: LongList;
  text: Signal<string>;
  follows: Signal<boolean>;
}

export function Output({ run }: { run: string }) {
  const log = useMemo(() => new OutputLog(run), [run]);
  const search = useMemo(() => new OutputSearch(run), [run]);
  const errors = useMemo(() => new OutputSearch(run), [run]);
  const total = Math.max(log.total.value, 0);
  const list = useLongList(total, ROW);
  const view: OutputView = {
    log,
    search,
    errors,
    list,
    text: useSignal(""),
    follows: useSignal(openLine.peek() === 0 && isEndWanted()),
  };
  useLoading(view);
  useFirstPlace(view, total);
  return (
    <div class="output">
      <OutputBar view={view} />
      {log.problem.value && <p class="problem padded">{log.problem.value}</p>}
      {log.total.value === 0 && !log.unfinished.value.length && (
        <p class="muted padded">
          {log.isLive.value ? "The run has not written any output yet." : "The run wrote no output."}
        </p>
      )}
      <div class="output-body">
        <Lines view={view} total={total} />
        <ErrorMarks view={view} total={total} />
      </div>
    </div>
  );
}

/** Failed and live runs open on their last lines. */
function isEndWanted(): boolean {
  return !["completed", "staged"].includes(runFacts.peek()?.status ?? "completed");
}

function useLoading({ log, search, errors }: OutputView): void {
  useEffect(() => {
    void log.update().then(() => errors.start("", true, MAX_ERRORS));
    const timer = setInterval(() => {
      if (log.isLive.peek() && !document.hidden) void log.update();
    }, POLL_MS);
    return () => {
      clearInterval(timer);
      for (const each of [log, search, errors]) each.close();
    };
  }, [log, search, errors]);
}

/** Scrolls to the line in the address, or to the end, once the number of lines is known. Then follows the end. */
function useFirstPlace({ log, list, follows }: OutputView, total: number): void {
  const isPlaced = useRef("");
  useEffect(() => {
    if (total === 0) return;
    if (isPlaced.current !== log.run) {
      isPlaced.current = log.run;
      if (openLine.peek()) list.scrollTo(openLine.peek() - 1, 0.3);
      else if (follows.peek()) list.scrollTo(total);
    } else if (follows.peek()) list.scrollTo(total);
  }, [total, log]);
  useSignalEffect(() => {
    if (follows.value) list.scrollTo(log.total.peek());
  });
}

function Lines({ view, total }: { view: OutputView; total: number }) {
  const { log, list, search, text } = view;
  void log.version.value;
  useEffect(() => {
    if (list.end.value > list.first.value) log.need(list.first.value, list.end.value);
  });
  const found = useComputed(() => new Set(search.lines.value));
  const shown = [];
  for (let i = list.first.value; i < Math.min(list.end.value, total); i++) {
    const line = log.get(i);
    const isFound = found.value.has(i);
    const names = [
      "output-line",
      line?.stream === 2 && "stderr",
      openLine.value === i + 1 && "chosen",
      isFound && "found",
    ];
    shown.push(
      <div key={i} class={names.filter(Boolean).join(" ")} style={{ top: `${list.topOf(i)}px` }}>
        <button
          type="button"
          class="plain gutter"
          title={line ? `Line ${i + 1}, ${new Date(line.when / 1000).toLocaleString()}` : ""}
          aria-label={line && line.when > 0 ? `${formatClock(line.when)}, line ${i + 1}` : `Line ${i + 1}`}
          tabIndex={-1}
          onClick={() => (openLine.value = openLine.value === i + 1 ? 0 : i + 1)}
        >
          {line && line.when > 0 ? formatClock(line.when) : ""}
        </button>
        {line && <TerminalText text={line.text} search={isFound ? text.value : ""} />}
        {line?.is_cut && <span class="muted"> … (cut)</span>}
      </div>,
    );
  }
  const rest = log.unfinished.value;
  return (
    <div
      class="output-lines"
      ref={list.box}
      tabIndex={0}
      role="log"
      aria-label="Output"
      aria-live="off"
      onScroll={() => {
        if (log.isLive.value && !list.isAtEnd()) view.follows.value = false;
      }}
    >
      <div style={{ height: `${list.height}px`, position: "relative" }}>{shown}</div>
      {rest.map((each, i) => (
        <div key={i} class="unfinished">
          <TerminalText text={each} search="" />
        </div>
      ))}
    </div>
  );
}

/** Marks the lines that report an error and those that the search found, beside the scroll bar. */
function ErrorMarks({ view, total }: { view: OutputView; total: number }) {
  const { errors, search } = view;
  const mark = (lines: readonly number[], kind: string) => {
    const places = new Map<number, number>();
    for (const line of lines) places.set(Math.floor((line / Math.max(total, 1)) * MAX_MARKS), line);
    return [...places].map(([place, line]) => (
      <button
        key={`${kind}${place}`}
        type="button"
        tabIndex={-1}
        class={`output-mark ${kind}`}
        style={{ top: `${(place / MAX_MARKS) * 100}%` }}
        title={`${kind === "error" ? "Error" : "Match"} in line ${line + 1}`}
        aria-label={`${kind === "error" ? "Error" : "Match"} in line ${line + 1}`}
        onClick={() => goToLine(view, line)}
      />
    ));
  };
  return (
    <div class="output-marks">
      {mark(errors.lines.value, "error")}
      {mark(search.lines.value, "search")}
    </div>
  );
}
