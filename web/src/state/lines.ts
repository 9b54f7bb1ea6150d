// Makes the lines of a panel: the axis, smoothing, stitching and grouping of the view.
import type { Curve, Numbers } from "../api/curves";
import { aggregate, type BandKind, keepLatest } from "../numbers/aggregate";
import type { Line, Points } from "../numbers/line";
import { splitAscending } from "../numbers/line";
import type { Range } from "../numbers/scale";
import { styleLines } from "../numbers/styles";
import type { Entry } from "./curve_plan";
import { isThinned } from "./curve_plan";
import { pickCurve } from "./detail";
import { joinSegments } from "./segments";
import { smoothPoints } from "./smooth";
import type { Axis, Smoothing } from "./view";

export interface LineOptions {
  axis: Axis;
  smoothing: Smoothing;
  weight: number;
  zoom: Range | null;
  band: BandKind;
}

/** Runs that are drawn as one line. */
export interface LineGroup {
  name: string;
  /** Each a run, or a chain of runs that restart each other, the oldest first. */
  members: readonly (readonly string[])[];
  isBand: boolean;
}

/** What a panel shows of the curves. */
export interface PanelLines {
  lines: Line[];
  /** The greatest number of points that stand for one shown point; 1: every point is shown. */
  thinning: number;
  /** Whether thinned points are smoothed, which all points would smooth to something else. */
  smoothsThinned: boolean;
  /** Curves with points, and with finite ones. */
  curves: number;
  finite: number;
}

type EntryOf = (run: string) => Entry | undefined;

/** Returns the line of each group that has points. `xOf` has the curves of the metric that is x. */
export function makeLines(
  groups: readonly LineGroup[],
  entryOf: EntryOf,
  xOf: EntryOf,
  options: LineOptions,
  pointedOut: ReadonlySet<string>,
): PanelLines {
  const panel: PanelLines = { lines: [], thinning: 1, smoothsThinned: false, curves: 0, finite: 0 };
  const styles = styleLines(groups.map(leaderOf), pointedOut);
  for (const group of groups) {
    const members = group.members.map((chain) => makeMember(chain, entryOf, xOf, options, panel));
    const filled = members.filter((member) => member !== null);
    if (!filled.length) continue;
    const id = leaderOf(group);
    const runs = group.members.flat();
    const style = { id, runs, name: group.name, ...styles.get(id)! };
    if (group.isBand) {
      const joined = aggregate(filled, options.band);
      panel.lines.push({ ...style, ...joined, starts: [0, joined.xs.length] });
    } else panel.lines.push({ ...style, ...filled[0]! });
  }
  return panel;
}

/** Returns the line of one curve, none if it has no points. */
export function makeSingleLine(curve: Curve, name: string, options: SegmentOptions): Line[] {
  const segment = curve.values.length ? makeSegment(curve, null, options) : null;
  const style = styleLines([curve.run], new Set()).get(curve.run)!;
  return segment ? [{ id: curve.run, runs: [curve.run], name, ...style, ...segment }] : [];
}

function leaderOf(group: LineGroup): string {
  return group.members[0]!.at(-1)!;
}

type Member = Points & Pick<Line, "starts" | "marks" | "replaced">;

function makeMember(
  chain: readonly string[],
  entryOf: EntryOf,
  xOf: EntryOf,
  options: LineOptions,
  panel: PanelLines,
): Member | null {
  const segments: Member[] = [];
  for (const run of chain) {
    const entry = entryOf(run);
    const curve = entry && pickCurve(entry, options.axis, options.zoom, serverWeight(options));
    if (!entry?.curve || !curve?.values.length) continue;
    const segment = makeSegment(curve, xOf(run)?.curve ?? null, options);
    if (!segment) continue;
    segments.push(segment);
    panel.curves += 1;
    if (segment.ys.some(Number.isFinite)) panel.finite += 1;
    if (!isThinned(curve)) continue;
    const points = curve === entry.detail ? curve.within : curve.total;
    panel.thinning = Math.max(panel.thinning, points / curve.values.length);
    if (options.weight > 0 && !curve.smoothed) panel.smoothsThinned = true;
  }
  if (segments.length < 2) return segments[0] ?? null;
  return joinSegments(segments, options.axis === "relative");
}

/** Returns the weight with which the server smooths thinned series. */
function serverWeight({ smoothing, weight }: LineOptions): number {
  return smoothing === "ema" ? weight : 0;
}

/** The segment of each curve with the options that it was made with: only what changed is computed again. */
const made = new WeakMap<Curve, { key: string; x: Curve | null; segment: Member | null }>();

type SegmentOptions = Omit<LineOptions, "zoom" | "band">;

function makeSegment(curve: Curve, x: Curve | null, options: SegmentOptions): Member | null {
  const key = `${options.axis} ${options.smoothing} ${options.weight}`;
  const known = made.get(curve);
  if (known && known.key === key && known.x === x) return known.segment;
  const segment = computeSegment(curve, x, options);
  made.set(curve, { key, x, segment });
  return segment;
}

function computeSegment(curve: Curve, x: Curve | null, options: SegmentOptions): Member | null {
  if (options.axis.startsWith("metric:")) return x ? alignWith(curve, x, options) : null;
  const xs = pickAxis(curve, options.axis);
  const starts = splitAscending(xs);
  if (options.weight === 0) return { xs, ys: curve.values, starts };
  const ys = curve.smoothed ?? smoothPoints(xs, curve.values, starts, options.smoothing, options.weight);
  return { xs, ys, raw: curve.values, starts };
}

function pickAxis(curve: Curve, axis: Axis): Numbers {
  if (axis === "step") return curve.steps;
  if (axis === "time") return curve.times;
  const start = curve.times[0] ?? 0;
  return Float64Array.from(curve.times, (time) => time - start);
}

/** Returns a curve over another metric: each point gets the value that this metric had last. x ascends. */
function alignWith(curve: Curve, other: Curve, options: SegmentOptions): Member {
  const latest = keepLatest({ xs: other.steps, ys: other.values });
  const ys =
    options.weight > 0
      ? smoothPoints(curve.steps, curve.values, [], options.smoothing, options.weight)
      : null;
  const order: { x: number; i: number }[] = [];
  let at = 0;
  for (let i = 0; i < curve.steps.length; i++) {
    const step = curve.steps[i]!;
    if (i > 0 && step < curve.steps[i - 1]!) at = 0;
    while (at + 1 < latest.xs.length && latest.xs[at + 1]! <= step) at++;
    const x = latest.xs.length && latest.xs[at]! <= step ? latest.ys[at]! : Number.NaN;
    if (Number.isFinite(x)) order.push({ x, i });
  }
  order.sort((a, b) => a.x - b.x || a.i - b.i);
  const pick = (column: Numbers) => Float64Array.from(order, ({ i }) => column[i]!);
  const xs = Float64Array.from(order, ({ x }) => x);
  const member: Member = { xs, ys: pick(ys ?? curve.values), starts: [0, xs.length] };
  if (ys) member.raw = pick(curve.values);
  return member;
}
