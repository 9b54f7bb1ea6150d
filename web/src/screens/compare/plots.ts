// Makes points of compared runs.

import type { PlotPoint } from "../../drawing/marks";
import { readPalette } from "../../drawing/palette";
import { isNumeric, type ValueAxis } from "../../numbers/axis";
import { colorOfRun, PALETTE } from "../../numbers/colors";
import { formatValue } from "../../numbers/format";
import { colorOfPlace } from "../../numbers/ramp";
import {
  type ComparedRun,
  columns,
  getColumn,
  getValue,
  makeColumnAxis,
  runs,
  runsById,
} from "../../state/comparison";

export const NO_COLOR = "#8a8a92";

export interface Coloring {
  colorOf: (run: ComparedRun) => string;
  /** The texts and colours of a legend: categories, or the ends of a range. */
  legend: { text: string; color: string }[];
  isRange: boolean;
}

/** Returns colours by the values of a column; by run for "". */
export function makeColoring(key: string, some: readonly ComparedRun[] = runs.value): Coloring {
  if (!key) return { colorOf: (run) => colorOfRun(run.id), legend: [], isRange: false };
  const axis = makeColumnAxis(key, { hasMargin: false }, some);
  if (axis.kind === "category") {
    const ticks = axis.listTicks(20);
    const color = (at: number) => PALETTE[at % PALETTE.length]!;
    return {
      colorOf: (run) => {
        const place = axis.place(getValue(run, key));
        return place < 0 ? NO_COLOR : color(axis.toNumber(place));
      },
      legend: ticks.slice(0, PALETTE.length).map((tick, i) => ({ text: tick.text, color: color(i) })),
      isRange: false,
    };
  }
  const { isDark } = readPalette();
  const ends = [0, 0.25, 0.5, 0.75, 1];
  return {
    colorOf: (run) => {
      const place = axis.place(getValue(run, key));
      return place < 0 ? NO_COLOR : colorOfPlace(place, isDark);
    },
    legend: ends.map((at) => ({
      text: at === 0 || at === 1 ? formatValue(Number(axis.toNumber(at).toPrecision(3))) : "",
      color: colorOfPlace(at, isDark),
    })),
    isRange: true,
  };
}

/** Returns the points of the runs that have both values, and how many have not. */
export function makePoints(
  some: readonly ComparedRun[],
  x: ValueAxis,
  y: ValueAxis,
  colorOf: (run: ComparedRun) => string,
): { points: PlotPoint[]; leftOut: number } {
  const points: PlotPoint[] = [];
  for (const run of some) {
    const [px, py] = [x.place(getValue(run, x.name)), y.place(getValue(run, y.name))];
    if (px < 0 || py < 0) continue;
    points.push({ id: run.id, x: px, y: py, color: colorOf(run), isHollow: run.status !== "completed" });
  }
  return { points, leftOut: some.length - points.length };
}

/** Returns the text of a run at the pointer: its name, and values by name. */
export function describeRun(id: string, keys: readonly string[]): string {
  const run = runsById.value.get(id);
  if (!run) return "";
  const lines = [...new Set(keys)].filter(Boolean).map((key) => `${key}  ${formatText(run, key)}`);
  return [run.name + (run.status === "completed" ? "" : ` (${run.status})`), ...lines].join("\n");
}

function formatText(run: ComparedRun, key: string): string {
  const value = getValue(run, key);
  if (value === null || value === undefined) return "missing";
  if (typeof value === "object" && !Array.isArray(value))
    return `${formatValue(value.mean)} ± ${formatValue(value.std)}`;
  return formatValue(value);
}

/** Returns the names of all values that an axis can have: those that differ first. */
export function listNames(): string[] {
  const all = columns.value.filter((each) => each.kind !== "run" || each.differs);
  return [...all.filter((each) => each.differs), ...all.filter((each) => !each.differs)].map(
    (each) => each.key,
  );
}

export function listNumericNames(): string[] {
  return listNames().filter((name) => isNumeric(getColumn(name)));
}

export function describeLeftOut(count: number, total: number): string {
  if (!count) return "";
  const rest = count === 1 ? "has no such values and is not drawn" : "have no such values and are not drawn";
  return `${count} of ${total} ${total === 1 ? "run" : "runs"} ${rest}`;
}
