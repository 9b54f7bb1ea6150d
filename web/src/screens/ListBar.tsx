// The line above the list: how many runs, how many are live, columns.
import { baselineRow } from "../state/baseline";
import { columns } from "../state/columns";
import { dialog } from "../state/dialogs";
import { isLoading, isRefused, isStale, live, shownFilter, total } from "../state/listing";
import { baseline, selected, sort } from "../state/view";

export function ListBar() {
  return (
    <div class="list-head">
      <span class="count" role="status">
        {describeCount()}
      </span>
      {live.value.size > 0 && <span class="live">● {live.value.size} live</span>}
      {selected.value.length > 0 && (
        <button type="button" class="plain chip" onClick={() => (selected.value = [])}>
          {selected.value.length} in charts ✕
        </button>
      )}
      {baselineRow.value && (
        <button type="button" class="plain chip" onClick={() => (baseline.value = "")}>
          baseline {baselineRow.value.name} ✕
        </button>
      )}
      {sort.value.length > 0 && (
        <button type="button" class="plain chip" onClick={() => (sort.value = [])}>
          sorted ✕
        </button>
      )}
      <span class={`loading${isLoading.value ? " on" : ""}`} aria-hidden="true" />
      <button
        type="button"
        class="columns-button"
        aria-haspopup="dialog"
        onClick={() => (dialog.value = "columns")}
      >
        Columns {columns.value.length}
      </button>
    </div>
  );
}

function describeCount(): string {
  if (isStale.value && isRefused.value) return "The runs of the last answer are shown";
  if (isStale.value) return "No match: the runs of the last filter are shown";
  const noun = total.value === 1 ? "run" : "runs";
  const verb = total.value === 1 ? "matches" : "match";
  return `${total.value.toLocaleString("en")} ${noun}${shownFilter.value === "" ? "" : ` ${verb}`}`;
}
