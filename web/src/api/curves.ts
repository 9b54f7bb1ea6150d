// Reads the answer with curves: a JSON header, then columns of numbers (see gage/view/curves_format.py).
import { post } from "./client";
import type { CurvesQuery } from "./records";

export type Numbers = Float64Array | Float32Array;

/** A series of a run. If the server thinned it, `total` is larger than the number of steps. */
export interface Curve {
  run: string;
  metric: string;
  total: number;
  steps: Numbers;
  times: Numbers;
  values: Numbers;
}

type Place = [type: "f8" | "f4", offset: number, count: number];

interface Header {
  curves: { run: string; metric: string; total: number; steps: Place; times: Place; values: Place }[];
}

/** Returns the curves of a query. Throws Refused and Unreachable. */
export async function loadCurves(query: CurvesQuery, signal?: AbortSignal): Promise<Curve[]> {
  const response = await post("/api/curves", query, signal);
  return decodeCurves(await response.arrayBuffer());
}

/** Returns the curves in an answer. Columns are views into it; equal columns are the same object. */
export function decodeCurves(data: ArrayBuffer): Curve[] {
  const length = new DataView(data).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length))) as Header;
  const columns = new Map<number, Numbers>();
  const read = ([type, offset, count]: Place): Numbers => {
    let column = columns.get(offset);
    if (!column) {
      const start = 4 + length + offset;
      column = type === "f8" ? new Float64Array(data, start, count) : new Float32Array(data, start, count);
      columns.set(offset, column);
    }
    return column;
  };
  return header.curves.map((curve) => ({
    run: curve.run,
    metric: curve.metric,
    total: curve.total,
    steps: read(curve.steps),
    times: read(curve.times),
    values: read(curve.values),
  }));
}
