// The metric over two config values, interpolated between the trials.
import { readPalette } from "../../drawing/palette";
import { colorOfPlace } from "../../numbers/ramp";
import { interpolate } from "../../numbers/statistics";
import { Choice } from "../../parts/Choice";
import { Plot } from "../../parts/Plot";
import { configColumns, getValue, makeColumnAxis, metric } from "../../state/comparison";
import { readScreenSetting, setScreenSetting } from "../../state/view";
import { Legend } from "./Legend";
import { describeRun, makeColoring } from "./plots";
import { trials } from "./trials";

const CELLS = 40;
/** Points at different places from which values between them are shown. */
const MIN_POINTS = 6;

export function Contour() {
  const keys = configColumns.value
    .filter((each) => each.differs)
    .map((each) => each.key)
    .filter((key) => makeColumnAxis(key, {}, trials.value).kind !== "category");
  const first = pick("compare.contourx", keys, keys.find((key) => !/seed/i.test(key)) ?? keys[0]);
  const rest = keys.filter((key) => key !== first);
  const second = pick("compare.contoury", rest, rest.find((key) => !/seed/i.test(key)) ?? rest[0]);
  if (!first || !second)
    return (
      <section aria-label="Contour">
        <h2>Contour</h2>
        <p class="muted">Two numbers of the config must differ.</p>
      </section>
    );
  const x = makeColumnAxis(first, {}, trials.value);
  const y = makeColumnAxis(second, {}, trials.value);
  const z = makeColumnAxis(metric.value, { hasMargin: false }, trials.value);
  const { isDark } = readPalette();
  const known = trials.value
    .map((run) => ({
      id: run.id,
      x: x.place(getValue(run, first)),
      y: y.place(getValue(run, second)),
      value: z.place(getValue(run, metric.value)),
      isHollow: run.status !== "completed",
    }))
    .filter((each) => each.x >= 0 && each.y >= 0 && each.value >= 0);
  const places = averagePlaces(known);
  const hasField = places.length >= MIN_POINTS;
  const colors = hasField ? makeField(places, isDark) : [];
  return (
    <section aria-label="Contour">
      <h2>Contour</h2>
      <div class="list-head">
        <Choice
          label="x"
          value={first}
          options={keys}
          choose={(value) => setScreenSetting("compare.contourx", value)}
        />
        <Choice
          label="y"
          value={second}
          options={rest}
          choose={(value) => setScreenSetting("compare.contoury", value)}
        />
      </div>
      <Plot
        label={`${metric.value} over ${first} and ${second}`}
        content={{
          x,
          y,
          points: known.map((each) => ({ ...each, color: colorOfPlace(each.value, isDark) })),
          ...(hasField ? { cells: { columns: CELLS, rows: CELLS, colors } } : {}),
        }}
        describe={(id) => describeRun(id, [first, second, metric.value])}
      />
      <Legend coloring={makeColoring(metric.value, trials.value)} name={metric.value} />
      <p class="muted">
        {hasField
          ? "between the points: means weighted by distance, no measurements"
          : `${MIN_POINTS} different points are needed to show values between them.`}
      </p>
    </section>
  );
}

function pick(setting: string, keys: readonly string[], otherwise: string | undefined): string | undefined {
  const chosen = readScreenSetting(setting);
  return keys.includes(chosen) ? chosen : otherwise;
}

interface Place {
  x: number;
  y: number;
  value: number;
}

/** Returns the mean value at each place: seeds are at the same one. */
function averagePlaces(points: readonly Place[]): Place[] {
  const groups = new Map<string, Place[]>();
  for (const point of points) {
    const key = `${point.x} ${point.y}`;
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  return [...groups.values()].map((group) => ({
    x: group[0]!.x,
    y: group[0]!.y,
    value: group.reduce((sum, each) => sum + each.value / group.length, 0),
  }));
}

function makeField(places: readonly Place[], isDark: boolean): string[] {
  const colors: string[] = [];
  for (let row = 0; row < CELLS; row++)
    for (let column = 0; column < CELLS; column++)
      colors.push(colorOfPlace(interpolate((column + 0.5) / CELLS, (row + 0.5) / CELLS, places), isDark));
  return colors;
}
