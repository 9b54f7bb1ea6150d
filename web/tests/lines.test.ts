import { describe, expect, it } from "vitest";
import type { Curve } from "../src/api/curves";
import { layOut } from "../src/drawing/layout";
import { drawLine } from "../src/drawing/lines";
import { findNearPoints } from "../src/drawing/nearest";
import { escapeXml, SvgPen } from "../src/drawing/svg";
import { formatCsv } from "../src/numbers/csv";
import type { Line } from "../src/numbers/line";
import { makeScale } from "../src/numbers/scale";
import { styleLines } from "../src/numbers/styles";
import type { Entry } from "../src/state/curve_plan";
import { type LineGroup, type LineOptions, makeLines } from "../src/state/lines";
import { joinSegments } from "../src/state/segments";

const column = (...values: number[]) => Float64Array.from(values);

function curve(run: string, steps: number[], values: number[], total = values.length): Curve {
  const times = Float64Array.from(steps, (step) => 1000 + step);
  const points = { steps: column(...steps), times, values: column(...values) };
  return { run, metric: "m", total, within: total, start: 0, token: 0, ...points };
}

function entries(...curves: Curve[]): (run: string) => Entry | undefined {
  const known = new Map(curves.map((each) => [each.run, each]));
  const rest = {
    version: 0,
    points: 0,
    limit: 0,
    problem: "",
    detail: null,
    detailOf: null,
    detailVersion: -1,
  };
  return (run) => ({ curve: known.get(run) ?? null, ...rest });
}

const OPTIONS: LineOptions = { axis: "step", smoothing: "ema", weight: 0, zoom: null, band: "std" };
const single = (...runs: string[]): LineGroup => ({ name: runs.at(-1)!, members: [runs], isBand: false });
const make = (groups: LineGroup[], entryOf: ReturnType<typeof entries>, options = {}, xOf = entries()) =>
  makeLines(groups, entryOf, xOf, { ...OPTIONS, ...options }, new Set());

describe("makeLines", () => {
  it("has a line for each run with points, the same object's columns while nothing changes", () => {
    const all = entries(curve("a", [0, 1], [1, 2]), curve("b", [], []));
    const panel = make([single("a"), single("b")], all);
    expect(panel.lines.map((line) => line.id)).toEqual(["a"]);
    expect(make([single("a")], all).lines[0]!.ys).toBe(panel.lines[0]!.ys);
  });

  it("says how many points stand for one, and whether thinned points are smoothed", () => {
    const all = entries(curve("a", [0, 9], [1, 2], 20));
    expect(make([single("a")], all)).toMatchObject({ thinning: 10, smoothsThinned: false });
    expect(make([single("a")], all, { weight: 0.5 })).toMatchObject({ smoothsThinned: true });
  });

  it("counts curves without a finite value", () => {
    const panel = make([single("a")], entries(curve("a", [0, 1], [Number.NaN, Number.POSITIVE_INFINITY])));
    expect([panel.curves, panel.finite]).toEqual([1, 0]);
  });

  it("joins a run to the one that it resumes, with a mark, and keeps what was replaced", () => {
    const all = entries(curve("old", [0, 1, 2, 3], [0, 1, 2, 3]), curve("new", [2, 3, 4], [12, 13, 14]));
    const [line] = make([single("old", "new")], all).lines;
    expect([...line!.xs]).toEqual([0, 1, 2, 3, 4]);
    expect([...line!.ys]).toEqual([0, 1, 12, 13, 14]);
    expect(line!.marks).toEqual([2]);
    expect([...line!.replaced![0]!.ys]).toEqual([2, 3]);
    expect(line!.runs).toEqual(["old", "new"]);
  });

  it("continues the time of the run that is resumed", () => {
    const all = entries(curve("old", [0, 10], [0, 1]), curve("new", [10, 15], [2, 3]));
    const [line] = make([single("old", "new")], all, { axis: "relative" }).lines;
    expect([...line!.xs]).toEqual([0, 10, 10, 15].slice(0, 1).concat([10, 15]));
  });

  it("joins seeds into a mean with a band", () => {
    const group: LineGroup = { name: "lr=1 ×2", members: [["a"], ["b"]], isBand: true };
    const [line] = make([group], entries(curve("a", [0, 1], [1, 2]), curve("b", [0, 1], [3, 4]))).lines;
    expect([...line!.ys]).toEqual([2, 3]);
    expect([...line!.band!.counts]).toEqual([2, 2]);
    expect(line!.runs).toEqual(["a", "b"]);
  });

  it("takes another metric as x: the value that it had last", () => {
    const epochs = entries(curve("a", [0, 10, 20], [0, 1, 2]));
    const [line] = make(
      [single("a")],
      entries(curve("a", [5, 10, 19, 25], [4, 3, 2, 1])),
      { axis: "metric:epoch" },
      epochs,
    ).lines;
    expect([...line!.xs]).toEqual([0, 1, 1, 2]);
    expect([...line!.ys]).toEqual([4, 3, 2, 1]);
  });
});

describe("joinSegments", () => {
  it("leaves out a run that was started again from the beginning, but keeps it faint", () => {
    const segment = (xs: number[], ys: number[]) => ({
      xs: column(...xs),
      ys: column(...ys),
      starts: [0, xs.length],
    });
    const joined = joinSegments([segment([0, 1], [5, 6]), segment([0, 1, 2], [1, 2, 3])], false);
    expect([...joined.ys]).toEqual([1, 2, 3]);
    expect(joined.marks).toEqual([]);
    expect([...joined.replaced![0]!.ys]).toEqual([5, 6]);
  });
});

describe("styleLines", () => {
  it("dashes lines of a colour that another one has, and greys a crowd", () => {
    const ids = Array.from({ length: 30 }, (_, i) => `run ${i}`);
    const styles = [...styleLines(ids, new Set()).values()];
    expect(new Set(styles.map(({ color, dash }) => `${color} ${dash}`)).size).toBeGreaterThan(25);
    expect(styles.some((style) => style.isGrey)).toBe(false);
    const crowd = styleLines([...ids, "one more"], new Set(["run 3"]));
    expect([...crowd].filter(([, style]) => !style.isGrey).map(([id]) => id)).toEqual(["run 3"]);
  });
});

const line = (xs: number[], ys: number[], extra: Partial<Line> = {}): Line => ({
  id: "a",
  runs: ["a"],
  name: "a",
  color: "#123456",
  dash: [],
  isGrey: false,
  xs: column(...xs),
  ys: column(...ys),
  starts: [0, xs.length],
  ...extra,
});
const CHART = { isLogX: false, isLogY: false, clipsOutliers: false, xKind: "number" as const, zoom: null };

describe("drawing", () => {
  const draw = (each: Line, width = 100) => {
    const pen = new SvgPen(width, 100);
    const [x, y] = [makeScale({ low: 0, high: 10 }, 0, width), makeScale({ low: 0, high: 10 }, 100, 0)];
    drawLine(pen, each, x, y, { color: each.color, width: 1, alpha: 1 });
    return [...pen.finish("t").matchAll(/ d="([^"]*)"/g)].map((match) => match[1]!);
  };

  it("breaks a line at NaN, and shows a point without neighbours", () => {
    const [path] = draw(line([0, 1, 2, 3, 4], [1, 2, Number.NaN, 4, Number.NaN]));
    expect(path!.match(/M/g)!.length).toBe(3); // a line, a point, and the circle around the point
    expect(path).toContain("a1 1");
  });

  it("keeps the least and the greatest value of each column of pixels", () => {
    const xs = Array.from({ length: 1000 }, (_, i) => i / 100);
    const [path] = draw(
      line(
        xs,
        xs.map((_, i) => (i === 501 ? 10 : i === 502 ? 0 : 5)),
      ),
      10,
    );
    expect(path).toContain(" 0L");
    expect(path).toContain(" 100");
    expect(path!.length).toBeLessThan(400);
  });

  it("has no layout for nothing, for NaN only, and on a logarithmic axis for negative numbers", () => {
    expect(layOut([], 300, 200, CHART)).toBeNull();
    expect(layOut([line([0], [Number.NaN])], 300, 200, CHART)).toBeNull();
    expect(layOut([line([0], [-1])], 300, 200, { ...CHART, isLogY: true })).toBeNull();
    for (const value of [0, 1e-300, -1e300]) {
      const layout = layOut([line([5], [value])], 300, 200, CHART)!;
      expect(Number.isFinite(layout.y.toPixel(value))).toBe(true);
      expect(Number.isFinite(layout.x.toPixel(5))).toBe(true);
    }
  });

  it("counts what is clipped", () => {
    const ys = Array.from({ length: 100 }, (_, i) => (i === 50 ? 1e9 : Math.sin(i)));
    const xs = ys.map((_, i) => i);
    expect(layOut([line(xs, ys)], 300, 200, { ...CHART, clipsOutliers: true })!.clipped).toBe(1);
  });

  it("finds the nearest lines first, and none that ended before", () => {
    const lines = [
      line([0, 10], [0, 0]),
      line([0, 10], [5, 5], { id: "b" }),
      line([0, 2], [9, 9], { id: "c" }),
    ];
    const layout = layOut(lines, 300, 200, CHART)!;
    const near = findNearPoints(lines, layout, 9, layout.y.toPixel(4), 5);
    expect(near.map((point) => point.line.id)).toEqual(["b", "a"]);
    expect(findNearPoints(lines, layout, 1, layout.y.toPixel(9), 1).map((point) => point.line.id)).toEqual([
      "c",
    ]);
  });

  it("escapes hostile names", () => {
    expect(escapeXml('<script>&"\u0000')).toBe("&#60;script&#62;&#38;&#34;\ufffd");
    expect(new SvgPen(1, 1).finish("</title><script>")).not.toContain("<script>");
  });
});

describe("formatCsv", () => {
  it("quotes, and takes the power from formulas", () => {
    expect(formatCsv([["=1+1", 'a"b,c', 0.5, Number.NaN]])).toBe(`'=1+1,"a""b,c",0.5,nan\r\n`);
  });
});
