// Files of a panel: its picture, and all points of its curves.
import { loadCurves } from "../api/curves";
import type { Picture } from "../drawing/export";
import type { ChartOptions } from "../drawing/layout";
import { formatCsv } from "../numbers/csv";
import type { Line } from "../numbers/line";
import type { ChartAction } from "../parts/ChartMenu";
import { readColors } from "../parts/chartColors";
import { chartCursor } from "../state/cursor";
import { nameOf } from "../state/lineGroups";

const MAX_POINTS = 1_000_000_000;
const MAX_RUNS = 500;

/** Returns what the menu of a panel offers. */
export function listChartActions(
  metric: string,
  readLines: () => readonly Line[],
  readOptions: () => Omit<ChartOptions, "zoom">,
): ChartAction[] {
  const describe = (): Picture => ({
    title: metric,
    lines: readLines(),
    options: { ...readOptions(), zoom: chartCursor.shownZoom.peek() },
    colors: readColors(),
  });
  const name = metric.replace(/[^\w.-]+/g, "_").slice(0, 100) || "chart";
  return [
    {
      title: "Download as PNG",
      run: async () => save(`${name}.png`, await (await import("../drawing/export")).makePng(describe())),
    },
    {
      title: "Download as SVG",
      run: async () =>
        save(
          `${name}.svg`,
          new Blob([(await import("../drawing/export")).makeSvg(describe())], { type: "image/svg+xml" }),
        ),
    },
    {
      title: "Download data as CSV",
      run: async () => {
        const runs = [...new Set(readLines().flatMap((line) => line.runs))];
        save(`${name}.csv`, new Blob([await readCsv(metric, runs)], { type: "text/csv" }));
      },
    },
  ];
}

/** Returns all points of the curves of runs, also those that the page has not. */
async function readCsv(metric: string, runs: readonly string[]): Promise<string> {
  let text = formatCsv([["run", "id", "step", "time", metric]]);
  for (let first = 0; first < runs.length; first += MAX_RUNS) {
    const part = runs.slice(first, first + MAX_RUNS);
    for (const curve of await loadCurves({ runs: part, metrics: [metric], points: MAX_POINTS })) {
      const name = nameOf(curve.run);
      const rows = Array.from(curve.steps, (step, i) => [
        name,
        curve.run,
        step,
        curve.times[i]!,
        curve.values[i]!,
      ]);
      text += formatCsv(rows);
    }
  }
  return text;
}

function save(name: string, data: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(data);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
