// Panels of curves: one for each metric, in groups.
import { useSignal } from "@preact/signals";
import { names } from "../state/listing";
import { groups } from "../state/panels";
import { panelColumns } from "../state/settings";
import { ChartToolbar } from "./ChartToolbar";
import { Panel } from "./Panel";
import "./Charts.css";

const OPEN_METRICS = 12;

export function Charts() {
  return (
    <section class="charts" aria-label="Charts">
      <ChartToolbar />
      <div class="groups" style={panelColumns.value ? { "--panel-columns": panelColumns.value } : {}}>
        {groups.value.map((group, i) => (
          <Group key={group.title} title={group.title} metrics={group.metrics} isFirst={i === 0} />
        ))}
        {!groups.value.length && (
          <p class="muted">
            {names.value.metrics.length ? "No metric matches the search." : "The runs have no metrics."}
          </p>
        )}
      </div>
    </section>
  );
}

function Group({ title, metrics, isFirst }: { title: string; metrics: string[]; isFirst: boolean }) {
  const isOpen = useSignal(isFirst || metrics.length <= OPEN_METRICS);
  return (
    <section class="group">
      <h2>
        <button
          type="button"
          class="plain"
          aria-expanded={isOpen.value}
          onClick={() => (isOpen.value = !isOpen.value)}
        >
          {isOpen.value ? "▾" : "▸"} {title || "metrics"} <span class="muted">({metrics.length})</span>
        </button>
      </h2>
      {isOpen.value && (
        <div class={panelColumns.value ? "panels fixed" : "panels"}>
          {metrics.map((metric) => (
            <Panel key={metric} metric={metric} />
          ))}
        </div>
      )}
    </section>
  );
}
