// A line of terminal output with its colours.
import { markMatches, parseAnsi, type Span } from "../numbers/ansi";
import "./TerminalText.css";

export function TerminalText({ text, search }: { text: string; search: string }) {
  return (
    <>
      {markMatches(parseAnsi(text), search).map((span, i) => (
        <span key={i} class={classOf(span)} style={styleOf(span)}>
          {span.text}
        </span>
      ))}
    </>
  );
}

function classOf(span: Span & { isMatch?: boolean }): string | undefined {
  const names = [
    span.isMatch && "match",
    span.isBold && "bold",
    span.isDim && "dim",
    span.isItalic && "italic",
    span.isUnderlined && "underlined",
    span.isInverse && "inverse",
    typeof span.color === "number" && `ansi-${span.color}`,
    typeof span.background === "number" && `ansi-back-${span.background}`,
  ].filter(Boolean);
  return names.length ? names.join(" ") : undefined;
}

function styleOf({ color, background }: Span): Record<string, string> | undefined {
  if (typeof color !== "string" && typeof background !== "string") return undefined;
  return {
    ...(typeof color === "string" ? { color } : {}),
    ...(typeof background === "string" ? { background } : {}),
  };
}
