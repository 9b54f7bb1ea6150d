// Steps of media: which item is shown at a step.
import { findFirst } from "./series";

/** Returns where the items of the latest step at or before `step` begin and end; an empty range if there is none.
 * Items are in the order of their steps; those without a step (null) come first and are always shown. */
export function findShown(steps: readonly (number | null)[], step: number): [first: number, end: number] {
  const known = steps.findIndex((each) => each !== null);
  if (known < 0) return [0, steps.length];
  const numbers = Float64Array.from(steps.slice(known) as number[]);
  const end = findFirst(numbers, step + 1);
  if (end === 0) return [0, known];
  return [known + findFirst(numbers, numbers[end - 1]!), known + end];
}

/** Returns the place of the latest step at or before `step` in ascending steps; 0 if there is none. */
export function findStep(steps: readonly number[], step: number): number {
  return Math.max(findFirst(Float64Array.from(steps), step + 1) - 1, 0);
}
