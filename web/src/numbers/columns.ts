// Columns of numbers that grow: adding points copies the column only now and then.
import type { Numbers } from "../api/curves";

const GROWTH = 1.5;
/** How many numbers of a buffer that this module made are used. */
const used = new WeakMap<ArrayBufferLike, number>();

/** Returns a column with the numbers of `more` behind those of `column`. `column` stays as it is. */
export function appendColumn(column: Numbers, more: Numbers): Float64Array {
  const length = column.length + more.length;
  const isLast = column instanceof Float64Array && used.get(column.buffer) === column.length;
  let buffer = column.buffer;
  if (!isLast || buffer.byteLength < length * 8) {
    buffer = new ArrayBuffer(Math.ceil(length * GROWTH) * 8);
    new Float64Array(buffer).set(column);
  }
  new Float64Array(buffer).set(more, column.length);
  used.set(buffer, length);
  return new Float64Array(buffer, 0, length);
}
