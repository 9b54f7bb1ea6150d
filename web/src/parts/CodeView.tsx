// Source code with line numbers and colours; only the visible lines are in the page.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import "./CodeView.css";
import { CopyButton } from "./CopyButton";
import type { Token } from "./languages";
import { useVisibleRows } from "./virtual";

const LINE_HEIGHT = 18;
const MAX_HIGHLIGHTED = 400_000;
const MAX_LINE = 5_000;

interface CodeViewProps {
  path: string;
  text: string;
  /** What is said above the code. */
  note?: string;
}

export function CodeView({ path, text, note = "" }: CodeViewProps) {
  const lines = text.replace(/\n$/, "").split(/\r?\n/);
  const tokens = useSignal<Token[][] | null>(null);
  const { box, first, end } = useVisibleRows(LINE_HEIGHT);
  useEffect(() => {
    let isCurrent = true;
    tokens.value = null;
    if (text.length <= MAX_HIGHLIGHTED)
      void import("./languages").then(({ highlightLines }) => {
        if (isCurrent) tokens.value = highlightLines(path, text.replaceAll("\r\n", "\n"));
      });
    return () => {
      isCurrent = false;
    };
  }, [path, text, tokens]);
  const shown = [];
  for (let i = first.value; i < Math.min(end.value, lines.length); i++)
    shown.push(
      <div key={i} class="code-line" style={{ top: `${i * LINE_HEIGHT}px` }}>
        <span class="code-number" aria-hidden="true">
          {i + 1}
        </span>
        <code>{renderLine(lines[i]!, tokens.value?.[i])}</code>
      </div>,
    );
  return (
    <div class="code-view">
      <div class="view-bar">
        <span class="muted grow">
          {lines.length.toLocaleString("en")} {lines.length === 1 ? "line" : "lines"}
          {note && ` · ${note}`}
        </span>
        <CopyButton text={() => text} title="Copy" />
      </div>
      <div class="code-lines" ref={box} tabIndex={0} role="region" aria-label={`Content of ${path}`}>
        <div style={{ height: `${lines.length * LINE_HEIGHT}px`, position: "relative" }}>{shown}</div>
      </div>
    </div>
  );
}

function renderLine(line: string, tokens: Token[] | undefined) {
  if (line.length > MAX_LINE) return `${line.slice(0, MAX_LINE)} …`;
  if (!tokens) return line || "\n";
  return tokens.map((token, i) => (
    <span key={i} class={token.scope ? `token-${token.scope}` : undefined}>
      {token.text}
    </span>
  ));
}
