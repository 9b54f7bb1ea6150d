// Comments on a run, with their authors.
import { useSignal } from "@preact/signals";
import { canWrite, change, isChanging } from "../../state/changes";
import { reloadRun, runFacts } from "../../state/run";
import "./Comments.css";

export function Comments() {
  const comments = runFacts.value?.comments ?? [];
  return (
    <div class="scrolled">
      {!comments.length && <p class="muted padded">There are no comments.</p>}
      <ol class="comments">
        {comments.map((comment) => (
          <li key={comment.id}>
            <div class="muted">
              {comment.author}, {new Date(comment.time).toLocaleString()}
            </div>
            <div class="text">{comment.text}</div>
          </li>
        ))}
      </ol>
      {canWrite.value && <NewComment />}
    </div>
  );
}

function NewComment() {
  const text = useSignal("");
  const add = async () => {
    const run = runFacts.value?.id;
    if (!text.value.trim() || !run) return;
    await change("comment", text.value.trim(), [run]);
    text.value = "";
    reloadRun();
  };
  return (
    <form
      class="new-comment"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <textarea
        rows={3}
        aria-label="Comment"
        placeholder="comment…"
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void add();
        }}
      />
      <button type="submit" disabled={!text.value.trim() || isChanging.value}>
        Add comment
      </button>
    </form>
  );
}
