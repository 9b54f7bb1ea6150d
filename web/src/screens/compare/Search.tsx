// Pictures of a search: how its trials went, which values they tried, what they cost.
import { Choice } from "../../parts/Choice";
import { isLowerBetter, metric, page, runs } from "../../state/comparison";
import { paletteVersion } from "../../state/settings";
import { setScreenSetting } from "../../state/view";
import { Contour } from "./Contour";
import { History, Slices } from "./History";
import { Pareto } from "./Pareto";
import { Timeline } from "./Timeline";
import { ALL_RUNS, batch } from "./trials";

export function Search() {
  void paletteVersion.value;
  const batches = page.value!.batches;
  return (
    <div class="search-plots">
      <div class="list-head">
        <Choice
          label="runs"
          value={batch.value}
          options={[
            [ALL_RUNS, `all ${runs.value.length} compared runs`] as const,
            ...batches.map((each) => [each.id, `batch ${each.name} (${each.trials} trials)`] as const),
          ]}
          choose={(value) => setScreenSetting("compare.batch", value)}
        />
        {isLowerBetter.value === null && (
          <span class="muted">
            Choose whether a high or a low {metric.value} is better to see the best so far.
          </span>
        )}
      </div>
      {metric.value ? (
        <>
          <div class="two">
            <History />
            <Timeline />
          </div>
          <Slices />
          <div class="two">
            <Contour />
            <Pareto />
          </div>
        </>
      ) : (
        <p class="muted">These runs have no metric.</p>
      )}
    </div>
  );
}
