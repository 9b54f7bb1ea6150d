// The first sentence of a comparison in words.
import { formatNumber } from "../../numbers/format";
import type { ComparisonPage, Ranking } from "../../state/comparison";

const MAX_NAMES = 4;

/** Returns what differs: `12 runs differ in lr, depth and 214 lines of model.py`. */
export function describeDifferences(page: ComparisonPage): string {
  const text = describe(page);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function describe(page: ComparisonPage): string {
  const count = page.runs.length;
  const isGrouped = page.runs.some((run) => run.n > 1);
  const noun = isGrouped ? (count === 1 ? "config" : "configs") : count === 1 ? "run" : "runs";
  const subject = `${page.is_cut ? "the newest " : ""}${count.toLocaleString("en")} ${noun}`;
  if (count < 2) return subject;
  const names = page.columns
    .filter((each) => each.differs && each.kind === "config")
    .map((each) => each.key.replace(/^config\./, ""));
  if (page.columns.some((each) => each.key === "op" && each.differs)) names.unshift("operation");
  const parts = shorten(names, "values");
  parts.push(...describeSource(page));
  if (!parts.length) return `${subject} have the same config and source code`;
  return `${subject} differ in ${join(parts)}`;
}

function describeSource({ changes, sources }: ComparisonPage): string[] {
  if (!changes.length) return sources > 1 ? [`source code (${sources} versions)`] : [];
  if (changes.length > 2) return [`${changes.length} source files`];
  return changes.map(({ path, lines }) =>
    lines === null ? path : `${lines.toLocaleString("en")} ${lines === 1 ? "line" : "lines"} of ${path}`,
  );
}

function shorten(names: readonly string[], noun: string): string[] {
  if (names.length <= MAX_NAMES) return [...names];
  return [...names.slice(0, MAX_NAMES - 1), `${names.length - MAX_NAMES + 1} more ${noun}`];
}

function join(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** Returns which run is best, and how many are as good within the noise of seeds; "" if that is not known. */
export function describeBest(metric: string, ranking: Ranking | null): { name: string; rest: string } | null {
  const best = ranking?.runs[0];
  if (!best) return null;
  const tied = (ranking.noise?.tied ?? 1) - 1;
  const doubt =
    tied > 0
      ? `; ${tied} ${tied === 1 ? "other run is" : "others are"} as good within the noise of seeds`
      : "";
  return { name: best.name, rest: ` is best by ${metric} (${formatNumber(Number(best.value), 4)})${doubt}` };
}
