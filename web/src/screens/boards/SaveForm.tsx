// Saves the view of the page (filter, order, columns, groups over seeds) as a board of the project.
import { useSignal } from "@preact/signals";
import { areNamesLoaded, listSavedColumns, loadBoards, saveBoard } from "../../state/boards";
import { filter, isGrouped, setScreenSetting, sort } from "../../state/view";

export function SaveForm() {
  const name = useSignal("");
  const title = useSignal("");
  const failure = useSignal("");
  const saved = useSignal("");
  const submit = async (event: Event) => {
    event.preventDefault();
    saved.value = "";
    try {
      const answer = await saveBoard(name.value, title.value);
      saved.value = answer.file;
      failure.value = "";
      setScreenSetting("boards.name", answer.name);
      name.value = "";
      title.value = "";
      await loadBoards();
    } catch (error) {
      failure.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <form class="save-board" onSubmit={submit}>
      <h2>Save this view as a board</h2>
      <dl>
        <dt>Filter</dt>
        <dd>{filter.value || "all runs"}</dd>
        <dt>Columns</dt>
        <dd>{["name", ...listSavedColumns().map((each) => each.title)].join(", ")}</dd>
        <dt>Order</dt>
        <dd>{sort.value.join(", ") || "newest first"}</dd>
        {isGrouped.value && (
          <>
            <dt>Groups</dt>
            <dd>runs that differ in their seed only, with the mean of metrics</dd>
          </>
        )}
      </dl>
      <label>
        Name
        <input
          required
          value={name.value}
          maxLength={100}
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
      </label>
      <label>
        Title <span class="muted">(optional)</span>
        <input
          value={title.value}
          maxLength={200}
          onInput={(event) => (title.value = event.currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={!name.value.trim() || !areNamesLoaded.value}>
        Save
      </button>
      {failure.value && (
        <p class="problem" role="alert">
          {failure.value}
        </p>
      )}
      {saved.value && <p role="status">Saved as {saved.value}</p>}
    </form>
  );
}
