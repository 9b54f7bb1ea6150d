// The sentence at the top of a comparison.
import { metric, page, ranking, rankingPage, rankingProblem, runs } from "../../state/comparison";
import { showRun } from "../../state/view";
import { describeBest, describeDifferences } from "./words";

export function Sentence() {
  if (!page.value) return <h1 class="sentence muted">Comparing…</h1>;
  const best = runs.value.length > 1 ? describeBest(metric.value, ranking.value) : null;
  const isUnknown = rankingPage.value?.direction === "" && rankingPage.value.metric !== "";
  return (
    <h1 class="sentence">
      {describeDifferences(page.value)}
      {best && (
        <>
          {"; "}
          <button type="button" class="plain link" onClick={() => showRun(ranking.value?.runs[0]?.id ?? "")}>
            {best.name}
          </button>
          {best.rest}
        </>
      )}
      {isUnknown && <span class="muted"> · choose whether a high or a low {metric.value} is better</span>}
      {rankingProblem.value && <span class="problem"> · {rankingProblem.value}</span>}
    </h1>
  );
}
