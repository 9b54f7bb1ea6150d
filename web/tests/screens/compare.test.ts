import { expect, test } from "vitest";
import { arrange, moveAxis } from "../../src/screens/compare/axes";
import { sortRuns } from "../../src/screens/compare/sorting";
import { describeBest, describeDifferences } from "../../src/screens/compare/words";
import type { ComparisonPage, Ranking } from "../../src/state/comparison";

function makePage(keys: readonly string[], more: Partial<ComparisonPage> = {}): ComparisonPage {
  const columns = keys.map((key) => ({ key, kind: "config", differs: true, lower_is_better: null }));
  const runs = ["a", "b"].map((name) => ({ name, n: 1 }));
  return { runs, columns, changes: [], sources: 1, ...more } as unknown as ComparisonPage;
}

test("says what differs", () => {
  const changes = [{ path: "model.py", lines: 214 }];
  expect(describeDifferences(makePage(["config.lr", "depth"], { changes, sources: 2 }))).toBe(
    "2 runs differ in lr, depth and 214 lines of model.py",
  );
  expect(describeDifferences(makePage([]))).toBe("2 runs have the same config and source code");
  expect(describeDifferences(makePage(["a", "b", "c", "d", "e"]))).toBe(
    "2 runs differ in a, b, c and 2 more values",
  );
});

test("says which run is best, and whether it may be noise", () => {
  const ranking = { runs: [{ id: "1", name: "zoru-bemak", value: 0.934 }], noise: { tied: 3 } };
  expect(describeBest("val/acc", ranking as unknown as Ranking)).toEqual({
    name: "zoru-bemak",
    rest: " is best by val/acc (0.934); 2 others are as good within the noise of seeds",
  });
  expect(describeBest("val/acc", null)).toBeNull();
});

test("missing values and NaN are last in both directions", () => {
  const values: Record<string, unknown> = { a: 2, b: "NaN", c: null, d: 1 };
  const runs = Object.keys(values).map((name) => ({ name }));
  const sort = (isDown: boolean) =>
    sortRuns(runs as never, (run) => values[run.name] as never, isDown).map((run) => run.name);
  expect(sort(false)).toEqual(["d", "a", "b", "c"]);
  expect(sort(true)).toEqual(["a", "d", "b", "c"]);
});

test("the axes keep the saved order, and the metric is always one of them", () => {
  const names = Array.from({ length: 20 }, (_, i) => `p${i}`);
  const axes = arrange([...names, "loss"], [{ name: "p3", isInverted: true }]);
  expect(axes[0]).toEqual({ name: "p3", isInverted: true });
  expect(axes).toHaveLength(12);
  expect(axes.at(-1)!.name).toBe("loss");
  expect(moveAxis(axes, 0, 2)[2]!.name).toBe("p3");
});
