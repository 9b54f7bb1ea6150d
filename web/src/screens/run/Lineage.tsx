// The runs that a run was made from, and the runs that were made from it or report it.
import { getJson } from "../../api/client";
import type { ConnectedRun, Lineage } from "../../api/records";
import { formatAge } from "../../numbers/format";
import { Status } from "../../parts/Status";
import { useLoaded } from "../../state/loaded";
import { runFacts } from "../../state/run";
import { showRun } from "../../state/view";
import "./Lineage.css";

const PARENT: Record<string, string> = {
  restart: "was restarted",
  resume: "was resumed",
  trial: "batch of the trial",
  evaluation: "was evaluated",
};
const CHILD: Record<string, string> = {
  restart: "restarts this run",
  resume: "resumes this run",
  trial: "trial of this batch",
  evaluation: "evaluates this run",
  report: "report with this run",
};

export function LineageTab({ run }: { run: string }) {
  const { value, problem } = useLoaded(run, (signal) =>
    getJson<Lineage>(`/api/runs/${run}/lineage`, {}, signal),
  );
  if (problem.value) return <p class="problem padded">{problem.value}</p>;
  const lineage = value.value;
  if (!lineage) return <p class="muted padded">Loading…</p>;
  const more = lineage.total - lineage.children.length;
  if (!lineage.parents.length && !lineage.children.length)
    return (
      <p class="muted padded">
        No run is connected with this one. Restarts, evaluations, trials and reports appear here.
      </p>
    );
  return (
    <div class="lineage scrolled">
      {[...lineage.parents].reverse().map((each) => (
        <Connected key={each.id} run={each} text={PARENT[each.relation] ?? each.relation} />
      ))}
      <div class="lineage-row self">
        <Status status={runFacts.value?.status ?? ""} />
        <strong>{runFacts.value?.name}</strong>
        <span class="muted">this run</span>
      </div>
      {lineage.children.map((each) => (
        <Connected key={each.id} run={each} text={CHILD[each.relation] ?? each.relation} isChild />
      ))}
      {more > 0 && <p class="muted padded">{more.toLocaleString("en")} more runs are not shown.</p>}
    </div>
  );
}

function Connected({ run, text, isChild = false }: { run: ConnectedRun; text: string; isChild?: boolean }) {
  const isMissing = run.status === "missing";
  return (
    <button
      type="button"
      class={`plain lineage-row${isChild ? " child" : ""}`}
      disabled={isMissing}
      onClick={() => showRun(run.id, "lineage")}
    >
      <Status status={isMissing ? "damaged" : run.status} />
      <span class="name">{run.name}</span>
      <span class="muted grow">
        {isMissing ? "not in this store · " : `${run.operation} · `}
        {text}
      </span>
      {!isMissing && <span class="muted number">{formatAge(run.created)}</span>}
    </button>
  );
}
