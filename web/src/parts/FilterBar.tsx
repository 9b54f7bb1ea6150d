// The filter: typed text becomes the filter after a pause, or at once with Enter. Completes names, operators and values.
import { useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { getJson } from "../api/client";
import type { CompletedFilter, Completions } from "../api/records";
import { filterHistory, rememberFilter } from "../state/filterHistory";
import { describeCompletion } from "../state/filterText";
import { ambiguity, isLoading, problem, total } from "../state/listing";
import { filter, store } from "../state/view";
import "./FilterBar.css";

const APPLY_MS = 350;
const COMPLETE_MS = 70;
/** The types of Preact want a list for this role. */
const COMBOBOX = { role: "combobox", list: undefined } as const;
const MAX_SHOWN = 40;

export function FilterBar({ id = "filter" }: { id?: string }) {
  const text = useSignal(filter.value);
  const items = useSignal<readonly CompletedFilter[]>([]);
  const chosen = useSignal(-1);
  const past = useSignal(-1);
  const typed = useSignal("");
  const input = useRef<HTMLInputElement>(null);
  const timers = useRef({ apply: 0, complete: 0, request: null as AbortController | null });
  useSignalEffect(() => {
    text.value = filter.value;
  });
  useSignalEffect(() => {
    if (
      filter.value &&
      !problem.value &&
      !isLoading.value &&
      total.value &&
      document.activeElement !== input.current
    )
      rememberFilter(filter.value);
  });

  const close = () => {
    clearTimeout(timers.current.complete);
    timers.current.request?.abort();
    items.value = [];
    chosen.value = -1;
  };
  const apply = () => {
    clearTimeout(timers.current.apply);
    filter.value = text.value.trim();
  };
  const suggest = () => {
    clearTimeout(timers.current.complete);
    timers.current.complete = window.setTimeout(async () => {
      timers.current.request?.abort();
      const abort = new AbortController();
      timers.current.request = abort;
      const element = input.current!;
      const before = element.value.slice(0, element.selectionStart ?? element.value.length);
      try {
        const query = { text: before, store: store.value };
        const answer = await getJson<Completions>("/api/completions", query, abort.signal);
        if (document.activeElement !== element) return;
        typed.value = before;
        items.value = answer.items.filter((item) => item.text !== before).slice(0, MAX_SHOWN);
        chosen.value = -1;
      } catch {
        // no completion: the filter can be typed without
      }
    }, COMPLETE_MS);
  };
  const change = (value: string) => {
    text.value = value;
    clearTimeout(timers.current.apply);
    timers.current.apply = window.setTimeout(apply, APPLY_MS);
    suggest();
  };
  const accept = (item: CompletedFilter) => {
    const element = input.current!;
    const after = text.value.slice(typed.value.length);
    const completed = item.text + (item.is_open || after.startsWith(" ") ? "" : " ");
    element.value = completed + after;
    element.setSelectionRange(completed.length, completed.length);
    element.focus();
    change(element.value);
  };
  const recall = (to: number) => {
    if (to >= filterHistory.value.length) return;
    past.value = Math.max(to, -1);
    close();
    text.value = filterHistory.value[past.value] ?? "";
    apply();
  };
  const turn = (by: 1 | -1) => {
    if (items.value.length && (by === 1 || chosen.value >= 0)) {
      chosen.value = Math.min(Math.max(chosen.value + by, -1), items.value.length - 1);
      document.getElementById(`${id}-${chosen.value}`)?.scrollIntoView({ block: "nearest" });
    } else recall(past.value - by);
  };
  const press = (event: KeyboardEvent) => {
    const item = items.value[chosen.value];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") turn(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Tab" && !event.shiftKey && items.value.length) accept(item ?? items.value[0]!);
    else if (event.key === "Enter" && item) accept(item);
    else if (event.key === "Enter") {
      close();
      apply();
      rememberFilter(text.value);
    } else if (event.key === "Escape") {
      if (items.value.length) close();
      else input.current?.blur();
      event.stopPropagation();
    } else return;
    event.preventDefault();
  };
  return (
    <div class="filter">
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: COMBOBOX has the role */}
      <input
        ref={input}
        id={id}
        data-focus
        type="search"
        {...COMBOBOX}
        value={text.value}
        placeholder="filter: status=completed and loss < 0.5"
        aria-label="Filter"
        aria-expanded={items.value.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={chosen.value >= 0 ? `${id}-${chosen.value}` : undefined}
        aria-invalid={problem.value !== null && filter.value !== ""}
        aria-describedby={`${id}-problem`}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        enterkeyhint="search"
        onInput={(event) => change(event.currentTarget.value)}
        onFocus={() => {
          past.value = -1;
          suggest();
        }}
        onBlur={() => {
          close();
          rememberIfGood(text.value.trim());
        }}
        onKeyDown={press}
      />
      <div class="filter-below">
        <FilterProblem id={`${id}-problem`} />
        {items.value.length > 0 && (
          <div class="completions">
            <div id={`${id}-list`} role="listbox" aria-label="Completions">
              {items.value.map((item, i) => (
                <div
                  key={item.text}
                  id={`${id}-${i}`}
                  role="option"
                  aria-selected={i === chosen.value}
                  onPointerDown={(event) => {
                    event.preventDefault();
                    accept(item);
                  }}
                >
                  <span>{describeCompletion(typed.value, item.text)}</span>
                  {item.about && <span class="muted">{item.about}</span>}
                </div>
              ))}
            </div>
            <p class="muted hint">
              <kbd>Tab</kbd> completes, <kbd>↓</kbd> chooses, <kbd>↑</kbd> shows earlier filters
            </p>
          </div>
        )}
      </div>
    </div>
  );
}

function rememberIfGood(text: string): void {
  if (text === filter.value && !problem.value) rememberFilter(text);
}

/** What is wrong with the filter: the text with a caret under the mistake, and what to do. */
function FilterProblem({ id }: { id: string }) {
  const message = problem.value ?? (filter.value === "" ? null : ambiguity.value);
  if (!message) return null;
  return (
    <div class="problem" id={id} role="status">
      <pre>{message.message}</pre>
      {message.hint && <div class="muted">{message.hint.replaceAll("--where ", "")}</div>}
    </div>
  );
}
