import { describe, expect, it } from "vitest";
import {
  smoothCentred,
  smoothExponentially,
  smoothGaussian,
  smoothOverTime,
  smoothParts,
} from "../src/numbers/smoothing";

const column = (...values: number[]) => Float64Array.from(values);

/** The formula that TensorBoard publishes, written down without a look at ours. */
function smoothAsTensorBoard(data: number[], weight: number): number[] {
  if (data.every((value) => value === data[0])) return data;
  let last = 0;
  let numAccum = 0;
  return data.map((next) => {
    if (!Number.isFinite(next)) return next;
    last = last * weight + (1 - weight) * next;
    numAccum++;
    return last / (weight === 1 ? 1 : 1 - weight ** numAccum);
  });
}

describe("smoothExponentially", () => {
  it("has TensorBoard's numbers", () => {
    const smoothed = smoothExponentially(column(1, 2, Number.NaN, 4, 3, -1.5), 0.6);
    const golden = [1, 1.625, Number.NaN, 2.836734693877551, 2.911764705882353, 0.9982650936849409];
    expect(smoothed[2]).toBeNaN();
    for (const [i, value] of golden.entries()) if (i !== 2) expect(smoothed[i]).toBeCloseTo(value, 12);
  });

  it("has the same numbers as TensorBoard's formula, whatever the series", () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 48271) % 0x7fffffff;
      return seed / 0x7fffffff;
    };
    for (const weight of [0, 0.1, 0.6, 0.9, 0.999]) {
      const values = Array.from({ length: 200 }, () => {
        const kind = random();
        return kind < 0.05 ? Number.NaN : kind < 0.08 ? Number.POSITIVE_INFINITY : (random() - 0.5) * 1e3;
      });
      expect([...smoothExponentially(Float64Array.from(values), weight)]).toEqual(
        smoothAsTensorBoard(values, weight),
      );
    }
  });

  it("leaves a constant series as it is, to the last digit", () => {
    expect([...smoothExponentially(column(0.1, 0.1, 0.1), 0.7)]).toEqual([0.1, 0.1, 0.1]);
  });

  it("returns nothing for nothing, and one point for one", () => {
    expect([...smoothExponentially(column(), 0.9)]).toEqual([]);
    expect([...smoothExponentially(column(5), 0.9)]).toEqual([5]);
    expect([...smoothExponentially(column(Number.NaN), 0.9)]).toEqual([Number.NaN]);
  });

  it("takes float32 columns", () => {
    expect([...smoothExponentially(Float32Array.of(1, 3), 0.5)][1]).toBeCloseTo(7 / 3, 12);
  });
});

describe("other methods", () => {
  const methods = {
    time: (values: Float64Array) =>
      smoothOverTime(
        Float64Array.from(values, (_, i) => i),
        values,
        0.8,
      ),
    gaussian: (values: Float64Array) => smoothGaussian(values, 2),
    wide: (values: Float64Array) => smoothGaussian(values, 20),
    centred: (values: Float64Array) => smoothCentred(values, 3),
  };
  for (const [name, smooth] of Object.entries(methods)) {
    it(`${name} keeps a constant, and leaves NaN where it is`, () => {
      const smoothed = smooth(column(2, 2, Number.NaN, 2, 2, 2));
      for (const [i, value] of smoothed.entries()) {
        if (i === 2) expect(value).toBeNaN();
        else expect(value).toBeCloseTo(2, 12);
      }
      expect(smooth(column()).length).toBe(0);
      expect([...smooth(column(4))]).toEqual([4]);
    });
  }

  it("a centred mean has fewer points at the ends", () => {
    expect([...smoothCentred(column(1, 2, 3, 4, 8), 1)]).toEqual([1.5, 2, 3, 5, 6]);
  });

  it("a wide Gaussian is nearly the same by three means", () => {
    const values = Float64Array.from({ length: 400 }, (_, i) => Math.sin(i / 20));
    const narrow = smoothGaussian(values, 8);
    const wide = smoothGaussian(values, 8.01);
    for (let i = 50; i < 350; i++) expect(wide[i]).toBeCloseTo(narrow[i]!, 1);
  });

  it("weights by distance: after a long gap the earlier points count less", () => {
    const values = column(0, 0, 0, 1);
    const near = smoothOverTime(column(0, 1, 2, 3), values, 0.99);
    const far = smoothOverTime(column(0, 1, 2, 100), values, 0.99);
    expect(far[3]).toBeGreaterThan(near[3]!);
  });

  it("smooths each part by itself where steps go back", () => {
    const xs = column(0, 1, 2, 0, 1, 2);
    const values = column(0, 0, 0, 9, 9, 9);
    const smoothed = smoothParts([0, 3, 6], 6, (first, end) =>
      smoothOverTime(xs.subarray(first, end), values.subarray(first, end), 0.9),
    );
    expect([...smoothed]).toEqual([...values]);
  });
});
