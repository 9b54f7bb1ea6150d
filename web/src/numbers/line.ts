// A line of a chart as numbers, and how it looks. Knows neither where it comes from nor how it is drawn.
import type { Numbers } from "../api/curves";

/** Points of a line: `ys` over `xs`. */
export interface Points {
  xs: Numbers;
  ys: Numbers;
  /** The values before smoothing. */
  raw?: Numbers;
}

/** The lower and upper edge of a band around a line, and how many runs have a value at each x. */
export interface Band {
  lows: Numbers;
  highs: Numbers;
  counts: Uint16Array;
}

/** A line: the curve of a run, or of a group of runs. */
export interface Line extends Points {
  /** The ID of the run that leads it. */
  id: string;
  /** All its runs: members of a group, or the runs that the leading one restarts. */
  runs: readonly string[];
  name: string;
  color: string;
  dash: readonly number[];
  /** One of a crowd: drawn in grey unless it is emphasized. */
  isGrey: boolean;
  /** Where x goes back: the first points of the parts in which it does not, then the number of points. */
  starts: readonly number[];
  band?: Band;
  /** Points of earlier runs that a later run replaced, drawn faint. */
  replaced?: readonly Points[];
  /** The first points of runs that go on from another run. */
  marks?: readonly number[];
}

/** Returns where x goes back: the starts of the parts of a series in which it does not, with the end of the last. */
export function splitAscending(xs: Numbers): number[] {
  const starts = [0];
  for (let i = 1; i < xs.length; i++) if (xs[i]! < xs[i - 1]!) starts.push(i);
  starts.push(xs.length);
  return starts;
}
