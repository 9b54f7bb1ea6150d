// Two metrics against each other, with the trials that no other trial beats in both.
import { findParetoFront } from "../../numbers/statistics";
import { Choice } from "../../parts/Choice";
import { Plot } from "../../parts/Plot";
import {
  findDirection,
  getNumber,
  getValue,
  isLowerBetter,
  makeColumnAxis,
  metric,
  metricColumns,
  runsById,
} from "../../state/comparison";
import { readScreenSetting, setScreenSetting } from "../../state/view";
import { describeRun, NO_COLOR } from "./plots";
import { trials } from "./trials";

const FRONT = "#ff725c";

export function Pareto() {
  const others = metricColumns.value.map((each) => each.key).filter((key) => key !== metric.value);
  const chosen = readScreenSetting("compare.second");
  const known = others.find((key) => findDirection(key) !== null) ?? others[0];
  const second = others.includes(chosen) ? chosen : known;
  if (!second)
    return (
      <section aria-label="Pareto front">
        <h2>Pareto front</h2>
        <p class="muted">Two metrics are needed.</p>
      </section>
    );
  const wanted = readScreenSetting("compare.second-direction");
  const isLower = wanted ? wanted === "min" : findDirection(second);
  const x = makeColumnAxis(metric.value, {}, trials.value);
  const y = makeColumnAxis(second, {}, trials.value);
  const shown = trials.value.filter(
    (run) => x.place(getValue(run, metric.value)) >= 0 && y.place(getValue(run, second)) >= 0,
  );
  const front = findFront(shown, second, isLower);
  const inFront = new Set(front);
  return (
    <section aria-label="Pareto front">
      <h2>Pareto front</h2>
      <div class="list-head">
        <Choice
          label="second metric"
          value={second}
          options={others}
          choose={(value) => {
            setScreenSetting("compare.second", value);
            setScreenSetting("compare.second-direction", "");
          }}
        />
        <Choice
          label="best is"
          value={isLower === null ? "" : isLower ? "min" : "max"}
          options={[
            ...(isLower === null ? [["", "not known"] as const] : []),
            ["min", "lowest"],
            ["max", "highest"],
          ]}
          choose={(value) => setScreenSetting("compare.second-direction", value)}
        />
      </div>
      <Plot
        label={`${second} over ${metric.value}: ${front.length} of ${shown.length} trials are in the front`}
        content={{
          x,
          y,
          points: shown.map((run) => ({
            id: run.id,
            x: x.place(getValue(run, metric.value)),
            y: y.place(getValue(run, second)),
            color: inFront.has(run.id) ? FRONT : NO_COLOR,
            isHollow: run.status !== "completed",
          })),
          paths: [
            {
              points: front.map((id) => {
                const run = runsById.value.get(id)!;
                return [x.place(getValue(run, metric.value)), y.place(getValue(run, second))] as const;
              }),
              color: FRONT,
            },
          ],
        }}
        describe={(id) => describeRun(id, [metric.value, second])}
      />
      <p class="muted">
        {isLower === null || isLowerBetter.value === null
          ? "Choose which values of both metrics are better."
          : `${front.length} completed ${front.length === 1 ? "trial is" : "trials are"} not beaten in both metrics`}
      </p>
    </section>
  );
}

function findFront(shown: typeof trials.value, second: string, isLower: boolean | null): string[] {
  if (isLower === null || isLowerBetter.value === null) return [];
  const completed = shown.filter((run) => run.status === "completed");
  return findParetoFront(
    completed.map((run) => getNumber(run, metric.value)),
    completed.map((run) => getNumber(run, second)),
    isLowerBetter.value,
    isLower,
  ).map((i) => completed[i]!.id);
}
