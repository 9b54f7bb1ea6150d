// The filter: typed text becomes the filter after a pause, or at once with Enter.
import { useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { ambiguity, problem } from "../state/listing";
import { filter } from "../state/view";

const PAUSE_MS = 350;

export function FilterBar() {
  const text = useSignal(filter.value);
  const timer = useRef(0);
  useSignalEffect(() => {
    text.value = filter.value;
  });
  const apply = () => {
    clearTimeout(timer.current);
    filter.value = text.value.trim();
  };
  const message = problem.value ?? ambiguity.value;
  return (
    <div class="filter">
      <input
        id="filter"
        type="search"
        value={text.value}
        placeholder="filter: op=train and loss < 0.5"
        aria-label="Filter"
        aria-invalid={problem.value !== null}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => {
          text.value = event.currentTarget.value;
          clearTimeout(timer.current);
          timer.current = window.setTimeout(apply, PAUSE_MS);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") apply();
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      {message && (filter.value !== "" || problem.value) && (
        <div class="problem" role="status">
          <pre>{message.message}</pre>
          {message.hint && <div class="muted">{message.hint}</div>}
        </div>
      )}
    </div>
  );
}
