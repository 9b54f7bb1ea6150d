import { describe, expect, it } from "vitest";
import { aggregate, keepLatest, studentQuantile } from "../src/numbers/aggregate";

const points = (xs: number[], ys: number[]) => ({ xs: Float64Array.from(xs), ys: Float64Array.from(ys) });

describe("aggregate", () => {
  it("has the mean and the standard deviation of runs with the same steps", () => {
    const { xs, ys, band } = aggregate([points([0, 1], [1, 10]), points([0, 1], [3, 20])], "std");
    expect([...xs]).toEqual([0, 1]);
    expect([...ys]).toEqual([2, 15]);
    expect(band.highs[0]! - 2).toBeCloseTo(Math.SQRT2, 12);
    expect([...band.counts]).toEqual([2, 2]);
  });

  it("interpolates between points, and never beyond the ends", () => {
    const { xs, ys, band } = aggregate([points([0, 10], [0, 10]), points([5, 20], [7, 7])], "range");
    expect([...xs]).toEqual([0, 5, 10, 20]);
    expect([...ys]).toEqual([0, 6, 8.5, 7]);
    expect([...band.counts]).toEqual([1, 2, 2, 1]);
    expect([...band.lows]).toEqual([0, 5, 7, 7]);
  });

  it("leaves NaN out, and has a gap where no run has a value", () => {
    const { ys, band } = aggregate(
      [points([0, 1], [Number.NaN, Number.NaN]), points([0, 1], [4, Number.NaN])],
      "std",
    );
    expect(ys[0]).toBe(4);
    expect(ys[1]).toBeNaN();
    expect([...band.counts]).toEqual([1, 0]);
    expect(band.lows[0]).toBe(4);
  });

  it("has a confidence interval by Student's t", () => {
    const series = [1, 2, 3].map((y) => points([0], [y]));
    const { ys, band } = aggregate(series, "ci");
    expect(ys[0]).toBe(2);
    expect(band.highs[0]! - 2).toBeCloseTo(4.303 / Math.sqrt(3), 3);
    expect(studentQuantile(31)).toBeCloseTo(2.0395, 3);
    expect(studentQuantile(1000)).toBeCloseTo(1.9623, 3);
  });

  it("takes the later one of points that were written twice", () => {
    const kept = keepLatest({
      ...points([0, 1, 2, 1, 2, 3], [0, 1, 2, 11, 12, 13]),
      raw: Float64Array.of(5, 6, 7, 8, 9, 10),
    });
    expect([...kept.xs]).toEqual([0, 1, 2, 3]);
    expect([...kept.ys]).toEqual([0, 11, 12, 13]);
    expect([...kept.raw!]).toEqual([5, 8, 9, 10]);
  });

  it("has at most so many points", () => {
    const many = Array.from({ length: 3 }, (_, r) => {
      const xs = Array.from({ length: 5000 }, (_, i) => i + r / 10);
      return points(xs, xs);
    });
    expect(aggregate(many, "std").xs.length).toBe(2000);
  });
});
