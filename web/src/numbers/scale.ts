// Scales of axes: numbers to pixels and back, and where the ticks are.

export interface Range {
  low: number;
  high: number;
}

export interface Scale extends Range {
  isLog: boolean;
  /** Returns the pixel of a value; NaN where a logarithmic scale has none. */
  toPixel(value: number): number;
  toValue(pixel: number): number;
}

/** Returns a scale from `low` at pixel `start` to `high` at pixel `end`. */
export function makeScale({ low, high }: Range, start: number, end: number, isLog = false): Scale {
  const from = isLog ? Math.log10(low) : low;
  const to = isLog ? Math.log10(high) : high;
  const factor = to === from ? 0 : (end - start) / (to - from);
  return {
    low,
    high,
    isLog,
    toPixel: (value) => start + ((isLog ? Math.log10(value) : value) - from) * factor,
    toValue: (pixel) => {
      const value = factor === 0 ? from : from + (pixel - start) / factor;
      return isLog ? 10 ** value : value;
    },
  };
}

/** Returns a range with a margin of a part of its size on both sides; a range of one value gets one that shows it. */
export function pad({ low, high }: Range, part: number, isLog = false): Range {
  if (isLog) {
    const factor = high > low ? (high / low) ** part : 2;
    return { low: low / factor, high: high * factor };
  }
  const margin = high > low ? (high - low) * part : Math.abs(high) * 0.1 || 1;
  return { low: low - margin, high: high + margin };
}

/** Returns about `count` round values in a range. */
export function listTicks({ low, high }: Range, count: number, isLog = false): number[] {
  if (!(high > low) || count < 1) return [low];
  if (isLog && Math.log10(high / low) >= 1) return listLogTicks(low, high, count);
  const step = chooseStep((high - low) / count);
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high && ticks.length < 100; i++) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

function chooseStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((each) => each * power >= least * 0.999) ?? 10);
}

function listLogTicks(low: number, high: number, count: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const every = Math.max(Math.ceil((last - first + 1) / count), 1);
  const ticks: number[] = [];
  for (let power = first; power <= last; power += every) ticks.push(10 ** power);
  return ticks;
}

/** Returns round values of a time axis in seconds: 1, 2, 5, 10, 15, 30 s, min, h, days. */
export function listTimeTicks({ low, high }: Range, count: number): number[] {
  const steps = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800,
  ];
  const least = (high - low) / Math.max(count, 1);
  const step =
    least < 1
      ? chooseStep(least)
      : (steps.find((each) => each >= least) ?? chooseStep(least / 86400) * 86400);
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high && ticks.length < 100; i++) ticks.push(i * step);
  return ticks;
}
