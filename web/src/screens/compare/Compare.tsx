// Several runs side by side: what differs, which is best, what matters.
import { useEffect } from "preact/hooks";
import { Choice } from "../../parts/Choice";
import { Tabs } from "../../parts/Tabs";
import {
  followComparison,
  isGroupedBySeed,
  isLoading,
  isLowerBetter,
  metric,
  metricColumns,
  page,
  problem,
  runs,
} from "../../state/comparison";
import { readScreenSetting, setScreenSetting } from "../../state/view";
import { BoxPlots } from "./BoxPlots";
import { Overview } from "./Overview";
import { PivotTable } from "./PivotTable";
import { ScatterPlot } from "./ScatterPlot";
import { Search } from "./Search";
import { Sentence } from "./Sentence";
import "./Compare.css";

const TABS = [
  ["overview", "Overview"],
  ["scatter", "Scatter"],
  ["groups", "Groups"],
  ["pivot", "Pivot table"],
  ["search", "Search"],
] as const;

export type CompareTab = (typeof TABS)[number][0];

export function Compare() {
  useEffect(followComparison, []);
  const tab = TABS.find(([name]) => name === readScreenSetting("compare.tab"))?.[0] ?? "overview";
  return (
    <section class={`compare-screen${isLoading.value && page.value ? " stale" : ""}`} aria-label="Compare">
      <Sentence />
      <div class="compare-bar">
        <Tabs
          label="Comparison"
          tabs={TABS}
          chosen={tab}
          choose={(name) => setScreenSetting("compare.tab", name === "overview" ? "" : name)}
        />
        <span class="spread" />
        <MetricChoice />
        <label>
          <input
            type="checkbox"
            checked={isGroupedBySeed.value}
            onChange={(event) => setScreenSetting("compare.seeds", event.currentTarget.checked ? "1" : "")}
          />{" "}
          join seeds
        </label>
      </div>
      <div class="compare-body" role="tabpanel" aria-label={TABS.find(([name]) => name === tab)![1]}>
        {problem.value && (
          <div class="problem" role="alert">
            <pre>{problem.value.message}</pre>
            {problem.value.hint}
          </div>
        )}
        {page.value && !runs.value.length && !problem.value && <p class="muted">No runs to compare.</p>}
        {runs.value.length > 0 && <Body tab={tab} />}
      </div>
    </section>
  );
}

function Body({ tab }: { tab: CompareTab }) {
  switch (tab) {
    case "overview":
      return <Overview />;
    case "scatter":
      return <ScatterPlot />;
    case "groups":
      return <BoxPlots />;
    case "pivot":
      return <PivotTable />;
    case "search":
      return <Search />;
  }
}

function MetricChoice() {
  if (!metricColumns.value.length) return null;
  const direction = isLowerBetter.value === null ? "" : isLowerBetter.value ? "min" : "max";
  return (
    <>
      <Choice
        label="metric"
        value={metric.value}
        options={metricColumns.value.map((each) => each.key)}
        choose={(value) => {
          setScreenSetting("compare.metric", value);
          setScreenSetting("compare.direction", "");
        }}
      />
      <Choice
        label="best is"
        value={direction}
        options={[...(direction ? [] : [["", "not known"] as const]), ["min", "lowest"], ["max", "highest"]]}
        choose={(value) => setScreenSetting("compare.direction", value)}
      />
    </>
  );
}
