// The bar at the bottom of the list while runs are selected: what can be done with them.
import { canWrite, change, hasUndo, isChanging, stop, undo } from "../state/changes";
import { dialog } from "../state/dialogs";
import { live } from "../state/listing";
import { picked, screen, selected } from "../state/view";

export function SelectionBar() {
  const count = picked.value.length;
  if (!count) return null;
  const isLive = picked.value.some((id) => live.value.has(id));
  return (
    <div class="selection-bar" role="toolbar" aria-label="Selected runs">
      <span class="count">
        {count.toLocaleString("en")} selected
        <button
          type="button"
          class="plain"
          aria-label="Clear the selection"
          title="Clear"
          onClick={() => (picked.value = [])}
        >
          ✕
        </button>
      </span>
      <button
        type="button"
        onClick={() => {
          selected.value = picked.value;
          screen.value = "compare";
        }}
      >
        Compare
      </button>
      <button type="button" title="Show only these in charts" onClick={() => (selected.value = picked.value)}>
        Chart
      </button>
      {canWrite.value && (
        <>
          <button type="button" disabled={isChanging.value} onClick={() => (dialog.value = "label")}>
            Label
          </button>
          <button type="button" disabled={isChanging.value} onClick={() => (dialog.value = "tag")}>
            Tag
          </button>
          <button type="button" disabled={isChanging.value} onClick={() => void change("mark")}>
            Mark
          </button>
          <button type="button" disabled={isChanging.value} onClick={() => (dialog.value = "comment")}>
            Comment
          </button>
          {isLive && (
            <button type="button" disabled={isChanging.value} onClick={() => void stop()}>
              Stop
            </button>
          )}
          <button
            type="button"
            class="danger"
            disabled={isChanging.value}
            onClick={() => void change("delete")}
          >
            Delete
          </button>
          {hasUndo.value && (
            <button type="button" disabled={isChanging.value} onClick={() => void undo()}>
              Undo
            </button>
          )}
        </>
      )}
    </div>
  );
}
