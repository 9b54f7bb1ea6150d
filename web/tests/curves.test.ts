import { describe, expect, it } from "vitest";
import { decodeCurves } from "../src/api/curves";

/** Builds an answer as the server does. */
function encode(header: object, columns: (Float64Array | Float32Array)[]): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = text.length + ((8 - ((text.length + 4) % 8)) % 8);
  const size = columns.reduce((sum, column) => sum + Math.ceil(column.byteLength / 8) * 8, 0);
  const bytes = new Uint8Array(4 + length + size).fill(32, 4, 4 + length);
  new DataView(bytes.buffer).setUint32(0, length, true);
  bytes.set(text, 4);
  let at = 4 + length;
  for (const column of columns) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += Math.ceil(column.byteLength / 8) * 8;
  }
  return bytes.buffer;
}

describe("decodeCurves", () => {
  it("returns views of the columns, equal ones as the same object", () => {
    const curve = { run: "r", metric: "é", total: 9, start: 6, token: 5, times: ["f8", 24, 3] };
    const data = encode(
      {
        curves: [
          { ...curve, steps: ["f8", 0, 3], values: ["f4", 48, 3] },
          { ...curve, metric: "b", steps: ["f8", 0, 3], values: ["f8", 0, 0], smoothed: ["f4", 48, 3] },
        ],
      },
      [
        Float64Array.of(1, 2, 3),
        Float64Array.of(4, 5, Number.NaN),
        Float32Array.of(0.5, Number.POSITIVE_INFINITY, -0),
      ],
    );
    const [first, second] = decodeCurves(data);
    expect(first).toMatchObject({ run: "r", metric: "é", total: 9, start: 6, token: 5 });
    expect([...first!.steps]).toEqual([1, 2, 3]);
    expect([...first!.times]).toEqual([4, 5, Number.NaN]);
    expect([...first!.values]).toEqual([0.5, Number.POSITIVE_INFINITY, -0]);
    expect(second!.steps).toBe(first!.steps);
    expect(second!.values.length).toBe(0);
    expect([...second!.smoothed!]).toEqual([...first!.values]);
  });

  it("returns nothing for an empty answer", () => {
    expect(decodeCurves(encode({ curves: [] }, []))).toEqual([]);
  });
});
