import { describe, expect, test } from "vitest";
import { isNumeric, MISSING, makeAxis, makeTimeAxis, NOT_FINITE } from "../../src/numbers/axis";
import { toNumber } from "../../src/numbers/values";

describe("axes", () => {
  test("numbers lie between their least and their greatest value", () => {
    const axis = makeAxis("x", [1, 3], { hasMargin: false, isLog: false });
    expect([axis.place(1), axis.place(2), axis.place(3)]).toEqual([0, 0.5, 1]);
    expect(axis.toNumber(0.25)).toBe(1.5);
  });

  test("positive values over orders of magnitude are on a logarithmic scale", () => {
    const axis = makeAxis("lr", [0.001, 0.1], { hasMargin: false });
    expect(axis.kind).toBe("log");
    expect(axis.place(0.01)).toBeCloseTo(0.5);
  });

  test("values that are not positive are never on a logarithmic scale", () => {
    expect(makeAxis("x", [0, 1000], { isLog: true }).kind).toBe("number");
  });

  test("NaN, infinity and missing values have places of their own", () => {
    const axis = makeAxis("x", [1, 2, "NaN"]);
    expect(axis.place("NaN")).toBe(NOT_FINITE);
    expect(axis.place("Infinity")).toBe(NOT_FINITE);
    expect(axis.place(null)).toBe(MISSING);
  });

  test("texts are categories in natural order", () => {
    const axis = makeAxis("layer", ["layer10", "layer2", true]);
    expect(axis.listTicks(5).map((tick) => tick.text)).toEqual(["layer2", "layer10", "true"]);
    expect(axis.place("layer2")).toBeCloseTo(1 / 6);
  });

  test("a column of one value has a place in the middle", () => {
    expect(makeAxis("x", [5, 5]).place(5)).toBeCloseTo(0.5);
  });

  test("axes of whole numbers have whole ticks", () => {
    const ticks = makeAxis("depth", [2, 3, 4], { isLog: false }).listTicks(8);
    expect(ticks.map((tick) => tick.text)).toEqual(["2", "3", "4"]);
  });

  test("ticks of a time have different texts", () => {
    const texts = makeTimeAxis("time", 6000)
      .listTicks(4)
      .map((tick) => tick.text);
    expect(texts).toEqual(["0s", "30min", "1h", "1h 30min"]);
  });

  test("huge numbers have places", () => {
    expect(makeAxis("x", [-1e308, 1e308]).place(0)).toBeCloseTo(0.5);
  });

  test("a column without numbers has an axis", () => {
    expect(makeAxis("x", ["NaN", null]).place("NaN")).toBe(NOT_FINITE);
  });

  test("the number of a summary is its mean", () => {
    expect(toNumber({ mean: 2, std: 1, n: 3 })).toBe(2);
    expect(isNumeric([null, undefined])).toBe(false);
  });
});
