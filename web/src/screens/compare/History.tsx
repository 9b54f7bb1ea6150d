// The metric of each trial in the order of their starts, with the best so far; and over each config value.

import type { PlotPath } from "../../drawing/marks";
import { readPalette } from "../../drawing/palette";
import { makeNumberAxis } from "../../numbers/axis";
import { colorOfPlace } from "../../numbers/ramp";
import { findRunningBest } from "../../numbers/statistics";
import { Plot } from "../../parts/Plot";
import {
  type ComparedRun,
  configColumns,
  getNumber,
  getValue,
  isLowerBetter,
  makeColumnAxis,
  metric,
} from "../../state/comparison";
import { describeLeftOut, describeRun } from "./plots";
import { trials } from "./trials";

const MAX_SLICES = 12;

export function History() {
  const known = trials.value;
  const values = known.map((run) => getNumber(run, metric.value));
  const x = makeNumberAxis("trial", 1, Math.max(known.length, 2), false, 0.04);
  const y = makeColumnAxis(metric.value, {}, known);
  const points = known.flatMap((run, i) => {
    const at = y.place(values[i] ?? null);
    return at < 0
      ? []
      : [{ id: run.id, x: x.place(i + 1), y: at, color: "#4269d0", isHollow: run.status !== "completed" }];
  });
  return (
    <section aria-label="History">
      <h2>History</h2>
      <Plot
        label={`${metric.value} of ${points.length} trials, with the best so far`}
        content={{ x, y, points, paths: makeBestPath(known, x.place, y.place) }}
        describe={(id) => describeRun(id, [metric.value])}
      />
      <p class="muted">
        {isLowerBetter.value !== null && "line: best so far, of completed runs. "}
        {points.some((each) => each.isHollow) && "hollow: not completed. "}
        {describeLeftOut(known.length - points.length, known.length)}
      </p>
    </section>
  );
}

function makeBestPath(
  known: readonly ComparedRun[],
  placeX: (value: number) => number,
  placeY: (value: number) => number,
): PlotPath[] {
  const isLower = isLowerBetter.value;
  if (isLower === null) return [];
  const values = known.map((run) => (run.status === "completed" ? getNumber(run, metric.value) : null));
  const steps: [number, number][] = [];
  for (const [i, best] of findRunningBest(values, isLower).entries()) {
    if (best === null) continue;
    const y = placeY(best);
    const last = steps.at(-1);
    if (last && last[1] !== y) steps.push([placeX(i + 1), last[1]]);
    steps.push([placeX(i + 1), y]);
  }
  return [{ points: steps, color: "#ff725c" }];
}

export function Slices() {
  const known = trials.value;
  const keys = configColumns.value.filter((each) => each.differs).map((each) => each.key);
  const y = makeColumnAxis(metric.value, {}, known);
  const { isDark } = readPalette();
  return (
    <section aria-label="Slices">
      <h2>
        Slices <span class="muted">later trials are {isDark ? "lighter" : "greener"}</span>
      </h2>
      <div class="slices">
        {keys.slice(0, MAX_SLICES).map((key) => {
          const x = makeColumnAxis(key, {}, known);
          const points = known.flatMap((run, i) => {
            const [px, py] = [x.place(getValue(run, key)), y.place(getValue(run, metric.value))];
            const color = colorOfPlace(i / Math.max(known.length - 1, 1), isDark);
            return px < 0 || py < 0
              ? []
              : [{ id: run.id, x: px, y: py, color, isHollow: run.status !== "completed" }];
          });
          return (
            <Plot
              key={key}
              class="slice"
              label={`${metric.value} over ${key}, ${points.length} trials`}
              content={{ x, y, points }}
              describe={(id) => describeRun(id, [key, metric.value])}
            />
          );
        })}
      </div>
      {keys.length > MAX_SLICES && (
        <p class="muted">{keys.length - MAX_SLICES} more config values are not shown; see Scatter.</p>
      )}
      {!keys.length && <p class="muted">No config value differs.</p>}
    </section>
  );
}
