// The order of compared runs: numbers before texts, missing and NaN last whichever the direction.
import type { Value } from "../../api/records";
import { toNumber } from "../../numbers/axis";
import { formatValue } from "../../numbers/format";
import type { ComparedRun } from "../../state/comparison";

const ORDER = new Intl.Collator("en", { numeric: true });

export function sortRuns(
  runs: readonly ComparedRun[],
  get: (run: ComparedRun) => Value | undefined,
  isDown: boolean,
): ComparedRun[] {
  const sign = isDown ? -1 : 1;
  const keys = new Map(runs.map((run) => [run, get(run)]));
  const group = (value: Value | undefined) => {
    if (value === null || value === undefined) return 3;
    const number = toNumber(value);
    return number === null ? 1 : Number.isNaN(number) ? 2 : 0;
  };
  return [...runs].sort((a, b) => {
    const [x, y] = [keys.get(a), keys.get(b)];
    const [g, h] = [group(x), group(y)];
    if (g !== h) return g - h;
    if (g === 0) return sign * (toNumber(x)! - toNumber(y)!);
    return g === 1 ? sign * ORDER.compare(formatValue(x), formatValue(y)) : 0;
  });
}
