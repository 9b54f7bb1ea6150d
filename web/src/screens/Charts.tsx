// Panels of curves: one for each metric, in groups.
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { names } from "../state/columns";
import { groups } from "../state/panels";
import { isPhone, panelColumns } from "../state/settings";
import { ChartToolbar } from "./ChartToolbar";
import { Panel } from "./Panel";
import "./Charts.css";

const OPEN_METRICS = 12;
/** Panels of a group before the user asks for more: a run may have thousands of metrics. */
const SHOWN_PANELS = 48;
const MIN_PANEL_WIDTH = 300;

export function Charts() {
  const box = useRef<HTMLDivElement>(null);
  const fitting = useFittingColumns(box);
  const columns = isPhone.value ? 1 : panelColumns.value || fitting;
  return (
    <section class="charts" aria-label="Charts">
      <ChartToolbar />
      <div class="groups" ref={box} style={{ "--panel-columns": columns }}>
        {groups.value.map((group, i) => (
          <Group key={group.title} {...group} isFirst={i === 0} columns={columns} />
        ))}
        {!groups.value.length && (
          <p class="muted whole-row">
            {names.value.metrics.length ? "No metric matches the search." : "The runs have no metrics."}
          </p>
        )}
      </div>
    </section>
  );
}

/** Returns how many panels fit side by side. */
function useFittingColumns(box: { current: HTMLElement | null }): number {
  const count = useSignal(1);
  useLayoutEffect(() => {
    const element = box.current!;
    const measure = () => {
      const { paddingLeft, paddingRight } = getComputedStyle(element);
      const width = element.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
      count.value = Math.max(Math.floor(width / MIN_PANEL_WIDTH), 1);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, count]);
  return count.value;
}

interface GroupProps {
  title: string;
  metrics: string[];
  isFirst: boolean;
  columns: number;
}

/** The panels of a prefix. Groups that leave a part of the row empty stand side by side. */
function Group({ title, metrics, isFirst, columns }: GroupProps) {
  const isOpen = useSignal(isFirst || metrics.length <= OPEN_METRICS);
  const shown = useSignal(SHOWN_PANELS);
  const span = Math.min(metrics.length, columns);
  const style = { "--group-columns": span, ...(span < columns ? { gridColumn: `span ${span}` } : {}) };
  return (
    <section class="group" style={style}>
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
        <div class="panels">
          {metrics.slice(0, shown.value).map((metric) => (
            <Panel key={metric} metric={metric} />
          ))}
        </div>
      )}
      {isOpen.value && metrics.length > shown.value && (
        <button type="button" class="more" onClick={() => (shown.value += SHOWN_PANELS)}>
          Show {Math.min(SHOWN_PANELS, metrics.length - shown.value)} more of{" "}
          {metrics.length.toLocaleString("en")}
        </button>
      )}
    </section>
  );
}
