// A run, beside the list: facts, config, metrics, files, output.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { getJson } from "../api/client";
import type { Value } from "../api/records";
import type { components } from "../api/schema";
import { formatNumber, formatValue } from "../numbers/format";
import { Status } from "../parts/Status";
import { openRun } from "../state/view";

type RunPage = components["schemas"]["RunPage"];
type Metric = { last: number; min: number | null; max: number | null; points: number };

export function Drawer() {
  const page = useSignal<RunPage | null>(null);
  const failure = useSignal("");
  const id = openRun.value;
  useEffect(() => {
    const abort = new AbortController();
    getJson<RunPage>(`/api/runs/${id}`, {}, abort.signal)
      .then((answer) => {
        page.value = answer;
        failure.value = "";
      })
      .catch((error: Error) => {
        if (!abort.signal.aborted) failure.value = error.message;
      });
    return () => abort.abort();
  }, [id, page, failure]);
  useEffect(() => {
    const close = (event: KeyboardEvent) => {
      if (event.key === "Escape") openRun.value = "";
    };
    addEventListener("keydown", close);
    return () => removeEventListener("keydown", close);
  }, []);
  const run = page.value?.run as Record<string, Value> | undefined;
  return (
    <aside class="drawer" aria-label="Run">
      <header>
        {run && <Status status={String(run.status)} />}
        <h2>{run ? String(run.name) : ""}</h2>
        <button type="button" class="plain" aria-label="Close" onClick={() => (openRun.value = "")}>
          ✕
        </button>
      </header>
      {failure.value && <p class="problem">{failure.value}</p>}
      {page.value && run && <Facts page={page.value} run={run} />}
    </aside>
  );
}

function Facts({ page, run }: { page: RunPage; run: Record<string, Value> }) {
  const metrics = Object.entries((run.metrics ?? {}) as Record<string, Metric>);
  const config = Object.entries((run.config ?? {}) as Record<string, Value>);
  return (
    <div class="facts">
      <dl>
        <Fact title="Operation" text={String(run.operation)} />
        <Fact title="Label" text={formatValue(run.label)} />
        <Fact title="Started" text={formatValue(run.started_at)} />
        <Fact title="Stopped" text={formatValue(run.stopped_at)} />
        <Fact title="Command" text={page.command} />
        <Fact title="Directory" text={page.directory} />
      </dl>
      {page.problems.map((problem) => (
        <p class="problem" key={problem}>
          {problem}
        </p>
      ))}
      <h3>Config</h3>
      <dl>
        {config.map(([name, value]) => (
          <Fact key={name} title={name} text={value === null ? "null" : formatValue(value)} />
        ))}
      </dl>
      <h3>Metrics</h3>
      <table>
        <thead>
          <tr>
            <th>name</th>
            <th class="number">last</th>
            <th class="number">min</th>
            <th class="number">max</th>
          </tr>
        </thead>
        <tbody>
          {metrics.map(([name, metric]) => (
            <tr key={name}>
              <td>{name}</td>
              <td class="number">{formatNumber(Number(metric.last), 5)}</td>
              <td class="number muted">{metric.min === null ? "" : formatNumber(metric.min, 5)}</td>
              <td class="number muted">{metric.max === null ? "" : formatNumber(metric.max, 5)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Fact({ title, text }: { title: string; text: string }) {
  if (!text) return null;
  return (
    <>
      <dt>{title}</dt>
      <dd>{text}</dd>
    </>
  );
}
