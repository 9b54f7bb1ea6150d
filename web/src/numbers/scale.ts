// Scales of axes: numbers to pixels and back.

export interface Range {
  low: number;
  high: number;
}

export interface Scale extends Range {
  isLog: boolean;
  /** Returns the pixel of a value; NaN or infinite where a logarithmic scale has none. */
  toPixel(value: number): number;
  toValue(pixel: number): number;
}

/** Returns a scale from `low` at pixel `start` to `high` at pixel `end`. */
export function makeScale({ low, high }: Range, start: number, end: number, isLog = false): Scale {
  const from = isLog ? Math.log10(low) : low;
  const to = isLog ? Math.log10(high) : high;
  // halves, as the distance of two huge numbers may be infinite
  const distance = to / 2 - from / 2;
  const factor = distance === 0 ? 0 : (end - start) / distance;
  return {
    low,
    high,
    isLog,
    toPixel: isLog
      ? (value) => start + (Math.log10(value) / 2 - from / 2) * factor
      : (value) => start + (value / 2 - from / 2) * factor,
    toValue: (pixel) => {
      const value = factor === 0 ? from : from + ((pixel - start) / factor) * 2;
      return isLog ? 10 ** value : value;
    },
  };
}

/** Returns a range with a margin of a part of its size on both sides; a range of one value gets one that shows it. */
export function pad({ low, high }: Range, part: number, isLog = false): Range {
  if (isLog) {
    const factor = high > low ? (high / low) ** part : 2;
    return { low: low / factor || low, high: Math.min(high * factor, Number.MAX_VALUE) };
  }
  const margin = high > low ? (high / 2 - low / 2) * part * 2 : Math.abs(high) * 0.1 || 1;
  return { low: Math.max(low - margin, -Number.MAX_VALUE), high: Math.min(high + margin, Number.MAX_VALUE) };
}

/** Returns the part of a range between two pixels of its scale, the lower value first. */
export function rangeOfPixels(scale: Scale, a: number, b: number): Range {
  const [low, high] = [scale.toValue(a), scale.toValue(b)];
  return low <= high ? { low, high } : { low: high, high: low };
}
