// Where a run ran: program, Git, machine, packages, variables, dependencies.
import { useSignal } from "@preact/signals";
import { Fragment } from "preact";
import { getJson } from "../../api/client";
import type { RunEnvironment, Value } from "../../api/records";
import { formatSize, formatValue } from "../../numbers/format";
import { useLoaded } from "../../state/loaded";
import "./Environment.css";

const TITLES: Record<string, string> = {
  run: "Run",
  git: "Git",
  hardware: "Hardware",
  packages: "Packages",
  environment: "Environment variables",
  dependencies: "Dependencies",
};

export function Environment({ run }: { run: string }) {
  const search = useSignal("");
  const { value, problem } = useLoaded(run, (signal) =>
    getJson<RunEnvironment>(`/api/runs/${run}/environment`, {}, signal),
  );
  if (problem.value) return <p class="problem padded">{problem.value}</p>;
  const environment = value.value;
  if (!environment) return <p class="muted padded">Loading…</p>;
  if (!environment.sections.length)
    return <p class="muted padded">The run recorded nothing about its environment.</p>;
  const wanted = search.value.toLowerCase();
  return (
    <div class="environment scrolled">
      <div class="view-bar">
        <input
          type="search"
          placeholder="search environment…"
          aria-label="Search environment"
          onInput={(event) => (search.value = event.currentTarget.value)}
        />
      </div>
      {environment.sections.map(({ name, values }) => {
        const entries = Object.entries(values as Record<string, Value>);
        const matching = entries.filter(([key, each]) =>
          `${key} ${describe(each, key)}`.toLowerCase().includes(wanted),
        );
        if (!matching.length) return null;
        return (
          <section key={name}>
            <h3>
              {TITLES[name] ?? name} <span class="muted">{entries.length.toLocaleString("en")}</span>
            </h3>
            <dl>
              {matching.map(([key, each]) => (
                <Fragment key={key}>
                  <dt title={key}>{key}</dt>
                  <dd>{describe(each, key)}</dd>
                </Fragment>
              ))}
            </dl>
          </section>
        );
      })}
    </div>
  );
}

function describe(value: Value, key = ""): string {
  if (key === "memory" && typeof value === "number") return formatSize(value);
  if (typeof value === "object" && value !== null && "sha256" in value) {
    const size = typeof value.size === "number" ? formatSize(value.size) : "";
    return [size, String(value.sha256).slice(0, 12)].filter(Boolean).join(", ");
  }
  if (Array.isArray(value)) return value.map((each) => formatValue(each)).join(" ");
  return value === null ? "null" : formatValue(value);
}
