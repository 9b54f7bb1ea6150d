// The table of up to eight runs: columns are runs, rows are values that differ; equal rows are folded.
import { useSignal } from "@preact/signals";
import type { Value } from "../../api/records";
import { colorOfRun } from "../../numbers/colors";
import { formatNumber, formatValue } from "../../numbers/format";
import {
  bestRun,
  type ComparedRun,
  type ComparedValue,
  chooseForPair,
  columns,
  findDirection,
  getNumber,
  getValue,
  isLowerBetter,
  metric,
  page,
  pair,
  runs,
} from "../../state/comparison";
import { baseline, hoveredRun, showRun } from "../../state/view";
import "./SideTable.css";

const KINDS = [
  ["run", "Run"],
  ["config", "Config"],
  ["metric", "Metrics"],
] as const;

export function SideTable() {
  return (
    <div class="scroll-x">
      <table class="side">
        <thead>
          <tr>
            <td />
            {runs.value.map((run) => (
              <Head key={run.id} run={run} />
            ))}
          </tr>
        </thead>
        {KINDS.map(([kind, title]) => (
          <Section key={kind} title={title} values={columns.value.filter((each) => each.kind === kind)} />
        ))}
      </table>
      {page.value!.hidden > 0 && <p class="muted">{page.value!.hidden} more values are not shown.</p>}
      {runs.value.length > 2 && (
        <p class="muted hint">Click two names to compare source, packages, environment and output below.</p>
      )}
    </div>
  );
}

function Head({ run }: { run: ComparedRun }) {
  const at = pair.value?.indexOf(run.id) ?? -1;
  const isBaseline = baseline.value === run.id;
  return (
    <th
      scope="col"
      onPointerEnter={() => (hoveredRun.value = run.id)}
      onPointerLeave={() => (hoveredRun.value = "")}
    >
      <button
        type="button"
        class="plain run-head"
        aria-pressed={at >= 0}
        title={`Compare ${run.name} below`}
        onClick={() => chooseForPair(run.id)}
      >
        <span class="swatch" style={{ background: colorOfRun(run.id) }} />
        {run.name}
        {run.n > 1 && <span class="muted"> ×{run.n}</span>}
        {bestRun.value?.id === run.id && <span title={`best by ${metric.value}`}> ★</span>}
        {at >= 0 && <span class="side-mark">{"AB"[at]}</span>}
      </button>
      {run.label && <div class="muted">{run.label}</div>}
      <div class="head-actions">
        <button
          type="button"
          class="plain muted"
          aria-pressed={isBaseline}
          onClick={() => (baseline.value = isBaseline ? "" : run.id)}
        >
          {isBaseline ? "baseline ✓" : "baseline"}
        </button>
        <button
          type="button"
          class="plain muted"
          aria-label={`Open ${run.name}`}
          onClick={() => showRun(run.id)}
        >
          open
        </button>
      </div>
    </th>
  );
}

function Section({ title, values }: { title: string; values: readonly ComparedValue[] }) {
  const isOpen = useSignal(false);
  const isAlone = runs.value.length < 2;
  const shown = values.filter((each) => each.differs || isAlone);
  const same = values.filter((each) => !each.differs && !isAlone);
  if (!values.length) return null;
  return (
    <tbody>
      <tr class="part">
        <th colSpan={runs.value.length + 1} scope="rowgroup">
          {title}
        </th>
      </tr>
      {shown.map((each) => (
        <Row key={each.key} value={each} />
      ))}
      {same.length > 0 && (
        <tr class="fold">
          <td colSpan={runs.value.length + 1}>
            <button
              type="button"
              class="plain muted"
              aria-expanded={isOpen.value}
              onClick={() => (isOpen.value = !isOpen.value)}
            >
              {isOpen.value ? "▾" : "▸"} {same.length} equal
            </button>
          </td>
        </tr>
      )}
      {isOpen.value && same.map((each) => <Row key={each.key} value={each} />)}
    </tbody>
  );
}

function Row({ value }: { value: ComparedValue }) {
  const best = value.kind === "metric" && value.differs ? findBest(value.key) : null;
  return (
    <tr class={value.differs ? "" : "muted"}>
      <th scope="row" title={value.key}>
        {value.key}
      </th>
      {runs.value.map((run) => {
        const number = getNumber(run, value.key);
        const isBest = best !== null && number === best;
        return (
          <td key={run.id} class={`${number === null ? "" : "number"}${isBest ? " best" : ""}`}>
            <CellText value={getValue(run, value.key)} />
            <Delta delta={run.deltas[columns.value.indexOf(value)] as Value} />
          </td>
        );
      })}
    </tr>
  );
}

function findBest(key: string): number | null {
  const isLower = key === metric.value ? isLowerBetter.value : findDirection(key);
  if (isLower === null) return null;
  const finite = runs.value
    .map((run) => getNumber(run, key))
    .filter((each): each is number => each !== null && Number.isFinite(each));
  return finite.length ? (isLower ? Math.min(...finite) : Math.max(...finite)) : null;
}

export function CellText({ value }: { value: Value | undefined }) {
  if (value === null || value === undefined) return <span class="muted">–</span>;
  if (typeof value === "object" && !Array.isArray(value) && typeof value.mean === "number")
    return (
      <span title={`n = ${formatValue(value.n)}`}>
        {formatNumber(value.mean, 4)}
        {typeof value.std === "number" && <span class="muted"> ±{formatNumber(value.std, 2)}</span>}
      </span>
    );
  const text = formatValue(value);
  return <span title={text}>{text}</span>;
}

export function Delta({ delta }: { delta: Value }) {
  if (!delta || typeof delta !== "object" || Array.isArray(delta)) return null;
  const { value, better } = delta;
  if (typeof value !== "number" || value === 0) return null;
  const tone = better === null ? "muted" : better ? "good" : "bad";
  return (
    <span class={`delta ${tone}`} title={better === null ? undefined : better ? "better" : "worse"}>
      {" "}
      {value > 0 ? "+" : "−"}
      {formatNumber(Math.abs(value), 3)}
      {better === null ? "" : better ? " ▲" : " ▼"}
    </span>
  );
}
