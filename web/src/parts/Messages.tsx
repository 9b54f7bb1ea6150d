// What was done, at the bottom of the page, with a button that undoes it.
import { dismiss, messages, undo } from "../state/changes";
import "./Messages.css";

export function Messages() {
  return (
    <div class="messages" role="log" aria-live="polite" aria-label="Messages">
      {messages.value.map((message) => (
        <div key={message.id} class={message.isError ? "message problem" : "message"}>
          <span dir="auto">
            {message.text}
            {message.hint && <span class="muted"> {message.hint}</span>}
          </span>
          {message.undo && (
            <button type="button" onClick={() => void undo(message.undo!)}>
              Undo
            </button>
          )}
          <button type="button" class="plain" aria-label="Close" onClick={() => dismiss(message.id)}>
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}
