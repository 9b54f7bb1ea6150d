// Reads the colours of a line of terminal output. Everything else that a terminal would carry out (links, titles,
// movements of the cursor) is dropped: the result is text with styles.

export interface Span {
  text: string;
  /** A color of the terminal's palette (0–15), or `#rrggbb`. */
  color?: number | string;
  background?: number | string;
  isBold?: boolean;
  isDim?: boolean;
  isItalic?: boolean;
  isUnderlined?: boolean;
  isInverse?: boolean;
}

type Style = Omit<Span, "text">;

const [ESC, BEL] = ["\u001b", "\u0007"];
const ESCAPE = new RegExp(
  [
    `${ESC}\\[([0-?]*)[ -/]*([@-~])`, // a control sequence; `m` sets a style
    `${ESC}\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\|$)`, // a command of the system, such as a link
    `${ESC}[PX^_][^${ESC}]*(?:${ESC}\\\\|$)`,
    `${ESC}[ -/]*[0-~]`,
    `${ESC}`,
  ].join("|"),
  "g",
);
const CONTROL = /(?![\t\n])\p{Cc}/gu;

/** Returns the parts of a line, each with its style. */
export function parseAnsi(line: string): Span[] {
  if (!line.includes(ESC)) return [{ text: line.replace(CONTROL, "") }];
  const spans: Span[] = [];
  let style: Style = {};
  let at = 0;
  const add = (text: string) => {
    const visible = text.replace(CONTROL, "");
    if (visible) spans.push({ text: visible, ...style });
  };
  for (const match of line.matchAll(ESCAPE)) {
    add(line.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[2] === "m") style = applyCodes(style, match[1]!);
  }
  add(line.slice(at));
  return spans;
}

function applyCodes(before: Style, parameters: string): Style {
  let style = { ...before };
  const codes = parameters.split(/[;:]/).map((code) => Number.parseInt(code, 10) || 0);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code === 0) style = {};
    else if (code === 38 || code === 48) {
      const color = readColor(codes, i + 1);
      if (code === 38) style.color = color.value;
      else style.background = color.value;
      i = color.last;
    } else applyCode(style, code);
  }
  return style;
}

function applyCode(style: Style, code: number): void {
  if (code === 1) style.isBold = true;
  else if (code === 2) style.isDim = true;
  else if (code === 3) style.isItalic = true;
  else if (code === 4) style.isUnderlined = true;
  else if (code === 7) style.isInverse = true;
  else if (code === 22) style.isBold = style.isDim = false;
  else if (code === 23) style.isItalic = false;
  else if (code === 24) style.isUnderlined = false;
  else if (code === 27) style.isInverse = false;
  else if (code >= 30 && code <= 37) style.color = code - 30;
  else if (code === 39) delete style.color;
  else if (code >= 40 && code <= 47) style.background = code - 40;
  else if (code === 49) delete style.background;
  else if (code >= 90 && code <= 97) style.color = code - 82;
  else if (code >= 100 && code <= 107) style.background = code - 92;
}

/** Reads the colour after a code 38 or 48: `5;N` of 256 or `2;R;G;B`. */
function readColor(codes: readonly number[], at: number): { value: number | string; last: number } {
  if (codes[at] === 5) return { value: colorOf256(codes[at + 1] ?? 0), last: at + 1 };
  if (codes[at] === 2) return { value: toHex(codes.slice(at + 1, at + 4)), last: at + 3 };
  return { value: 7, last: at };
}

function colorOf256(code: number): number | string {
  if (code < 16) return code;
  if (code >= 232) return toHex(Array(3).fill(8 + 10 * (Math.min(code, 255) - 232)));
  const index = code - 16;
  return toHex(
    [index / 36, (index / 6) % 6, index % 6].map((part) => [0, 95, 135, 175, 215, 255][part | 0]!),
  );
}

function toHex(parts: readonly number[]): string {
  const byte = (part: number | undefined) =>
    Math.min(Math.max(part ?? 0, 0), 255)
      .toString(16)
      .padStart(2, "0");
  return `#${byte(parts[0])}${byte(parts[1])}${byte(parts[2])}`;
}

/** Splits spans where a text occurs, in upper or lower case; `isMatch` marks the occurrences inside a span. */
export function markMatches(spans: readonly Span[], text: string): (Span & { isMatch?: boolean })[] {
  const wanted = text.toLowerCase();
  if (!wanted) return [...spans];
  const parts: (Span & { isMatch?: boolean })[] = [];
  for (const span of spans) {
    const lower = span.text.toLowerCase();
    let at = 0;
    for (let found = lower.indexOf(wanted); found >= 0; found = lower.indexOf(wanted, at)) {
      if (found > at) parts.push({ ...span, text: span.text.slice(at, found) });
      at = found + wanted.length;
      parts.push({ ...span, text: span.text.slice(found, at), isMatch: true });
    }
    if (at < span.text.length) parts.push({ ...span, text: span.text.slice(at) });
  }
  return parts;
}
