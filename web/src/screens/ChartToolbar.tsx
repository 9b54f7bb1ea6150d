// The line above the panels: search, axes, smoothing, groups.
import type { ComponentChildren } from "preact";
import { BAND_KINDS, type BandKind } from "../numbers/aggregate";
import { names } from "../state/columns";
import { hasSeeds, related } from "../state/related";
import { panelColumns } from "../state/settings";
import {
  AXES,
  type Axis,
  axis,
  bandKind,
  clipsOutliers,
  isGrouped,
  isLogX,
  isLogY,
  isStitched,
  metricSearch,
  SMOOTHINGS,
  type Smoothing,
  smoothing,
  smoothWeight,
  zoom,
} from "../state/view";

const AXIS_TITLES: Record<string, string> = { step: "step", relative: "relative time", time: "wall time" };
const SMOOTHING_TITLES: Record<Smoothing, string> = {
  ema: "EMA (TensorBoard)",
  time: "time-weighted EMA",
  gaussian: "Gaussian",
  mean: "centred mean",
};
const BAND_TITLES: Record<BandKind, string> = {
  std: "± std",
  stderr: "± stderr",
  ci: "95 % CI",
  range: "min–max",
  none: "mean only",
};

const PANEL_COLUMNS = [0, 1, 2, 3, 4, 5, 6].map((count): [string, string] => [
  String(count),
  count === 0 ? "auto columns" : count === 1 ? "1 column" : `${count} columns`,
]);

export function ChartToolbar() {
  return (
    <div class="toolbar chart-toolbar" role="toolbar" aria-label="Charts">
      <input
        type="search"
        id="metric-search"
        placeholder="search metrics…"
        aria-label="Search metrics"
        value={metricSearch.value}
        onInput={(event) => (metricSearch.value = event.currentTarget.value)}
      />
      <AxisSelect />
      <SmoothingInput />
      <Toggle title="log y" state={isLogY} />
      <Toggle title="log x" state={isLogX} />
      <Toggle title="clip outliers" state={clipsOutliers} />
      {(hasSeeds.value || isGrouped.value) && <Toggle title="group seeds" state={isGrouped} />}
      {isGrouped.value && (
        <Select
          label="Band"
          value={bandKind.value}
          onChange={(value) => (bandKind.value = value as BandKind)}
          titles={BAND_KINDS.map((kind) => [kind, BAND_TITLES[kind]])}
        />
      )}
      {(related.value.chains.length > 0 || !isStitched.value) && (
        <Toggle title="join restarts" state={isStitched} />
      )}
      <Select
        label="Columns of panels"
        kind="columns"
        value={String(panelColumns.value)}
        onChange={(value) => (panelColumns.value = Number(value))}
        titles={PANEL_COLUMNS}
      />
      {zoom.value && (
        <button type="button" onClick={() => (zoom.value = null)}>
          reset zoom
        </button>
      )}
    </div>
  );
}

function AxisSelect() {
  const metrics = names.value.metrics.map((each) => each.name);
  const epochs = metrics.filter((name) => /(^|\/)epoch$/i.test(name));
  const others = metrics.filter((name) => !epochs.includes(name));
  const option = (name: string) => (
    <option key={name} value={`metric:${name}`}>
      {name}
    </option>
  );
  const chosen = axis.value.startsWith("metric:") ? axis.value.slice("metric:".length) : "";
  return (
    <label>
      x{" "}
      <select
        value={axis.value}
        aria-label="x axis"
        onChange={(event) => (axis.value = event.currentTarget.value as Axis)}
      >
        {AXES.map((each) => (
          <option key={each} value={each}>
            {AXIS_TITLES[each]}
          </option>
        ))}
        {epochs.map(option)}
        {chosen && !metrics.includes(chosen) && option(chosen)}
        {others.length > 0 && <optgroup label="another metric">{others.map(option)}</optgroup>}
      </select>
    </label>
  );
}

function SmoothingInput() {
  return (
    <>
      <label class="smoothing">
        smooth{" "}
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          value={smoothWeight.value}
          aria-label="Smoothing"
          onInput={(event) => (smoothWeight.value = Number(event.currentTarget.value))}
        />{" "}
        <output>{smoothWeight.value.toFixed(2)}</output>
      </label>
      {smoothWeight.value > 0 && (
        <Select
          label="Kind of smoothing"
          value={smoothing.value}
          onChange={(value) => (smoothing.value = value as Smoothing)}
          titles={SMOOTHINGS.map((each) => [each, SMOOTHING_TITLES[each]])}
        />
      )}
    </>
  );
}

interface SelectProps {
  label: string;
  kind?: string;
  value: string;
  onChange: (value: string) => void;
  titles: readonly (readonly [value: string, title: string])[];
}

function Select({ label, kind, value, onChange, titles }: SelectProps): ComponentChildren {
  return (
    <select
      class={kind}
      value={value}
      aria-label={label}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {titles.map(([each, title]) => (
        <option key={each} value={each}>
          {title}
        </option>
      ))}
    </select>
  );
}

function Toggle({ title, state }: { title: string; state: { value: boolean } }) {
  return (
    <button
      type="button"
      class="toggle"
      aria-pressed={state.value}
      onClick={() => (state.value = !state.value)}
    >
      {title}
    </button>
  );
}
