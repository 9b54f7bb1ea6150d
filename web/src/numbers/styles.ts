// How the lines of a chart look: colours and dashes. Knows IDs; not what they stand for.
import { colorOfRun } from "./colors";

export interface LineStyle {
  color: string;
  dash: readonly number[];
  isGrey: boolean;
}

/** Lines of the same colour get the next pattern. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [10, 3, 2, 3], [14, 4]];
/** Beyond so many lines, all are grey but those that the user pointed out. */
export const MAX_COLORED = 30;

/**
 * Returns the style of each line. The colour of an ID is always the same; if another line before it has this colour,
 * it is dashed.
 */
export function styleLines(ids: readonly string[], pointedOut: ReadonlySet<string>): Map<string, LineStyle> {
  const counts = new Map<string, number>();
  const styles = new Map<string, LineStyle>();
  const isCrowd = ids.length > MAX_COLORED;
  for (const id of ids) {
    const color = colorOfRun(id);
    const count = counts.get(color) ?? 0;
    counts.set(color, count + 1);
    const isGrey = isCrowd && !pointedOut.has(id);
    styles.set(id, { color, dash: isCrowd ? [] : DASHES[count % DASHES.length]!, isGrey });
  }
  return styles;
}
