// JSON with parts that can be folded.
import { useSignal } from "@preact/signals";
import { CodeView } from "./CodeView";
import "./JsonTree.css";

const OPEN_DEPTH = 2;
const SHOWN_ITEMS = 100;

export function JsonTree({ text, path, note }: { text: string; path: string; note: string }) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return <CodeView path={path} text={text} note={`${note} · not valid JSON`} />;
  }
  return (
    <div class="json-tree" tabIndex={0} role="region" aria-label={`Content of ${path}`}>
      <Node name="" value={value} depth={0} />
    </div>
  );
}

function Node({ name, value, depth }: { name: string; value: unknown; depth: number }) {
  const isOpen = useSignal(depth < OPEN_DEPTH);
  const count = useSignal(SHOWN_ITEMS);
  const label = name && <span class="json-name">{name}: </span>;
  if (typeof value !== "object" || value === null)
    return (
      <div class="json-leaf">
        {label}
        <span class={`json-${value === null ? "null" : typeof value}`}>{JSON.stringify(value)}</span>
      </div>
    );
  const entries = Object.entries(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return (
    <div>
      <button
        type="button"
        class="plain json-fold"
        aria-expanded={isOpen.value}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        <span class="sign">{isOpen.value ? "▾" : "▸"}</span>
        {label}
        <span class="muted">
          {isOpen.value
            ? open
            : `${open} ${entries.length} ${entries.length === 1 ? "item" : "items"} ${close}`}
        </span>
      </button>
      {isOpen.value && (
        <div class="json-items">
          {entries.slice(0, count.value).map(([key, item]) => (
            <Node key={key} name={key} value={item} depth={depth + 1} />
          ))}
          {entries.length > count.value && (
            <button type="button" class="plain link" onClick={() => (count.value += 1000)}>
              Show more ({(entries.length - count.value).toLocaleString("en")})
            </button>
          )}
        </div>
      )}
    </div>
  );
}
