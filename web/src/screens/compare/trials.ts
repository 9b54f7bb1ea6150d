// The trials of the pictures of a search.
import { computed } from "@preact/signals";
import { type ComparedRun, page, runs } from "../../state/comparison";
import { readScreenSetting } from "../../state/view";

export const ALL_RUNS = "all";

/** The batch whose trials are shown: the chosen one, else the largest; ALL_RUNS if there is none. */
export const batch = computed(() => {
  const chosen = readScreenSetting("compare.batch");
  const known = page.value?.batches ?? [];
  if (chosen === ALL_RUNS || known.some((each) => each.id === chosen)) return chosen;
  const largest = known.reduce<(typeof known)[number] | null>(
    (best, each) => (best && best.trials >= each.trials ? best : each),
    null,
  );
  return largest?.id ?? ALL_RUNS;
});

/** The trials of the chosen batch, in the order in which they started. */
export const trials = computed<ComparedRun[]>(() => {
  const chosen =
    batch.value === ALL_RUNS ? runs.value : runs.value.filter((run) => run.parent === batch.value);
  const start = (run: ComparedRun) => run.started ?? run.created;
  return [...chosen].sort((a, b) => start(a) - start(b));
});
