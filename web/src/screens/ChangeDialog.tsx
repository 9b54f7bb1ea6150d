// Asks for a label, tags or a comment.
import { useSignal } from "@preact/signals";
import { DialogBox } from "../parts/Dialog";
import { change } from "../state/changes";
import { closeDialog } from "../state/dialogs";
import { rows } from "../state/listing";
import { listTargets } from "../state/rowSelection";

const TITLES = { label: "Label", tag: "Tags", comment: "Comment" } as const;
const HINTS = {
  label: "An empty label removes it",
  tag: "Words with blanks between them; -tag removes a tag",
  comment: "Ctrl-Enter adds the comment",
} as const;

export function ChangeDialog({ action }: { action: "label" | "tag" | "comment" }) {
  const targets = listTargets();
  const known = [...rows.value.values()].filter((row) => targets.includes(row.id));
  const text = useSignal(action === "label" && known.length === 1 ? known[0]!.label : "");
  const tags = [...new Set(known.flatMap((row) => row.tags))].sort();
  const who = targets.length === 1 ? (known[0]?.name ?? "1 run") : `${targets.length} runs`;
  const send = (event?: Event) => {
    event?.preventDefault();
    closeDialog();
    void change(action, text.value, targets);
  };
  const field = {
    "data-focus": true,
    "aria-label": TITLES[action],
    value: text.value,
    dir: "auto",
    onInput: (event: Event) => (text.value = (event.currentTarget as HTMLInputElement).value),
  } as const;
  return (
    <DialogBox title={`${TITLES[action]} of ${who}`}>
      <form onSubmit={send}>
        {action === "comment" ? (
          <textarea
            {...field}
            rows={4}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send(event);
            }}
          />
        ) : (
          <input type="text" {...field} />
        )}
        {action === "tag" && tags.length > 0 && (
          <p class="tag-choices">
            {tags.slice(0, 40).map((tag) => (
              <button
                type="button"
                class="plain tag"
                key={tag}
                title={`Remove ${tag}`}
                onClick={() => (text.value = `${text.value} -${tag}`.trim())}
              >
                {tag} ✕
              </button>
            ))}
          </p>
        )}
        <p class="muted">{HINTS[action]}</p>
        <div class="actions">
          <button type="button" onClick={closeDialog}>
            Cancel
          </button>
          <button type="submit" class="primary">
            {action === "comment" ? "Add" : "Save"}
          </button>
        </div>
      </form>
    </DialogBox>
  );
}
