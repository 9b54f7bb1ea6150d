// A run in a drawer beside the list. A second Enter shows it as a whole page.
import { useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ResizeEdge } from "../../parts/ResizeEdge";
import { Status } from "../../parts/Status";
import {
  followOpenRun,
  isNarrow,
  isRunLive,
  isWhole,
  reloadRun,
  runFacts,
  runPage,
  runProblem,
} from "../../state/run";
import { drawerWidth } from "../../state/settings";
import { isRunWhole, openRun, showRun } from "../../state/view";
import { Facts } from "./Facts";
import { TabContent, Tabs } from "./Tabs";
import "./Run.css";

const RELOAD_MS = 2000;

export function Run() {
  useEffect(followOpenRun, []);
  useLiveReload();
  const whole = isWhole.value;
  const page = runPage.value;
  return (
    <aside
      class={`run-panel${whole ? " whole" : ""}${isNarrow.value ? " narrow" : ""}`}
      style={whole || isNarrow.value ? {} : { width: `${drawerWidth.value}px` }}
      aria-label="Run"
    >
      {!whole && !isNarrow.value && (
        <ResizeEdge
          class="drawer-edge"
          label="Width of the run"
          width={drawerWidth}
          side="right"
          min={320}
          minRest={80}
        />
      )}
      <Head />
      {runProblem.value && <Missing />}
      {page && (
        <div class="run-body">
          {whole && (
            <div class="run-facts">
              <Facts page={page} />
            </div>
          )}
          <section class="run-tabs">
            <Tabs />
            <TabContent page={page} />
          </section>
        </div>
      )}
    </aside>
  );
}

function Head() {
  const facts = runFacts.value;
  return (
    <header class="run-panel-head">
      {facts && <Status status={facts.status} />}
      <h2 title={facts?.id}>{facts ? facts.name : openRun.value.slice(0, 8)}</h2>
      {facts && <span class="muted grow">{facts.label || facts.operation}</span>}
      {!isNarrow.value && (
        <button
          type="button"
          class="plain icon"
          aria-label={isWhole.value ? "Show beside the list" : "Show as a page"}
          title={isWhole.value ? "Show beside the list (Esc)" : "Show as a page (Enter)"}
          onClick={() => (isRunWhole.value = !isRunWhole.value)}
        >
          {isWhole.value ? "⇥" : "⤢"}
        </button>
      )}
      <button
        type="button"
        class="plain icon"
        aria-label="Close"
        title="Close (Esc)"
        onClick={() => showRun("")}
      >
        ✕
      </button>
    </header>
  );
}

function Missing() {
  const { message, isGone } = runProblem.value!;
  return (
    <div class="padded">
      <p class="problem">{isGone ? "This run no longer exists." : message}</p>
      {isGone && <p class="muted">It was purged, or it is in a store that is not shown.</p>}
      <button type="button" onClick={isGone ? () => showRun("") : reloadRun}>
        {isGone ? "Close" : "Try again"}
      </button>
    </div>
  );
}

/** Reloads the run while it is running, and once when it ends. */
function useLiveReload(): void {
  useSignalEffect(() => {
    const isLive = isRunLive.value || runFacts.value?.status === "running";
    if (!isLive) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) reloadRun();
    }, RELOAD_MS);
    return () => clearInterval(timer);
  });
}
