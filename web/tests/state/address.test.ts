import { expect, it } from "vitest";
import { formatAddress, parseAddress } from "../../src/state/address";

it("returns the state that it was made of", () => {
  const state = { where: 'a = "x&y" and b < 1%', sort: ["lr", "-val/loss"], color: "a+b", runs: "1,2" };
  expect(parseAddress(formatAddress(state))).toEqual(state);
});

it("is empty for an empty state, and leaves the token out", () => {
  expect(formatAddress({})).toBe("");
  expect(parseAddress("#token=abc&where=x")).toEqual({ where: "x" });
});

it("reads what another tool wrote", () => {
  expect(parseAddress("where=lr%20=%200.1&sort=a&sort=b")).toEqual({ where: "lr = 0.1", sort: ["a", "b"] });
});

it("knows no names that objects have", () => {
  const state = parseAddress("#constructor=1&__proto__=2&toString=3&toString=4");
  expect(Object.entries(state)).toEqual([
    ["constructor", "1"],
    ["__proto__", "2"],
    ["toString", ["3", "4"]],
  ]);
  expect(state.find).toBe(undefined);
});
