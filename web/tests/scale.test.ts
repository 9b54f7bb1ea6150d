import { describe, expect, it } from "vitest";
import { makeScale, pad } from "../src/numbers/scale";
import { findFirst, findNearest, findRange, findRangeWithoutOutliers, unite } from "../src/numbers/series";
import { formatDuration, formatTicks, formatTimeTicks, listTicks, listTimeTicks } from "../src/numbers/ticks";

const column = (...values: number[]) => Float64Array.from(values);

describe("makeScale", () => {
  it("goes to pixels and back", () => {
    for (const [low, high, isLog] of [
      [0, 10, false],
      [-5, -4, false],
      [1e-300, 3e-300, false],
      [1e-300, 1e300, true],
      [-1e308, 1e308, false],
      [1e15, 1e15 + 2, false],
    ] as const) {
      const scale = makeScale({ low, high }, 50, 350, isLog);
      expect(scale.toPixel(low)).toBeCloseTo(50, 6);
      expect(scale.toPixel(high)).toBeCloseTo(350, 6);
      const middle = scale.toValue(200);
      expect(scale.toPixel(middle)).toBeCloseTo(200, 3);
    }
  });

  it("has no pixel for what a logarithmic scale does not show", () => {
    const scale = makeScale({ low: 1, high: 10 }, 0, 100, true);
    expect(Number.isFinite(scale.toPixel(0))).toBe(false);
    expect(Number.isFinite(scale.toPixel(-1))).toBe(false);
  });

  it("shows a range of one value", () => {
    expect(makeScale({ low: 3, high: 3 }, 0, 100).toPixel(3)).toBe(0);
  });
});

describe("pad", () => {
  it("gives a single value a range", () => {
    for (const value of [0, 5, -5, 1e-300, 1e300]) {
      const { low, high } = pad({ low: value, high: value }, 0.05);
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
    expect(pad({ low: 1e-300, high: 1e-300 }, 0.05, true)).toEqual({ low: 5e-301, high: 2e-300 });
  });

  it("stays finite", () => {
    const { low, high } = pad({ low: -Number.MAX_VALUE, high: Number.MAX_VALUE }, 0.05);
    expect([low, high]).toEqual([-Number.MAX_VALUE, Number.MAX_VALUE]);
  });
});

describe("listTicks", () => {
  it("returns round values in the range", () => {
    expect(listTicks({ low: 0, high: 1 }, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(listTicks({ low: -1e-300, high: 1e-300 }, 4)).toContain(0);
    expect(listTicks({ low: 1, high: 1000 }, 4, true)).toEqual([1, 10, 100, 1000]);
  });

  it("returns few, distinct and finite values, whatever the range", () => {
    const ranges = [
      [0, 0],
      [5, 5],
      [1e-300, 2e-300],
      [-1e308, 1e308],
      [1e16, 1e16 + 4],
      [0, 5e-324],
      [-3, 7e9],
      [0.1, 0.1 + 1e-16],
    ] as const;
    for (const [low, high] of ranges) {
      const ticks = listTicks({ low, high }, 5);
      expect(ticks.length).toBeLessThan(15);
      expect(new Set(ticks).size).toBe(ticks.length);
      expect(ticks.every(Number.isFinite)).toBe(true);
      expect(new Set(formatTicks(ticks)).size).toBe(ticks.length);
    }
    for (const [low, high] of [
      [1e-300, 1e300],
      [1e-5, 1e-4],
      [3, 4],
    ] as const) {
      expect(listTicks({ low, high }, 5, true).length).toBeGreaterThan(0);
    }
  });

  it("tells close ticks apart", () => {
    expect(formatTicks([100.05, 100.1, 100.15])).toEqual(["100.05", "100.1", "100.15"]);
    expect(formatTicks([0, 20000, 40000])).toEqual(["0", "20k", "40k"]);
  });
});

describe("times", () => {
  it("have round ticks", () => {
    expect(listTimeTicks({ low: 0, high: 7200 }, 4)).toEqual([0, 1800, 3600, 5400, 7200]);
    expect(listTimeTicks({ low: 3600 * 5, high: 3600 * 53 }, 2, 0)).toEqual([86400, 172800]);
    expect(formatDuration(5400)).toBe("1h 30min");
    expect(formatDuration(0.25)).toBe("0.25s");
    expect(new Set(formatTimeTicks([0, 0.5, 1, 1.5])).size).toBe(4);
    expect(formatTimeTicks([0, 86400, 172800]).every((text) => /\d/.test(text))).toBe(true);
  });
});

describe("ranges", () => {
  it("leave out what is not finite, and on a logarithmic scale what is not positive", () => {
    const values = column(Number.NaN, -2, 0, 3, Number.POSITIVE_INFINITY);
    expect(findRange(values)).toEqual({ low: -2, high: 3 });
    expect(findRange(values, true)).toEqual({ low: 3, high: 3 });
    expect(findRange(column(Number.NaN))).toBeNull();
    expect(findRange(column())).toBeNull();
    expect(findRange(column(-1, -2), true)).toBeNull();
    expect(unite([null, { low: 1, high: 2 }, { low: -1, high: 0 }])).toEqual({ low: -1, high: 2 });
  });

  it("leave outliers out", () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i === 500 ? 1e9 : i / 1000));
    const { low, high } = findRangeWithoutOutliers([values])!;
    expect(high).toBeLessThan(1);
    expect(low).toBeGreaterThan(0);
    expect(findRangeWithoutOutliers([column(Number.NaN)])).toBeNull();
  });
});

describe("findNearest", () => {
  it("finds the nearest number of an ascending column", () => {
    const xs = column(0, 10, 20, 20, 30);
    expect([-5, 4, 6, 20, 26, 99].map((x) => findNearest(xs, x))).toEqual([0, 0, 1, 2, 4, 4]);
    expect(findNearest(column(), 1)).toBe(-1);
    expect(findFirst(xs, 20)).toBe(2);
  });
});
