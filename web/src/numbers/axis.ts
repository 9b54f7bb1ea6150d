// Axes of values of any kind: numbers, numbers on a logarithmic scale, categories. The axis maps a value to a place from
// 0 to 1.
import type { Value } from "../api/records";
import { formatNumber, formatValue } from "./format";
import { makeScale, pad } from "./scale";
import { formatDurationTicks, listTicks, listTimeTicks } from "./ticks";
import { compareTexts, toNumber } from "./values";

export type AxisKind = "number" | "log" | "category" | "time";

/** The place of a number that is NaN or infinite. */
export const NOT_FINITE = -1;
/** The place of a value that the run does not have. */
export const MISSING = -2;

export interface Tick {
  place: number;
  text: string;
}

export interface ValueAxis {
  name: string;
  kind: AxisKind;
  /** Returns a place from 0 to 1, NOT_FINITE or MISSING. */
  place(value: Value | undefined): number;
  /** Returns the number at a place; the index of a category. */
  toNumber(place: number): number;
  /** Returns about `count` ticks; all categories. */
  listTicks(count: number): Tick[];
}

/** Positive values are on a logarithmic scale if the largest is at least this many times the smallest. */
const LOG_RATIO = 20;
const MARGIN = 0.04;

/** Returns whether a column has values and all of them are numbers. Ignores missing values. */
export function isNumeric(values: readonly (Value | undefined)[]): boolean {
  let found = false;
  for (const value of values) {
    if (value === null || value === undefined) continue;
    if (toNumber(value) === null) return false;
    found = true;
  }
  return found;
}

export interface AxisChoice {
  /** Whether the scale is logarithmic; undefined: the values decide. */
  isLog?: boolean;
  isCategory?: boolean;
  hasMargin?: boolean;
}

/** Returns the axis of a column. */
export function makeAxis(
  name: string,
  values: readonly (Value | undefined)[],
  choice: AxisChoice = {},
): ValueAxis {
  if (choice.isCategory || !isNumeric(values)) return makeCategoryAxis(name, values);
  const finite = values
    .map(toNumber)
    .filter((each): each is number => each !== null && Number.isFinite(each));
  const low = finite.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = finite.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!finite.length) return makeNumberAxis(name, 0, 1, false, 0);
  const isLog = low > 0 && (choice.isLog ?? high / low >= LOG_RATIO);
  return makeNumberAxis(
    name,
    low,
    high,
    isLog,
    choice.hasMargin === false ? 0 : MARGIN,
    finite.every(Number.isInteger),
  );
}

export function makeNumberAxis(
  name: string,
  low: number,
  high: number,
  isLog: boolean,
  margin: number,
  isWhole = false,
): ValueAxis {
  const range = pad({ low, high }, margin, isLog);
  const scale = makeScale(range, 0, 1, isLog);
  return {
    name,
    kind: isLog ? "log" : "number",
    place: (value) => {
      const number = toNumber(value);
      if (number === null) return MISSING;
      const at = scale.toPixel(number);
      return Number.isFinite(at) ? at : NOT_FINITE;
    },
    toNumber: scale.toValue,
    listTicks: (count) =>
      (isLog ? listLogTicks(range.low, range.high, count) : listTicks(range, count))
        .filter((tick) => !isWhole || Number.isInteger(tick))
        .map((tick) => ({ place: scale.toPixel(tick), text: formatNumber(tick, 3) })),
  };
}

/** Returns powers of ten; within three of them, also their double and fivefold. */
function listLogTicks(low: number, high: number, count: number): number[] {
  if (high / low > 1000) return listTicks({ low, high }, count, true);
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
    for (const factor of [1, 2, 5]) ticks.push(Number((factor * 10 ** power).toPrecision(12)));
  const inside = ticks.filter((tick) => tick >= low && tick <= high);
  return inside.length > 1 ? inside : listTicks({ low, high }, count);
}

function makeCategoryAxis(name: string, values: readonly (Value | undefined)[]): ValueAxis {
  const texts = [...new Set(values.filter((each) => each !== null && each !== undefined).map(formatValue))];
  texts.sort(compareTexts);
  const indexes = new Map(texts.map((text, i) => [text, i]));
  const place = (index: number) => (index + 0.5) / texts.length;
  return {
    name,
    kind: "category",
    place: (value) => {
      if (value === null || value === undefined) return MISSING;
      const index = indexes.get(formatValue(value));
      return index === undefined ? MISSING : place(index);
    },
    toNumber: (at) => Math.min(Math.max(Math.floor(at * texts.length), 0), texts.length - 1),
    listTicks: () => texts.map((text, i) => ({ place: place(i), text })),
  };
}

/** Returns an axis of seconds from 0 to `end`. */
export function makeTimeAxis(name: string, end: number): ValueAxis {
  const high = end > 0 ? end : 1;
  return {
    ...makeNumberAxis(name, 0, high, false, 0),
    kind: "time",
    listTicks: (count) => {
      const ticks = listTimeTicks({ low: 0, high }, count);
      const texts = formatDurationTicks(ticks);
      return ticks.map((tick, i) => ({ place: tick / high, text: texts[i]! }));
    },
  };
}
