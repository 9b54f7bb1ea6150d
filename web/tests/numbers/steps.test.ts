import { describe, expect, it } from "vitest";
import { findShown, findStep } from "../../src/numbers/steps";

describe("findShown", () => {
  it.each([
    [[0, 10, 20], 10, [1, 2]],
    [[0, 10, 20], 15, [1, 2]],
    [[0, 10, 20], 99, [2, 3]],
    [[10, 20], 5, [0, 0]],
    [[0, 10, 10, 10, 20], 12, [1, 4]],
    [[null, null], 3, [0, 2]],
    [[null, 10], 3, [0, 1]],
    [[], 3, [0, 0]],
  ])("of %j at %d is %j", (steps, step, range) => {
    expect(findShown(steps, step)).toEqual(range);
  });
});

describe("findStep", () => {
  it("is the place of the latest step before", () => {
    expect([0, 5, 10, 99].map((step) => findStep([5, 10, 20], step))).toEqual([0, 0, 1, 2]);
  });
});
