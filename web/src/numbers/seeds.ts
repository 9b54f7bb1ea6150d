// Which config values are seeds, by their names, as gage/compare/groups.py decides it.

const SEED_WORDS = new Set(["seed", "seeds", "rng", "randomseed", "randomstate", "replicate", "repetition"]);
const WORD = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g;

/** Returns whether a config value is a seed: `seed`, `data.seed`, `random_state`. */
export function isSeedName(name: string): boolean {
  const words = (name.match(WORD) ?? []).map((word) => word.toLowerCase());
  return [...words, words.slice(-2).join("")].some((word) => SEED_WORDS.has(word));
}
