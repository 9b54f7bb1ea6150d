// One column about a run: status, the command that runs it again, config, metrics, attributes.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { getJson } from "../../api/client";
import type { RunPage, Value } from "../../api/records";
import { formatDuration, formatNumber, formatSize, formatValue } from "../../numbers/format";
import { CopyButton } from "../../parts/CopyButton";
import { useLoaded } from "../../state/loaded";
import { isRunLive, type RunFacts, runFacts } from "../../state/run";
import { baseline, runTab } from "../../state/view";
import "./Facts.css";

const SHOWN_METRICS = 40;
const SHOWN_CONFIG = 60;

export function Facts({ page }: { page: RunPage }) {
  const run = runFacts.value!;
  return (
    <div class="facts-column">
      <Summary page={page} run={run} />
      <Again page={page} />
      {page.problems.map((problem) => (
        <p class="problem" key={problem}>
          {problem}
        </p>
      ))}
      <Config page={page} run={run} />
      <Metrics run={run} />
      <Attributes run={run} />
    </div>
  );
}

function Summary({ page, run }: { page: RunPage; run: RunFacts }) {
  const started = readTime(run.started_at);
  const ended = readTime(run.stopped_at);
  const git = [run.branch, String(run.commit ?? "").slice(0, 10)].filter(Boolean).join(" ");
  return (
    <dl>
      <Fact title="Status">
        {run.status}
        {typeof run.exit === "number" && run.exit !== 0 ? ` (exit ${run.exit})` : ""}
      </Fact>
      {run.reason && (
        <Fact title="Reason">
          <button type="button" class="plain reason" onClick={() => (runTab.value = "output")}>
            {run.reason}
          </button>
        </Fact>
      )}
      <Fact title="Operation">{run.operation}</Fact>
      {run.label && <Fact title="Label">{run.label}</Fact>}
      {run.tags.length > 0 && (
        <Fact title="Tags">
          {run.tags.map((tag) => (
            <span class="tag" key={tag}>
              {tag}
            </span>
          ))}
        </Fact>
      )}
      {started && <Fact title="Started">{started.toLocaleString()}</Fact>}
      {started && (
        <Fact title="Duration">
          {formatDuration(
            ((ended ?? (isRunLive.value ? new Date() : started)).getTime() - started.getTime()) / 1000,
          )}
        </Fact>
      )}
      {Boolean(run.host) && <Fact title="Host">{[run.user, run.host].filter(Boolean).join(" @ ")}</Fact>}
      {git && <Fact title="Git">{git}</Fact>}
      {page.file_count > 0 && (
        <Fact title="Files">
          <button type="button" class="plain link" onClick={() => (runTab.value = "files")}>
            {page.file_count.toLocaleString("en")}, {formatSize(page.file_bytes)}
          </button>
        </Fact>
      )}
      <Fact title="Directory">
        <Copied text={page.directory} isPath />
      </Fact>
      <Fact title="ID">
        <Copied text={run.id} />
      </Fact>
    </dl>
  );
}

function Again({ page }: { page: RunPage }) {
  return (
    <>
      <h3>Run again</h3>
      <Command text={page.again} />
      {page.command && (
        <>
          <h3>
            Command <span class="muted">in the directory of the run</span>
          </h3>
          <Command text={page.command} />
        </>
      )}
    </>
  );
}

function Command({ text }: { text: string }) {
  return (
    <div class="command">
      <code>{text}</code>
      <CopyButton text={() => text} title="Copy" />
    </div>
  );
}

function Config({ page, run }: { page: RunPage; run: RunFacts }) {
  const search = useSignal("");
  const isAll = useSignal(false);
  const other = baseline.value && baseline.value !== run.id ? baseline.value : "";
  const compared = useLoaded(other, (signal) =>
    other ? getJson<RunPage>(`/api/runs/${other}`, {}, signal) : Promise.resolve(null),
  );
  const base = compared.value.value?.run.config as Record<string, Value> | undefined;
  const chosen = page.changed_config ? new Set(page.changed_config) : null;
  const wanted = search.value.toLowerCase();
  const matching = Object.entries(run.config).filter(([name]) => name.toLowerCase().includes(wanted));
  const shown = isAll.value ? matching : matching.slice(0, SHOWN_CONFIG);
  return (
    <>
      <h3>
        Config <span class="muted">{base ? "≠ baseline is marked" : ""}</span>
      </h3>
      {Object.keys(run.config).length > 12 && <Search state={search} title="Search config" />}
      {!matching.length && <p class="muted">{wanted ? "No value matches." : "The run has no config."}</p>}
      <dl class="values">
        {shown.map(([name, value]) => {
          const text = value === null ? "null" : formatValue(value);
          const before = base ? JSON.stringify(base[name]) : undefined;
          const differs = base !== undefined && before !== JSON.stringify(value);
          const names = [differs && "differs", chosen && !chosen.has(name) && "default"]
            .filter(Boolean)
            .join(" ");
          return (
            <Fact
              key={name}
              title={name}
              class={names}
              hint={
                differs ? `Baseline: ${base[name] === undefined ? "not set" : formatValue(base[name])}` : ""
              }
            >
              {text}
            </Fact>
          );
        })}
      </dl>
      {shown.length < matching.length && (
        <button type="button" onClick={() => (isAll.value = true)}>
          Show all {matching.length.toLocaleString("en")}
        </button>
      )}
    </>
  );
}

function Metrics({ run }: { run: RunFacts }) {
  const search = useSignal("");
  const count = useSignal(SHOWN_METRICS);
  const all = Object.entries(run.metrics);
  const wanted = search.value.toLowerCase();
  const matching = wanted ? all.filter(([name]) => name.toLowerCase().includes(wanted)) : all;
  const show = (value: number | string | null | undefined) =>
    value === null || value === undefined ? "" : typeof value === "number" ? formatNumber(value, 5) : value;
  return (
    <>
      <h3>Metrics {all.length > 0 && <span class="muted">{all.length.toLocaleString("en")}</span>}</h3>
      {all.length > 12 && <Search state={search} title="Search metrics" />}
      {!matching.length && <p class="muted">{wanted ? "No metric matches." : "The run has no metrics."}</p>}
      {matching.length > 0 && (
        <table class="metrics">
          <thead>
            <tr>
              <th>name</th>
              <th class="number">last</th>
              <th class="number">min</th>
              <th class="number">max</th>
            </tr>
          </thead>
          <tbody>
            {matching.slice(0, count.value).map(([name, metric]) => (
              <tr key={name}>
                <td title={name}>{name}</td>
                <td class="number">{show(metric.last)}</td>
                <td class="number muted">{show(metric.min)}</td>
                <td class="number muted">{show(metric.max)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {matching.length > count.value && (
        <button type="button" onClick={() => (count.value += 200)}>
          Show 200 more of {(matching.length - count.value).toLocaleString("en")}
        </button>
      )}
    </>
  );
}

function Attributes({ run }: { run: RunFacts }) {
  const entries = Object.entries(run.attributes ?? {});
  if (!entries.length) return null;
  return (
    <>
      <h3>Attributes</h3>
      <dl class="values">
        {entries.map(([name, each]) => {
          const value = typeof each === "object" && each !== null && "value" in each ? each.value : each;
          return (
            <Fact key={name} title={name}>
              {formatValue(value as Value)}
            </Fact>
          );
        })}
      </dl>
    </>
  );
}

function Search({ state, title }: { state: { value: string }; title: string }) {
  return (
    <input
      type="search"
      class="facts-search"
      placeholder={`${title.toLowerCase()}…`}
      aria-label={title}
      value={state.value}
      onInput={(event) => (state.value = event.currentTarget.value)}
    />
  );
}

function Copied({ text, isPath = false }: { text: string; isPath?: boolean }) {
  return (
    <span class={`copied${isPath ? " path" : ""}`}>
      <span title={text}>
        <bdi>{text}</bdi>
      </span>
      <CopyButton text={() => text} title="Copy" />
    </span>
  );
}

interface FactProps {
  title: string;
  children: ComponentChildren;
  class?: string;
  hint?: string;
}

function Fact({ title, children, class: className = "", hint = "" }: FactProps) {
  return (
    <>
      <dt class={className} title={title}>
        {title}
      </dt>
      <dd class={className} title={hint || undefined}>
        {children}
      </dd>
    </>
  );
}

function readTime(value: unknown): Date | null {
  return typeof value === "string" && value ? new Date(value) : null;
}
