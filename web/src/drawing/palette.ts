// The colours of the page for drawing.

export interface Palette {
  grid: string;
  line: string;
  text: string;
  muted: string;
  paper: string;
  accent: string;
  isDark: boolean;
}

/** Returns the colours that the page has now. */
export function readPalette(): Palette {
  const root = document.documentElement;
  const style = getComputedStyle(root);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    grid: read("--grid"),
    line: read("--line"),
    text: read("--text"),
    muted: read("--muted"),
    paper: read("--paper"),
    accent: read("--accent"),
    isDark: root.dataset.theme === "dark",
  };
}

export const SMALL_FONT = "11px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";

/** Returns a text that is at most `width` pixels wide. */
export function fitText(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let end = Math.min(text.length, Math.ceil(width / 5));
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > width) end--;
  return `${text.slice(0, end)}…`;
}
