// Copies a text.
import { useSignal } from "@preact/signals";

const SHOWN_MS = 1500;

interface CopyButtonProps {
  text: () => string;
  title: string;
  class?: string;
}

export function CopyButton({ text, title, class: className = "" }: CopyButtonProps) {
  const state = useSignal("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      state.value = "Copied";
    } catch {
      state.value = copyBySelection(text()) ? "Copied" : "Cannot copy";
    }
    setTimeout(() => (state.value = ""), SHOWN_MS);
  };
  return (
    <button type="button" class={`copy ${className}`} onClick={copy} aria-live="polite">
      {state.value || title}
    </button>
  );
}

/** Copies where the browser has no clipboard for pages without HTTPS. */
function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "offscreen";
  document.body.append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  return isDone;
}
