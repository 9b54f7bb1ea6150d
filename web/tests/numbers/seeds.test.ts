import { expect, it } from "vitest";
import { isSeedName } from "../../src/numbers/seeds";

it.each(["seed", "data.seed", "random_state", "randomSeed", "rng", "replicate"])("%s is a seed", (name) => {
  expect(isSeedName(name)).toBe(true);
});

it.each(["lr", "seedling", "random", "state"])("%s is not a seed", (name) => {
  expect(isSeedName(name)).toBe(false);
});
