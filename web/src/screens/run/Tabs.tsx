// The tabs of a run.
import { useEffect, useRef } from "preact/hooks";
import type { RunPage } from "../../api/records";
import { isWhole, shownTab } from "../../state/run";
import { runTab } from "../../state/view";
import { Comments } from "./Comments";
import { Diff } from "./Diff";
import { Environment } from "./Environment";
import { Facts } from "./Facts";
import { Files } from "./Files";
import { LineageTab } from "./Lineage";
import { Output } from "./Output";
import { RunCurves } from "./RunCurves";
import { Source } from "./Source";

const TITLES: Record<string, string> = {
  overview: "Overview",
  curves: "Curves",
  output: "Output",
  files: "Files",
  source: "Source",
  diff: "Diff",
  environment: "Environment",
  lineage: "Lineage",
  comments: "Comments",
};

export function Tabs() {
  const names = Object.keys(TITLES).filter((name) => name !== "overview" || !isWhole.value);
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    row.current
      ?.querySelector(`#tab-${shownTab.value}`)
      ?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [shownTab.value]);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const next = names[(names.indexOf(shownTab.value) + step + names.length) % names.length]!;
    runTab.value = next;
    (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`#tab-${next}`)?.focus();
    event.preventDefault();
  };
  return (
    <div class="tabs" ref={row} role="tablist" aria-label="Parts of the run" onKeyDown={move}>
      {names.map((name) => (
        <button
          key={name}
          id={`tab-${name}`}
          type="button"
          role="tab"
          class="plain"
          aria-selected={shownTab.value === name}
          aria-controls="run-tab"
          tabIndex={shownTab.value === name ? 0 : -1}
          onClick={() => (runTab.value = name)}
        >
          {TITLES[name]}
        </button>
      ))}
    </div>
  );
}

export function TabContent({ page }: { page: RunPage }) {
  const tab = shownTab.value;
  const id = String(page.run.id);
  return (
    <div class="tab-content" role="tabpanel" id="run-tab" aria-labelledby={`tab-${tab}`} key={`${id} ${tab}`}>
      {tab === "overview" && (
        <div class="scrolled">
          <Facts page={page} />
        </div>
      )}
      {tab === "curves" && <RunCurves run={id} />}
      {tab === "output" && <Output run={id} />}
      {tab === "files" && <Files run={id} page={page} />}
      {tab === "source" && <Source run={id} />}
      {tab === "diff" && <Diff run={id} />}
      {tab === "environment" && <Environment run={id} />}
      {tab === "lineage" && <LineageTab run={id} />}
      {tab === "comments" && <Comments />}
    </div>
  );
}
