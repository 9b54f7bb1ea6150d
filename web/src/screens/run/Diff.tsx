// How the run differs from another one: config, metrics, source code by lines, packages, environment.
import { useComputed } from "@preact/signals";
import { getJson } from "../../api/client";
import type { DiffLine, DiffPage, DiffSection, DiffValue } from "../../api/records";
import { rows } from "../../state/listing";
import { useLoaded } from "../../state/loaded";
import { runFacts } from "../../state/run";
import { baseline, otherRun } from "../../state/view";
import "./Diff.css";

const SECTIONS = [
  ...["config", "metrics", "attributes", "run", "source", "dependencies"],
  ...["packages", "environment", "git", "hardware"],
];
const MAX_CHOICES = 200;

export function Diff({ run }: { run: string }) {
  const choices = useComputed(() => listChoices(run));
  const other = otherRun.value || choices.value[0]?.id || "";
  const { value, problem } = useLoaded(`${run} ${other}`, (signal) =>
    other
      ? getJson<DiffPage>("/api/diff", { runs: [other, run], sections: SECTIONS }, signal)
      : Promise.resolve(null),
  );
  if (!other) return <p class="muted padded">There is no other run to compare with.</p>;
  const diff = value.value;
  return (
    <div class="diff scrolled">
      <div class="view-bar">
        <label>
          Compared with{" "}
          <select value={other} onChange={(event) => (otherRun.value = event.currentTarget.value)}>
            {!choices.value.some((each) => each.id === other) && (
              <option value={other}>{other.slice(0, 8)}</option>
            )}
            {choices.value.map((each) => (
              <option key={each.id} value={each.id}>
                {each.title}
              </option>
            ))}
          </select>
        </label>
      </div>
      {problem.value && <p class="problem padded">{problem.value}</p>}
      {!diff && !problem.value && <p class="muted padded">Comparing…</p>}
      {diff && <Differences diff={diff} />}
    </div>
  );
}

/** The runs to compare with: the parent, the baseline, then those of the list. */
function listChoices(run: string): { id: string; title: string }[] {
  const choices = new Map<string, string>();
  const facts = runFacts.value;
  const named = new Map([...rows.value.values()].map((row) => [row.id, row]));
  if (facts?.parent && facts.relation !== "trial")
    choices.set(
      facts.parent,
      `${named.get(facts.parent)?.name ?? facts.parent.slice(0, 8)} (${facts.relation} of)`,
    );
  if (baseline.value)
    choices.set(baseline.value, `${named.get(baseline.value)?.name ?? "baseline"} (baseline)`);
  const sameFirst = [...named.values()].sort(
    (a, b) => Number(b.operation === facts?.operation) - Number(a.operation === facts?.operation),
  );
  for (const row of sameFirst.slice(0, MAX_CHOICES))
    if (!choices.has(row.id) && !row.trials)
      choices.set(row.id, row.name + (row.label ? ` ${row.label}` : ""));
  choices.delete(run);
  return [...choices].map(([id, title]) => ({ id, title }));
}

function Differences({ diff }: { diff: DiffPage }) {
  return (
    <>
      {diff.problems.map((problem) => (
        <p class="problem padded" key={problem}>
          {problem}
        </p>
      ))}
      {!diff.sections.length && <p class="padded">Nothing differs.</p>}
      {diff.sections.map((section) => (
        <Section key={section.name} section={section} diff={diff} />
      ))}
      {diff.same.length > 0 && <p class="muted padded">The same: {diff.same.join(", ")}.</p>}
      {diff.not_compared.length > 0 && (
        <p class="muted padded">Not compared: {diff.not_compared.join(", ")}.</p>
      )}
    </>
  );
}

function Section({ section, diff }: { section: DiffSection; diff: DiffPage }) {
  const texts = section.differences.filter((each) => each.hunks.length > 0);
  const plain = section.differences.filter((each) => !each.hunks.length);
  const hasNotes = plain.some((each) => each.delta || each.note);
  return (
    <section>
      <h3>
        {section.title} <span class="muted">{section.differences.length}</span>
      </h3>
      {plain.length > 0 && (
        <table>
          <thead>
            <tr>
              <td />
              {diff.runs.map((each) => (
                <th key={each.id}>{each.name}</th>
              ))}
              {hasNotes && <td />}
            </tr>
          </thead>
          <tbody>
            {plain.map((each) => (
              <tr key={each.name}>
                <td title={each.name}>{each.name || "recorded"}</td>
                {each.values.map((value, i) => (
                  <td key={diff.runs[i]?.id}>{value}</td>
                ))}
                {hasNotes && <td class="muted">{each.delta || each.note}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {texts.map((each) => (
        <TextDiff key={each.name} value={each} />
      ))}
    </section>
  );
}

function TextDiff({ value }: { value: DiffValue }) {
  return (
    <details open>
      <summary>
        {value.name} <span class="added-count">+{value.added}</span>{" "}
        <span class="removed-count">−{value.removed}</span>
      </summary>
      <div class="hunks" tabIndex={0} role="region" aria-label={`Differences in ${value.name}`}>
        {value.hunks.map((hunk, h) => (
          <div key={h} class="hunk">
            {hunk.lines.map((line, i) => (
              <LinePair key={i} line={line} />
            ))}
          </div>
        ))}
      </div>
    </details>
  );
}

function LinePair({ line }: { line: DiffLine }) {
  const isSame = line.before !== null && line.after !== null && !line.left.some((part) => part.differs);
  if (isSame && !line.right.some((part) => part.differs))
    return <OneLine number={line.after} mark=" " parts={line.right} />;
  return (
    <>
      {line.before !== null && <OneLine number={line.before} mark="−" parts={line.left} />}
      {line.after !== null && <OneLine number={line.after} mark="+" parts={line.right} />}
    </>
  );
}

function OneLine({ number, mark, parts }: { number: number | null; mark: string; parts: DiffLine["left"] }) {
  const kind = mark === "−" ? "removed" : mark === "+" ? "added" : "";
  return (
    <div class={`diff-line ${kind}`}>
      <span class="code-number">{number}</span>
      <span class="sign">{mark}</span>
      {parts.map((part, i) => (
        <span key={i} class={part.differs ? "differing" : undefined}>
          {part.text}
        </span>
      ))}
    </div>
  );
}
