// The distribution of a value in groups of runs.
import type { PlotBox, PlotPoint } from "../../drawing/marks";
import { makeAxis } from "../../numbers/axis";
import { formatValue } from "../../numbers/format";
import { summarizeBox } from "../../numbers/statistics";
import { compareTexts } from "../../numbers/values";
import { Choice } from "../../parts/Choice";
import { Plot } from "../../parts/Plot";
import {
  type ComparedRun,
  configColumns,
  getNumber,
  getValue,
  makeColumnAxis,
  metric,
  runs,
} from "../../state/comparison";
import { paletteVersion } from "../../state/settings";
import { readScreenSetting, setScreenSetting } from "../../state/view";
import { describeLeftOut, describeRun, listNames, listNumericNames, makeColoring } from "./plots";

const MAX_GROUPS = 40;
const JITTER = 0.5;
const MAX_BOX = 0.12;

export function BoxPlots() {
  void paletteVersion.value;
  const names = listNames();
  const chosen = readScreenSetting("compare.by");
  const first = configColumns.value.find((each) => each.differs && !/seed/i.test(each.key))?.key;
  const by = names.includes(chosen) ? chosen : (first ?? names[0] ?? "");
  const wanted = readScreenSetting("compare.of");
  const of = names.includes(wanted) ? wanted : metric.value;
  const groups = groupRuns(by, of);
  const x = makeAxis(
    by,
    [...groups.values()].map((members) => getValue(members[0]!, by)),
    { isCategory: true },
  );
  const y = makeColumnAxis(of);
  const coloring = makeColoring("");
  const width = 1 / Math.max(groups.size, 1);
  const boxes: PlotBox[] = [];
  const points: PlotPoint[] = [];
  for (const members of groups.values()) {
    const at = x.place(getValue(members[0]!, by));
    const box = summarizeBox(members.map((run) => getNumber(run, of)!));
    if (!box) continue;
    const [low, q1, middle, q3, high] = [box.low, box.first, box.median, box.third, box.high].map((each) =>
      y.place(each),
    ) as [number, number, number, number, number];
    boxes.push({
      x: at,
      width: Math.min(width * 0.6, MAX_BOX),
      low,
      first: q1,
      median: middle,
      third: q3,
      high,
      color: "#4269d0",
    });
    for (const [i, run] of members.entries())
      points.push({
        id: run.id,
        x: at + Math.min(width, 1.6 * MAX_BOX) * JITTER * ((((i * 7) % 11) + 0.5) / 11 - 0.5),
        y: y.place(getValue(run, of)),
        color: coloring.colorOf(run),
        isHollow: run.status !== "completed",
      });
  }
  const isTooMany = groups.size > MAX_GROUPS;
  return (
    <section aria-label="Groups">
      <div class="list-head">
        <Choice
          label="value"
          value={of}
          options={listNumericNames()}
          choose={(value) => setScreenSetting("compare.of", value)}
        />
        <Choice
          label="groups"
          value={by}
          options={names}
          choose={(value) => setScreenSetting("compare.by", value)}
        />
        <span class="muted">box: quartiles · line: median · whiskers: within 1.5 interquartile ranges</span>
      </div>
      {isTooMany ? (
        <p class="muted">
          {by} has {groups.size} values. Choose a value with at most {MAX_GROUPS}, or use Scatter.
        </p>
      ) : (
        <Plot
          class="large"
          label={`${of} in ${groups.size} groups of ${by}`}
          content={{ x, y, boxes, points }}
          describe={(id) => describeRun(id, [by, of])}
        />
      )}
      {!isTooMany && <Counts groups={groups} by={by} of={of} />}
      <p class="muted">{describeLeftOut(runs.value.length - points.length, runs.value.length)}</p>
    </section>
  );
}

function groupRuns(by: string, of: string): Map<string, ComparedRun[]> {
  const groups = new Map<string, ComparedRun[]>();
  for (const run of runs.value) {
    const label = getValue(run, by);
    const number = getNumber(run, of);
    if (label === null || label === undefined || number === null || !Number.isFinite(number)) continue;
    const text = formatValue(label);
    groups.set(text, [...(groups.get(text) ?? []), run]);
  }
  return groups;
}

function Counts({ groups, by, of }: { groups: Map<string, ComparedRun[]>; by: string; of: string }) {
  const rows = [...groups].sort(([a], [b]) => compareTexts(a, b));
  return (
    <div class="scroll-x">
      <table class="plain-table">
        <thead>
          <tr>
            <th scope="col">{by}</th>
            {["n", "minimum", "first quartile", "median", "third quartile", "maximum"].map((head) => (
              <th key={head} scope="col" class="number">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, members]) => {
            const values = members.map((run) => getNumber(run, of)!);
            const box = summarizeBox(values)!;
            return (
              <tr key={label}>
                <th scope="row">{label}</th>
                {[box.count, Math.min(...values), box.first, box.median, box.third, Math.max(...values)].map(
                  (each, i) => (
                    <td key={i} class="number">
                      {formatValue(Number(each.toPrecision(5)))}
                    </td>
                  ),
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
