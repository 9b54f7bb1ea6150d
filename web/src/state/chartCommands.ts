// Commands of the charts.
import { chartCursor } from "./cursor";
import type { Command } from "./keys";
import { hasSeeds } from "./related";
import { clipsOutliers, isGrouped, isLogX, isLogY, screen, zoom } from "./view";

const isElsewhere = () => screen.value !== "charts";

function toggle(id: string, title: string, keys: readonly string[], state: { value: boolean }): Command {
  return { id, title, group: "Charts", keys, run: () => (state.value = !state.value), isHidden: isElsewhere };
}

export const CHART_COMMANDS: readonly Command[] = [
  toggle("log-y", "Logarithmic y axis", ["L"], isLogY),
  toggle("log-x", "Logarithmic x axis", [], isLogX),
  toggle("clip", "Clip outliers", ["o"], clipsOutliers),
  {
    ...toggle("group-seeds", "Group runs by seed", ["g"], isGrouped),
    isHidden: () => isElsewhere() || !(hasSeeds.value || isGrouped.value),
  },
  {
    id: "reset-zoom",
    title: "Reset the zoom",
    group: "Charts",
    keys: ["0"],
    run: () => (zoom.value = null),
    isHidden: () => isElsewhere() || !zoom.value,
  },
  {
    id: "unlock",
    title: "Unlock the crosshair",
    group: "Charts",
    keys: [],
    run: () => chartCursor.unlock(),
    isHidden: () => isElsewhere() || !chartCursor.isLocked.value,
  },
];
