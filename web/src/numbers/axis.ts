// Axes of values of any kind: numbers, numbers on a logarithmic scale, categories. A value has a place from 0 to 1.
import type { Value } from "../api/records";
import { formatNumber, formatSeconds, formatValue } from "./format";
import { listTicks, listTimeTicks } from "./ticks";

export type AxisKind = "number" | "log" | "category" | "time";

/** The place of a value that no axis has: NaN or infinite. */
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

const NON_FINITE: Record<string, number> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};
/** Positive config values whose largest is so many times the least are on a logarithmic scale. */
const LOG_RATIO = 20;
const MARGIN = 0.04;

/** Returns a number, the mean of a summary; null for other values. */
export function toNumber(value: Value | undefined): number | null {
  if (typeof value === "number") return value;
  if (typeof value === "string") return NON_FINITE[value] ?? null;
  if (value && typeof value === "object" && !Array.isArray(value) && typeof value.mean === "number")
    return value.mean;
  return null;
}

/** Returns the numbers of a column; null where a value is missing or no number. */
export function toNumbers(values: readonly (Value | undefined)[]): (number | null)[] {
  return values.map(toNumber);
}

/** Returns whether all values that there are are numbers. */
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
  /** undefined: by the values. */
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
  const finite = toNumbers(values).filter((each): each is number => each !== null && Number.isFinite(each));
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
  const to = isLog ? Math.log10 : (value: number) => value;
  const back = isLog ? (value: number) => 10 ** value : (value: number) => value;
  let [from, end] = [to(low), to(high)];
  if (from === end) {
    const half = isLog ? 0.3 : Math.abs(from) * 0.1 || 0.5;
    [from, end] = [from - half, end + half];
  } else {
    const extra = (end - from) * margin;
    [from, end] = [from - extra, end + extra];
  }
  return {
    name,
    kind: isLog ? "log" : "number",
    place: (value) => {
      const number = toNumber(value);
      if (number === null) return MISSING;
      const at = (to(number) - from) / (end - from);
      return Number.isFinite(at) ? at : NOT_FINITE;
    },
    toNumber: (place) => back(from + place * (end - from)),
    listTicks: (count) =>
      (isLog
        ? listLogTicks(back(from), back(end), count)
        : listTicks({ low: back(from), high: back(end) }, count)
      )
        .filter((tick) => !isWhole || Number.isInteger(tick))
        .map((tick) => ({ place: (to(tick) - from) / (end - from), text: formatNumber(tick, 3) })),
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
  const order = new Intl.Collator("en", { numeric: true });
  const texts = [...new Set(values.filter((each) => each !== null && each !== undefined).map(formatValue))];
  texts.sort(order.compare);
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
    listTicks: (count) =>
      listTimeTicks({ low: 0, high }, count).map((tick) => ({
        place: tick / high,
        text: formatSeconds(tick),
      })),
  };
}
