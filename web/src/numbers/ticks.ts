// Where the ticks of an axis are, and their texts.
import { formatNumber } from "./format";
import type { Range } from "./scale";

const MAX_TICKS = 100;
/** A step may be so much smaller than asked for: a few ticks more are better than half as many. */
const CLOSE = 0.7;

/** Returns about `count` round values in a range. */
export function listTicks({ low, high }: Range, count: number, isLog = false): number[] {
  if (!(high > low) || count < 1) return [low];
  if (isLog && Math.log10(high) - Math.log10(low) >= 1) return listLogTicks(low, high, count);
  return listMultiples({ low, high }, chooseStep(high / count - low / count));
}

function listMultiples({ low, high }: Range, step: number): number[] {
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high && ticks.length < MAX_TICKS; i++) {
    const tick = Number((i * step).toPrecision(12)) || 0;
    if (tick === ticks.at(-1)) break; // the steps are finer than the numbers
    ticks.push(tick);
  }
  return ticks;
}

function chooseStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  if (!(power > 0)) return least;
  return power * ([1, 2, 5].find((each) => each * power >= least * CLOSE) ?? 10);
}

function listLogTicks(low: number, high: number, count: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const every = Math.max(Math.ceil((last - first + 1) / count), 1);
  const ticks: number[] = [];
  for (let power = first; power <= last; power += every) ticks.push(10 ** power);
  return ticks;
}

const TIME_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800,
];

/** Returns round values of an axis in seconds: 1, 2, 5, 10, 15, 30 s, min, h, days. `zone`: seconds east of UTC. */
export function listTimeTicks({ low, high }: Range, count: number, zone = 0): number[] {
  if (!(high > low) || count < 1) return [low];
  const least = (high - low) / count;
  const step =
    least < 1
      ? chooseStep(least)
      : (TIME_STEPS.find((each) => each >= least) ?? chooseStep(least / 86400) * 86400);
  return listMultiples({ low: low + zone, high: high + zone }, step).map((tick) => tick - zone);
}

/** Returns the texts of ticks, with as many digits as they need. */
export function formatTicks(ticks: readonly number[]): string[] {
  const step = ticks.length > 1 ? Math.abs(ticks[1]! - ticks[0]!) : Math.abs(ticks[0] ?? 0) / 100;
  let digits = 3;
  while (digits < 15 && ticks.some((tick) => Math.abs(Number(tick.toPrecision(digits)) - tick) > step / 100))
    digits += 1;
  return ticks.map((tick) => formatTick(tick, digits));
}

function formatTick(value: number, digits: number): string {
  const size = Math.abs(value);
  if (size >= 1e15 || !Number.isFinite(value)) return formatNumber(value, digits);
  if (size >= 1e9) return `${Number((value / 1e9).toPrecision(digits))}G`;
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(digits))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(digits))}k`;
  return formatNumber(value, digits);
}

const SECONDS = 1;
const MINUTES = 60;
const DAY = 86400;

/** Returns the texts of ticks of a duration in seconds: `30s`, `5min`, `1h30`, `2d`. */
export function formatDurationTicks(ticks: readonly number[]): string[] {
  const step = ticks.length > 1 ? ticks[1]! - ticks[0]! : 0;
  if (step > 0 && step < SECONDS) return formatTicks(ticks).map((text) => `${text}s`);
  return ticks.map(formatDuration);
}

/** Returns a number of seconds in its two largest units. */
export function formatDuration(seconds: number): string {
  const size = Math.abs(seconds);
  const sign = seconds < 0 ? "−" : "";
  if (size < 1) return seconds === 0 ? "0s" : `${formatNumber(seconds, 3)}s`;
  const [days, hours] = [Math.floor(size / DAY), Math.floor((size % DAY) / 3600)];
  const [minutes, rest] = [Math.floor((size % 3600) / MINUTES), size % MINUTES];
  if (days > 0) return `${sign}${days}d${hours ? ` ${hours}h` : ""}`;
  if (hours > 0) return `${sign}${hours}h${minutes ? ` ${minutes}min` : ""}`;
  if (minutes > 0) return `${sign}${minutes}min${Math.floor(rest) ? ` ${Math.floor(rest)}s` : ""}`;
  return `${sign}${Number(rest.toPrecision(3))}s`;
}

/** Returns the texts of ticks of a time in seconds since the epoch: the hour, or the day where the axis is longer. */
export function formatTimeTicks(ticks: readonly number[]): string[] {
  const step = ticks.length > 1 ? ticks[1]! - ticks[0]! : 0;
  const options: Intl.DateTimeFormatOptions =
    step >= DAY
      ? { day: "numeric", month: "short" }
      : step >= MINUTES || step === 0
        ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
        : { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  if (step > 0 && step < SECONDS) options.fractionalSecondDigits = step < 0.01 ? 3 : step < 0.1 ? 2 : 1;
  const format = new Intl.DateTimeFormat("en-GB", options);
  return ticks.map((tick) => format.format(tick * 1000));
}
