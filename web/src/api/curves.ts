// Reads the answer with curves: a JSON header, then columns of numbers (see gage/view/curves_format.py).
import { post } from "./client";
import type { CurvesQuery } from "./records";

export type Numbers = Float64Array | Float32Array;

/** The columns of a series, with one number for each point. */
export interface Columns {
  steps: Numbers;
  times: Numbers;
  values: Numbers;
  /** The values that the server smoothed, if the query has a weight. */
  smoothed?: Numbers;
}

/** A series of a run. If the server thinned it, `total` is larger than the number of steps. */
export interface Curve extends Columns {
  run: string;
  metric: string;
  total: number;
  /** How many points there are at the steps of the query. */
  within: number;
  /** How many points come before the first one of the columns: those that the page has. */
  start: number;
  /** Stands for all points of the series; sent back with the next query. */
  token: number;
}

type Place = [type: "f8" | "f4", offset: number, count: number];
type Described = Omit<Curve, keyof Columns> & { [name in keyof Columns]: Place };

/** Returns the curves of a query. Throws Refused and Unreachable. */
export async function loadCurves(query: CurvesQuery, signal?: AbortSignal): Promise<Curve[]> {
  const response = await post("/api/curves", query, signal);
  return decodeCurves(await response.arrayBuffer());
}

/** Returns the curves in an answer. Columns are views into it; equal columns are the same object. */
export function decodeCurves(data: ArrayBuffer): Curve[] {
  const length = new DataView(data).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length))) as {
    curves: Described[];
  };
  const columns = new Map<string, Numbers>();
  const read = ([type, offset, count]: Place): Numbers => {
    const place = `${offset} ${count}`;
    let column = columns.get(place);
    if (!column) {
      const start = 4 + length + offset;
      column = type === "f8" ? new Float64Array(data, start, count) : new Float32Array(data, start, count);
      columns.set(place, column);
    }
    return column;
  };
  return header.curves.map(({ smoothed, ...curve }) => ({
    ...curve,
    steps: read(curve.steps),
    times: read(curve.times),
    values: read(curve.values),
    ...(smoothed && { smoothed: read(smoothed) }),
  }));
}
