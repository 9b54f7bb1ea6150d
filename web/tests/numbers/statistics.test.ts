import { expect, test } from "vitest";
import {
  findParetoFront,
  findRunningBest,
  fitLine,
  fitRanks,
  interpolate,
  quantile,
  rank,
  summarizeBox,
} from "../../src/numbers/statistics";

test("quantiles are interpolated", () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
});

test("whiskers end at the outermost values within 1.5 interquartile ranges", () => {
  const box = summarizeBox([1, 2, 3, 4, 100, Number.NaN])!;
  expect(box).toMatchObject({ low: 1, high: 4, median: 3, count: 5 });
  expect(summarizeBox([Number.NaN])).toBeNull();
});

test("fits a line and says how well", () => {
  const line = fitLine([0, 1, 2], [1, 3, 5])!;
  expect(line).toEqual({ slope: 2, intercept: 1, strength: 1 });
  expect(fitLine([1, 1, 1], [1, 2, 3])).toBeNull();
});

test("a rank trend ignores how far off an outlier is", () => {
  const trend = fitRanks([0, 1, 2, 3, 4], [0, 1, 2, 3, 1000])!;
  expect(trend.slope).toBeCloseTo(1);
  expect(trend.strength).toBeCloseTo(1);
});

test("equal values share their rank", () => {
  expect(rank([10, 20, 10])).toEqual([1.5, 3, 1.5]);
});

test("the best so far leaves out NaN and missing values", () => {
  expect(findRunningBest([null, 3, Number.NaN, 4, 2], true)).toEqual([null, 3, 3, 3, 2]);
  expect(findRunningBest([1, 3, 2], false)).toEqual([1, 3, 3]);
});

test("the front has the points that none is better than in both", () => {
  const [xs, ys] = [
    [1, 2, 3, 2],
    [3, 1, 2, null],
  ];
  expect(findParetoFront(xs!, ys!, true, true)).toEqual([0, 1]);
  expect(findParetoFront([1, 1, 2], [1, 1, 1], true, true)).toEqual([0, 1]);
  expect(findParetoFront([1, 2], [1, 2], false, false)).toEqual([1]);
});

test("interpolation keeps the values of the points", () => {
  const points = [
    { x: 0, y: 0, value: 1 },
    { x: 1, y: 0, value: 3 },
  ];
  expect(interpolate(0, 0, points)).toBe(1);
  expect(interpolate(0.5, 0, points)).toBeCloseTo(2);
});
