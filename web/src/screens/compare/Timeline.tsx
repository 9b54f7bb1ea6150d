// When each trial ran.
import { makeNumberAxis, makeTimeAxis, type ValueAxis } from "../../numbers/axis";
import { formatSeconds } from "../../numbers/format";
import { Plot } from "../../parts/Plot";
import { getNumber, metric, runsById } from "../../state/comparison";
import { trials } from "./trials";

/** As the status symbols have them, but with enough contrast on both themes. */
const COLORS: Record<string, string> = {
  completed: "#3ca951",
  running: "#4269d0",
  error: "#e5484d",
  damaged: "#e5484d",
};
const OTHER = "#9498a0";

export function Timeline() {
  const known = trials.value.filter((run) => run.started !== null);
  const now = Date.now() * 1000;
  const first = Math.min(...known.map((run) => run.started!));
  const end = (stopped: number | null | undefined) => stopped ?? now;
  const last = Math.max(...known.map((run) => end(run.stopped)));
  const x = makeTimeAxis("time since the first start", (last - first) / 1e6);
  const y: ValueAxis = {
    ...makeNumberAxis("trial", 1, Math.max(known.length, 2), false, 0),
    listTicks: () => [],
  };
  const place = (i: number) => 1 - (i + 0.5) / Math.max(known.length, 1);
  const bars = known.map((run, i) => ({
    id: run.id,
    from: x.place((run.started! - first) / 1e6),
    to: x.place((end(run.stopped) - first) / 1e6),
    y: place(i),
    color: COLORS[run.status] ?? OTHER,
  }));
  const statuses = [...new Set(known.map((run) => run.status))];
  const describe = (id: string) => {
    const run = runsById.value.get(id);
    if (!run?.started) return "";
    const value = getNumber(run, metric.value);
    const seconds = formatSeconds((end(run.stopped) - run.started) / 1e6);
    return [`${run.name} (${run.status})`, seconds, value === null ? "" : `${metric.value}  ${value}`]
      .filter(Boolean)
      .join("\n");
  };
  return (
    <section aria-label="Timeline">
      <h2>Timeline</h2>
      {known.length ? (
        <Plot label={`When ${known.length} trials ran`} content={{ x, y, bars }} describe={describe} />
      ) : (
        <p class="muted">No trial has started.</p>
      )}
      <p class="muted">
        {statuses.map((status) => (
          <span key={status}>
            <span class="swatch" style={{ background: COLORS[status] ?? OTHER }} />
            {status}{" "}
          </span>
        ))}
      </p>
    </section>
  );
}
