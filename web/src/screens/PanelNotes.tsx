// What a panel says about its curves: whether every point is shown, and why there may be none.
import { useComputed } from "@preact/signals";
import type { Line } from "../numbers/line";
import type { Range } from "../numbers/scale";
import { entriesOf } from "../state/curves";
import type { PanelLines } from "../state/lines";
import { curveRuns } from "../state/related";
import { axis, bandKind, clipsOutliers, isLogY, smoothing, zoom } from "../state/view";

const BAND_TITLES = {
  std: "± standard deviation",
  stderr: "± standard error",
  ci: "95 % confidence interval",
  range: "min–max",
  none: "mean",
};

const TITLES: Record<string, string> = {
  thinned: "Each part of the width has its first, least, greatest and last point. Zoom in for all points.",
};

export function PanelNotes({
  metric,
  panel,
  clipped,
}: {
  metric: string;
  panel: PanelLines;
  clipped: number;
}) {
  const loading = useComputed(() => {
    const entries = entriesOf(metric);
    const missing = curveRuns.value.filter((run) => (entries.get(run)?.version ?? -1) < 0).length;
    const problem = curveRuns.value.map((run) => entries.get(run)?.problem).find(Boolean) ?? "";
    return { missing, problem };
  });
  const { missing, problem } = loading.value;
  const message = problem || (missing && !panel.lines.length ? "loading…" : explainEmpty(panel));
  const notes = listNotes(panel, clipped);
  if (missing && panel.lines.length) notes.push(`loading ${missing} more…`);
  return (
    <>
      {message && (
        <p class={problem ? "message problem" : "message muted"} role="status">
          {message}
        </p>
      )}
      <footer class="muted">
        {notes.map((note) => (
          <span
            key={note}
            class={note.startsWith("every") ? "" : "badge"}
            title={TITLES[note.split(" ×")[0]!]}
          >
            {note}
          </span>
        ))}
      </footer>
    </>
  );
}

/** Returns why nothing is drawn, "" if something is. */
function explainEmpty({ lines, curves, finite }: PanelLines): string {
  if (!curves)
    return axis.value.startsWith("metric:")
      ? `No shown run has this metric and ${axis.value.slice("metric:".length)}`
      : "No shown run has this metric";
  if (!finite) return "All values are NaN or infinite";
  if (
    isLogY.value &&
    !lines.some((line) => line.ys.some((value) => value > 0 && value < Number.POSITIVE_INFINITY))
  )
    return "All values are zero or negative: a logarithmic axis shows none";
  const range = zoom.value;
  if (range && !lines.some((line) => hasPoints(line, range))) return "No point in the zoomed range";
  return "";
}

/** Returns whether a line has a point in a range of x, or passes through it. */
function hasPoints({ xs }: Line, { low, high }: Range): boolean {
  let isBelow = false;
  let isAbove = false;
  for (let i = 0; i < xs.length && !(isBelow && isAbove); i++) {
    isBelow ||= xs[i]! <= high;
    isAbove ||= xs[i]! >= low;
  }
  return isBelow && isAbove;
}

function listNotes(panel: PanelLines, clipped: number): string[] {
  if (!panel.lines.length) return [];
  const notes: string[] = [];
  const factor = Math.ceil(panel.thinning);
  notes.push(factor > 1 ? `thinned ×${factor}` : "every point");
  if (panel.smoothsThinned)
    notes.push(smoothing.value === "ema" ? "smooths thinned points, loading…" : "smooths thinned points");
  if (clipsOutliers.value) notes.push(`outliers clipped: ${clipped.toLocaleString("en")} beyond`);
  if (panel.lines.some((line) => line.band)) notes.push(BAND_TITLES[bandKind.value]);
  const points = panel.lines.reduce((sum, line) => sum + line.ys.length, 0);
  if (points === panel.lines.length) notes.push(points === 1 ? "one point" : "one point each");
  const gaps = countGaps(panel);
  if (gaps.nonFinite) notes.push(`${gaps.nonFinite.toLocaleString("en")} NaN or infinite`);
  if (gaps.nonPositive) notes.push(`${gaps.nonPositive.toLocaleString("en")} ≤ 0 not on the log axis`);
  return notes;
}

const counted = new WeakMap<PanelLines, { nonFinite: number; nonPositive: number }>();

function countGaps(panel: PanelLines): { nonFinite: number; nonPositive: number } {
  const known = counted.get(panel);
  if (known) return known;
  const gaps = { nonFinite: 0, nonPositive: 0 };
  for (const { ys } of panel.lines) {
    for (let i = 0; i < ys.length; i++) {
      const value = ys[i]!;
      if (value - value !== 0) gaps.nonFinite += 1;
      else if (value <= 0 && isLogY.value) gaps.nonPositive += 1;
    }
  }
  counted.set(panel, gaps);
  return gaps;
}
