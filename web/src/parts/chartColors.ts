// The colours of charts, from the tokens of the page. They are read once for each palette.
import type { ChartColors } from "../drawing/axes";
import { paletteVersion } from "../state/settings";

let known: { version: number; colors: ChartColors } | null = null;

export function readColors(): ChartColors {
  const version = paletteVersion.peek();
  if (known?.version !== version) {
    const style = getComputedStyle(document.documentElement);
    const read = (name: string) => style.getPropertyValue(name).trim();
    const colors = {
      grid: read("--grid"),
      text: read("--text"),
      paper: read("--paper"),
      muted: read("--muted"),
      accent: read("--accent"),
    };
    known = { version, colors };
  }
  return known.colors;
}
