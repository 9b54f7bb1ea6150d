import { describe, expect, it } from "vitest";
import {
  addCondition,
  buildCondition,
  describeCompletion,
  quoteName,
  quoteValue,
} from "../../src/state/filterText";

describe("names", () => {
  it.each([
    ["lr", "lr"],
    ["val/loss", "val/loss"],
    ["größe", "größe"],
    ["my loss", "`my loss`"],
    ["config.a b", "config.`a b`"],
    ["a=b", "`a=b`"],
    ["it`s", "'it`s'"],
  ])("%s is written as %s", (name, text) => expect(quoteName(name)).toBe(text));
});

describe("values", () => {
  it.each([
    [0.1, "0.1"],
    [true, "true"],
    ["adam", '"adam"'],
    ["0.1", '"0.1"'],
    ['say "hi"', `'say "hi"'`],
    [`it's "so"`, `"it's \\"so\\""`],
  ])("%s is written as %s", (value, text) => expect(quoteValue(value)).toBe(text));
});

it("writes conditions for values that are missing, null or NaN", () => {
  expect(buildCondition("lr", "=", undefined)).toBe("lr is not set");
  expect(buildCondition("lr", "!=", undefined)).toBe("lr is set");
  expect(buildCondition("lr", "=", null)).toBe("lr is null");
  expect(buildCondition("loss", "!=", "NaN")).toBe("loss is not nan");
  expect(buildCondition("loss", "<=", 0.5)).toBe("loss <= 0.5");
});

it("adds a condition once, and keeps what `or` means", () => {
  expect(addCondition("", "lr = 1")).toBe("lr = 1");
  expect(addCondition("lr = 1", "lr = 1")).toBe("lr = 1");
  expect(addCondition("op=train", "lr = 1")).toBe("op=train and lr = 1");
  expect(addCondition("a=1 or b=2", "lr = 1")).toBe("(a=1 or b=2) and lr = 1");
});

it("shows the last word of a completion", () => {
  expect(describeCompletion("status=completed and lo", "status=completed and loss")).toBe("loss");
  expect(describeCompletion("op=", 'op="my op"')).toBe('"my op"');
  expect(describeCompletion("", "status")).toBe("status");
});
