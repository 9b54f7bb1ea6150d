// Media over steps: a row for each run, a column for each name, one step for all.
import { useEffect, useRef } from "preact/hooks";
import type { MediaName } from "../../api/records";
import { colorOfRun } from "../../numbers/colors";
import { findStep } from "../../numbers/steps";
import {
  followMedia,
  loadMoreNames,
  mediaKinds,
  mediaNames,
  mediaProblem,
  mediaRuns,
  mediaSteps,
  moveStep,
  nameTotal,
  runsWithMedia,
  shownStep,
} from "../../state/media";
import { rowsById } from "../../state/selection";
import { hoveredRun, mediaKind, mediaSearch, mediaStep, showRun } from "../../state/view";
import "./Media.css";
import { MediaCell } from "./MediaCell";

export function Media() {
  const box = useRef<HTMLElement>(null);
  useEffect(followMedia, []);
  useEffect(() => box.current?.focus({ preventScroll: true }), []);
  const onKey = (event: KeyboardEvent) => {
    const isTyping = (event.target as HTMLElement).matches("input, select, audio, video");
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (isTyping || !step || event.altKey || event.ctrlKey || event.metaKey) return;
    moveStep(event.shiftKey ? step * 10 : step);
    event.preventDefault();
  };
  return (
    <section class="media-screen" aria-label="Media" tabIndex={-1} ref={box} onKeyDown={onKey}>
      <Toolbar />
      <Scrubber />
      {mediaProblem.value && <p class="problem padded">{mediaProblem.value}</p>}
      {nameTotal.value === 0 && <Nothing />}
      {mediaNames.value.length > 0 && <Grid names={mediaNames.value} />}
    </section>
  );
}

function Nothing() {
  const isFiltered = mediaSearch.value !== "" || mediaKind.value !== "";
  return (
    <p class="muted padded">
      {isFiltered
        ? "No media match the search."
        : "The shown runs have no images, audio, video, tables or texts. Files such as samples/cat_step_100.png appear here."}
    </p>
  );
}

function Toolbar() {
  return (
    <div class="toolbar">
      <input
        type="search"
        placeholder="search media…"
        aria-label="Search media"
        value={mediaSearch.value}
        onChange={(event) => (mediaSearch.value = event.currentTarget.value)}
      />
      <label>
        kind{" "}
        <select value={mediaKind.value} onChange={(event) => (mediaKind.value = event.currentTarget.value)}>
          <option value="">all</option>
          {[...new Set([...mediaKinds.value, mediaKind.value])].filter(Boolean).map((kind) => (
            <option key={kind} value={kind}>
              {kind}
            </option>
          ))}
        </select>
      </label>
      <span class="muted">
        {nameTotal.value > 0 && describeCounts(nameTotal.value, runsWithMedia.value.length)}
      </span>
    </div>
  );
}

function describeCounts(names: number, runs: number): string {
  const shown = mediaRuns.value.length;
  const what = `${names.toLocaleString("en")} ${names === 1 ? "name" : "names"}`;
  return `${what} in ${runs === shown ? runs : `${runs} of ${shown}`} ${shown === 1 ? "run" : "runs"}`;
}

function Scrubber() {
  const steps = mediaSteps.value;
  if (steps.length < 2) return null;
  const at = findStep(steps, shownStep.value);
  return (
    <div class="scrubber">
      <button type="button" aria-label="Previous step" disabled={at === 0} onClick={() => moveStep(-1)}>
        ‹
      </button>
      <input
        type="range"
        min={0}
        max={steps.length - 1}
        value={at}
        aria-label="Step"
        aria-valuetext={`Step ${shownStep.value}`}
        onInput={(event) => {
          const next = Number(event.currentTarget.value);
          mediaStep.value = next === steps.length - 1 ? -1 : steps[next]!;
        }}
      />
      <button
        type="button"
        aria-label="Next step"
        disabled={at === steps.length - 1}
        onClick={() => moveStep(1)}
      >
        ›
      </button>
      <output class="number">
        step {shownStep.value.toLocaleString("en")}{" "}
        <span class="muted">of {steps.at(-1)!.toLocaleString("en")}</span>
      </output>
    </div>
  );
}

function Grid({ names }: { names: readonly MediaName[] }) {
  const more = nameTotal.value - names.length;
  return (
    <div class="media-grid" style={{ "--names": names.length }}>
      <div class="media-row media-head">
        <span class="media-run" />
        {names.map((name) => (
          <span key={`${name.kind} ${name.name}`} class="media-name" title={`${name.name} (${name.items})`}>
            {name.name} <span class="muted">{name.kind}</span>
          </span>
        ))}
      </div>
      {runsWithMedia.value.map((run) => (
        <div
          key={run}
          class={`media-row${hoveredRun.value === run ? " hovered" : ""}`}
          onPointerEnter={() => (hoveredRun.value = run)}
          onPointerLeave={() => (hoveredRun.value = "")}
        >
          <div class="media-run">
            <button type="button" class="plain" onClick={() => showRun(run)}>
              <span class="swatch" style={{ background: colorOfRun(run) }} />
              {rowsById.value.get(run)?.name ?? run.slice(0, 8)}
              {rowsById.value.get(run)?.label && <span class="muted">{rowsById.value.get(run)?.label}</span>}
            </button>
          </div>
          {names.map((name) => (
            <MediaCell key={`${name.kind} ${name.name}`} run={run} name={name} />
          ))}
        </div>
      ))}
      {more > 0 && (
        <button type="button" class="media-more" onClick={loadMoreNames}>
          Show more names ({more.toLocaleString("en")})
        </button>
      )}
    </div>
  );
}
