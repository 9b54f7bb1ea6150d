// Takes curves out of the bytes in an exported page.
import { decodeCurves } from "../api/curves";
import type { components } from "../api/schema";

type Sparklines = components["schemas"]["Sparklines"];
const SPARK_POINTS = 40;

let decoded: { text: string; data: ArrayBuffer } | null = null;

function decode(text: string): ArrayBuffer {
  if (decoded?.text !== text) {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    decoded = { text, data: bytes.buffer };
  }
  return decoded.data;
}

/** Returns an answer with the curves of some runs and metrics: another header before the same columns. */
export function limitCurves(text: string, query: { runs: string[]; metrics: string[] }): ArrayBuffer {
  const data = decode(text);
  const length = new DataView(data).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length))) as {
    curves: { run: string; metric: string }[];
  };
  const [runs, metrics] = [new Set(query.runs), new Set(query.metrics)];
  const curves = header.curves.filter((each) => runs.has(each.run) && metrics.has(each.metric));
  const bytes = new TextEncoder().encode(JSON.stringify({ ...header, curves }));
  const padded = Math.ceil((4 + bytes.length) / 8) * 8 - 4;
  const limited = new Uint8Array(4 + padded + data.byteLength - 4 - length).fill(32, 4, 4 + padded);
  new DataView(limited.buffer).setUint32(0, padded, true);
  limited.set(bytes, 4);
  limited.set(new Uint8Array(data, 4 + length), 4 + padded);
  return limited.buffer;
}

/** Returns small curves: every point if there are few, else one of each of some equal parts. */
export function limitSparklines(text: string, query: { runs: string[]; metric: string }): Sparklines {
  const curves = decodeCurves(limitCurves(text, { runs: query.runs, metrics: [query.metric] }));
  return {
    curves: curves.map(({ run, total, steps, values }) => {
      const every = Math.max(Math.ceil(values.length / SPARK_POINTS), 1);
      const keep = (_: number, i: number) => i % every === 0;
      return {
        run,
        total,
        steps: Array.from(steps).filter(keep),
        values: Array.from(values).filter(keep).map(toJson),
      };
    }),
  };
}

function toJson(value: number): number | string {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}
