// Any two values of the runs against each other, with a trend.
import type { PlotPoint } from "../../drawing/marks";
import { formatNumber } from "../../numbers/format";
import { fitLine, fitRanks } from "../../numbers/statistics";
import { Choice } from "../../parts/Choice";
import { Plot } from "../../parts/Plot";
import { configColumns, makeColumnAxis, metric, runs } from "../../state/comparison";
import { paletteVersion } from "../../state/settings";
import { readScreenSetting, setScreenSetting } from "../../state/view";
import { Legend } from "./Legend";
import { describeLeftOut, describeRun, listNames, makeColoring, makePoints } from "./plots";

const TRENDS = [
  ["linear", "linear"],
  ["rank", "rank"],
  ["none", "none"],
] as const;

export function ScatterPlot() {
  void paletteVersion.value;
  const names = listNames();
  const differing = configColumns.value.find((each) => each.differs && !/seed/i.test(each.key))?.key;
  const x = choose("compare.x", names, differing ?? names[0] ?? "");
  const y = choose("compare.y", names, metric.value || names[0] || "");
  const color = readScreenSetting("compare.color");
  const trend = TRENDS.find(([name]) => name === readScreenSetting("compare.trend"))?.[0] ?? "linear";
  const isLog = { x: readScreenSetting("compare.logx"), y: readScreenSetting("compare.logy") };
  const xAxis = makeColumnAxis(x, isLog.x ? { isLog: isLog.x === "1" } : {});
  const yAxis = makeColumnAxis(y, isLog.y ? { isLog: isLog.y === "1" } : {});
  const coloring = makeColoring(color);
  const { points, leftOut } = makePoints(runs.value, xAxis, yAxis, coloring.colorOf);
  const isNumeric = xAxis.kind !== "category" && yAxis.kind !== "category";
  const line = isNumeric && trend !== "none" ? makeTrend(points, trend) : null;
  return (
    <section aria-label="Scatter plot">
      <div class="list-head">
        <Choice
          label="x"
          value={x}
          options={names}
          choose={(value) => setScreenSetting("compare.x", value)}
        />
        <LogToggle name="compare.logx" label="log x" isOn={xAxis.kind === "log"} />
        <Choice
          label="y"
          value={y}
          options={names}
          choose={(value) => setScreenSetting("compare.y", value)}
        />
        <LogToggle name="compare.logy" label="log y" isOn={yAxis.kind === "log"} />
        <Choice
          label="colour"
          value={color}
          options={[["", "run"] as const, ...names.map((name) => [name, name] as const)]}
          choose={(value) => setScreenSetting("compare.color", value)}
        />
        <Choice
          label="trend"
          value={trend}
          options={TRENDS}
          choose={(value) => setScreenSetting("compare.trend", value === "linear" ? "" : value)}
        />
        {line && <span class="muted">{line.text}</span>}
      </div>
      <Legend coloring={coloring} name={color} />
      <Plot
        class="large"
        label={`${y} over ${x}, ${points.length} runs`}
        content={{
          x: xAxis,
          y: yAxis,
          points,
          paths: line ? [{ points: line.points, color: "#8a8a92", dash: [5, 4] }] : [],
        }}
        describe={(id) => describeRun(id, [x, y, color])}
      />
      <p class="muted">{describeLeftOut(leftOut, runs.value.length)}</p>
    </section>
  );
}

/** Returns the trend in places, which is a line on the scales that are shown. */
function makeTrend(points: readonly PlotPoint[], kind: "linear" | "rank") {
  const fit = (kind === "linear" ? fitLine : fitRanks)(
    points.map((each) => each.x),
    points.map((each) => each.y),
  );
  if (!fit) return null;
  const low = Math.min(...points.map((each) => each.x));
  const high = Math.max(...points.map((each) => each.x));
  const at = (x: number) => [x, fit.intercept + fit.slope * x] as const;
  const strength = formatNumber(fit.strength, 2);
  const text = kind === "linear" ? `r² = ${strength}` : `Spearman ρ = ${strength}, line by Theil and Sen`;
  return { points: [at(low), at(high)], text: `${text}, n = ${points.length}` };
}

function choose(setting: string, names: readonly string[], otherwise: string): string {
  const chosen = readScreenSetting(setting);
  return names.includes(chosen) ? chosen : otherwise;
}

function LogToggle({ name, label, isOn }: { name: string; label: string; isOn: boolean }) {
  return (
    <button
      type="button"
      class="toggle"
      aria-pressed={isOn}
      onClick={() => setScreenSetting(name, isOn ? "0" : "1")}
    >
      {label}
    </button>
  );
}
