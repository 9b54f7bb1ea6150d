// What differs between two runs besides config and metrics: source, packages, environment, output, side by side.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { getJson } from "../../api/client";
import type { components } from "../../api/schema";
import { runsById } from "../../state/comparison";
import { setScreenSetting } from "../../state/view";
import "./Differences.css";

type Schemas = components["schemas"];
type DiffPage = Schemas["DiffPage"];

const SECTIONS = [
  "run",
  "source",
  "dependencies",
  "packages",
  "environment",
  "git",
  "hardware",
  "output",
  "files",
  "attributes",
] as const;

export function Differences({ pair }: { pair: readonly [string, string] }) {
  const page = useSignal<DiffPage | null>(null);
  const failure = useSignal("");
  const [first, second] = pair;
  useEffect(() => {
    const abort = new AbortController();
    getJson<DiffPage>("/api/diff", { runs: [first, second], sections: SECTIONS }, abort.signal)
      .then((answer) => {
        page.value = answer;
        failure.value = "";
      })
      .catch((error: Error) => {
        if (!abort.signal.aborted) failure.value = error.message;
      });
    return () => abort.abort();
  }, [first, second, page, failure]);
  const name = (id: string) => runsById.value.get(id)?.name ?? id;
  return (
    <section class="differences" aria-label="Differences of two runs">
      <div class="list-head">
        <h2>
          <span class="side-mark">A</span> {name(first)} <span class="muted">→</span>{" "}
          <span class="side-mark">B</span> {name(second)}
        </h2>
        <button type="button" onClick={() => setScreenSetting("compare.pair", `${second},${first}`)}>
          Swap
        </button>
      </div>
      {failure.value && (
        <p class="problem" role="alert">
          {failure.value}
        </p>
      )}
      {page.value && <Sections page={page.value} />}
    </section>
  );
}

function Sections({ page }: { page: DiffPage }) {
  return (
    <>
      {page.problems.map((text) => (
        <p key={text} class="problem">
          {text}
        </p>
      ))}
      {!page.sections.length && (
        <p class="muted">Source, packages, environment and output are the same in both runs.</p>
      )}
      {page.sections.map((section) => (
        <details key={section.name} open>
          <summary>
            {section.title} <span class="muted">{section.differences.length}</span>
          </summary>
          <Values values={section.differences.filter((each) => !each.hunks.length)} />
          {section.differences
            .filter((each) => each.hunks.length)
            .map((each) => (
              <TextDiff key={each.name} value={each} />
            ))}
        </details>
      ))}
      {page.same.length > 0 && <p class="muted">Same: {page.same.join(", ")}</p>}
      {page.not_compared.length > 0 && <p class="muted">Not compared: {page.not_compared.join(", ")}</p>}
    </>
  );
}

function Values({ values }: { values: readonly Schemas["DiffValue"][] }) {
  if (!values.length) return null;
  return (
    <div class="scroll-x">
      <table class="plain-table diff-values">
        <thead>
          <tr>
            <td />
            <th scope="col">A</th>
            <th scope="col">B</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {values.map((each) => (
            <tr key={each.name}>
              <th scope="row">{each.name || "all"}</th>
              <td class="removed">{each.values[0]}</td>
              <td class="added">{each.values[1]}</td>
              <td class="muted">{[each.delta, each.note].filter(Boolean).join(" · ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TextDiff({ value }: { value: Schemas["DiffValue"] }) {
  return (
    <div class="text-diff">
      <h3>
        {value.name} <span class="good">+{value.added}</span> <span class="bad">−{value.removed}</span>{" "}
        <span class="muted">{value.note}</span>
      </h3>
      <div class="scroll-x">
        <table>
          <caption class="hidden-text">Lines of {value.name} that differ</caption>
          <colgroup>
            <col class="number-column" />
            <col />
            <col class="number-column" />
            <col />
          </colgroup>
          {value.hunks.map((hunk) => (
            <tbody key={`${hunk.lines[0]?.before} ${hunk.lines[0]?.after}`}>
              {hunk.lines.map((line) => (
                <tr key={`${line.before} ${line.after}`}>
                  <Side number={line.before} parts={line.left} mark="removed" isSame={isSame(line)} />
                  <Side number={line.after} parts={line.right} mark="added" isSame={isSame(line)} />
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </div>
  );
}

function isSame({ left, right }: Schemas["DiffLine"]): boolean {
  return left.length > 0 && right.length > 0 && ![...left, ...right].some((part) => part.differs);
}

interface SideProps {
  number: number | null;
  parts: readonly Schemas["DiffPart"][];
  mark: "removed" | "added";
  isSame: boolean;
}

function Side({ number, parts, mark, isSame }: SideProps) {
  const isWhole = parts.length === 1 && parts[0]!.differs;
  return (
    <>
      <td class="line-number">{number}</td>
      <td class={number === null ? "line none" : isSame ? "line" : `line ${mark}`}>
        {parts.map((part, i) => (part.differs && !isWhole ? <mark key={i}>{part.text}</mark> : part.text))}
      </td>
    </>
  );
}
