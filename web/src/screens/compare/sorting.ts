// The order of compared runs: numbers before texts, missing and NaN last whichever the direction.
import type { Value } from "../../api/records";
import { compareValues } from "../../numbers/values";
import type { ComparedRun } from "../../state/comparison";

export function sortRuns(
  runs: readonly ComparedRun[],
  get: (run: ComparedRun) => Value | undefined,
  isDown: boolean,
): ComparedRun[] {
  const sign = isDown ? -1 : 1;
  const keys = new Map(runs.map((run) => [run, get(run)]));
  return [...runs].sort((a, b) => compareValues(keys.get(a), keys.get(b), sign));
}
