// Comments on a run, with their authors.
import { runFacts } from "../../state/run";
import "./Comments.css";

export function Comments() {
  const comments = runFacts.value?.comments ?? [];
  if (!comments.length)
    return (
      <p class="muted padded">
        There are no comments. Add one with <code>gage comment {runFacts.value?.name} -a "…"</code>
      </p>
    );
  return (
    <ol class="comments scrolled">
      {comments.map((comment) => (
        <li key={comment.id}>
          <div class="muted">
            {comment.author}, {new Date(comment.time).toLocaleString()}
          </div>
          <div class="text">{comment.text}</div>
        </li>
      ))}
    </ol>
  );
}
