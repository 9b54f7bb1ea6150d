// The curves of one run, and how much of its machine it used on the same time axis.
import { signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { getJson } from "../../api/client";
import type { Curve } from "../../api/curves";
import { formatNumber } from "../../numbers/format";
import { formatDuration } from "../../numbers/ticks";
import { Chart } from "../../parts/Chart";
import { useNear } from "../../parts/near";
import { SharedCursor } from "../../state/cursor";
import { loadRunCurve } from "../../state/curveBatch";
import { makeSingleLine } from "../../state/lines";
import { useLoaded } from "../../state/loaded";
import { isRunLive, runFacts } from "../../state/run";
import { axis, isLogX, isLogY, smoothing, smoothWeight } from "../../state/view";
import "./RunCurves.css";

const PAGE = 60;
const RELOAD_MS = 3_000;

export function RunCurves({ run }: { run: string }) {
  const search = useSignal("");
  const count = useSignal(PAGE);
  const isByTime = useSignal(axis.peek() !== "step");
  const bySteps = useMemo(() => new SharedCursor(signal(null)), []);
  const bySeconds = useMemo(() => new SharedCursor(signal(null)), []);
  const system = useLoaded(run, (signal) =>
    getJson<{ names: string[] }>(`/api/runs/${run}/system`, {}, signal),
  );
  const wanted = search.value.toLowerCase();
  const match = (name: string) => name.toLowerCase().includes(wanted);
  const metrics = Object.keys(runFacts.value?.metrics ?? {}).filter(match);
  const used = (system.value.value?.names ?? []).filter(match);
  const isEmpty = !metrics.length && !used.length;
  return (
    <div class="run-curves scrolled">
      <div class="view-bar">
        <input
          type="search"
          placeholder="search metrics…"
          aria-label="Search metrics"
          onInput={(event) => (search.value = event.currentTarget.value)}
        />
        <span class="muted grow">{metrics.length.toLocaleString("en")} metrics</span>
        <button
          type="button"
          class="toggle"
          aria-pressed={isByTime.value}
          onClick={() => (isByTime.value = !isByTime.value)}
        >
          By time
        </button>
      </div>
      {isEmpty && <p class="muted padded">{wanted ? "No metric matches." : "The run has no metrics."}</p>}
      <div class="panels">
        {metrics.slice(0, count.value).map((name) => (
          <CurvePanel
            key={name}
            run={run}
            name={name}
            isSystem={false}
            isByTime={isByTime.value}
            shared={isByTime.value ? bySeconds : bySteps}
          />
        ))}
      </div>
      {metrics.length > count.value && (
        <button type="button" class="more" onClick={() => (count.value += PAGE)}>
          Show {PAGE} more of {(metrics.length - count.value).toLocaleString("en")}
        </button>
      )}
      {used.length > 0 && (
        <>
          <h3>System</h3>
          <div class="panels">
            {used.map((name) => (
              <CurvePanel key={name} run={run} name={name} isSystem isByTime shared={bySeconds} />
            ))}
          </div>
        </>
      )}
    </div>
  );
}

interface CurvePanelProps {
  run: string;
  name: string;
  isSystem: boolean;
  isByTime: boolean;
  shared: SharedCursor;
}

function CurvePanel({ run, name, isSystem, isByTime, shared }: CurvePanelProps) {
  const { box, isNear } = useNear<HTMLElement>();
  const version = useSignal(0);
  useEffect(() => {
    const timer = setInterval(() => {
      if (isRunLive.peek() && isNear.peek() && !document.hidden) version.value += 1;
    }, RELOAD_MS);
    return () => clearInterval(timer);
  }, [isNear, version]);
  const wasNear = useRef(false);
  wasNear.current ||= isNear.value;
  const loaded = useLoaded<Curve[] | null>(`${run} ${name} ${wasNear.current} ${version.value}`, () =>
    wasNear.current ? loadRunCurve(run, name, isSystem) : Promise.resolve(null),
  );
  const curves = loaded.value.value ?? [];
  const lines = curves.flatMap((curve) =>
    makeSingleLine(curve, runFacts.value?.name ?? "", {
      axis: isByTime ? "relative" : "step",
      smoothing: smoothing.value,
      weight: isSystem ? 0 : smoothWeight.value,
    }),
  );
  const options = {
    isLogX: isLogX.value && !isByTime,
    isLogY: isLogY.value && !isSystem,
    clipsOutliers: false,
    xKind: isByTime ? ("duration" as const) : ("number" as const),
  };
  const thinned = curves.some((curve) => curve.total > curve.values.length);
  return (
    <article class="panel" ref={box}>
      <header>
        <h3 title={name}>{name}</h3>
        {thinned && <span class="muted">thinned</span>}
      </header>
      {loaded.problem.value && <p class="problem">{loaded.problem.value}</p>}
      {isNear.value ? (
        <Chart
          metric={name}
          lines={lines}
          options={options}
          shared={shared}
          formatX={isByTime ? formatDuration : formatStep}
        />
      ) : (
        <div class="chart" />
      )}
    </article>
  );
}

function formatStep(step: number): string {
  return `step ${formatNumber(step, 9)}`;
}
