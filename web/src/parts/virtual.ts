// Which part of a long and wide list is visible.
import { batch, type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

export interface VisibleRows {
  box: { current: HTMLDivElement | null };
  first: Signal<number>;
  end: Signal<number>;
  /** How far the list is scrolled to the right, in steps of `STEP` pixels. */
  left: Signal<number>;
  width: Signal<number>;
}

const STEP = 40;

/** Returns the visible rows of a list whose rows are all `height` pixels high, with some more on both sides. */
export function useVisibleRows(height: number, extra = 8): VisibleRows {
  const box = useRef<HTMLDivElement>(null);
  const first = useSignal(0);
  const end = useSignal(60);
  const left = useSignal(0);
  const width = useSignal(400);
  useEffect(() => {
    const element = box.current!;
    const measure = () =>
      batch(() => {
        first.value = Math.max(Math.floor(element.scrollTop / height) - extra, 0);
        end.value = Math.ceil((element.scrollTop + element.clientHeight) / height) + extra;
        left.value = Math.floor(element.scrollLeft / STEP) * STEP;
        width.value = element.clientWidth;
      });
    measure();
    element.addEventListener("scroll", measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", measure);
      observer.disconnect();
    };
  }, [height, extra, first, end, left, width]);
  return { box, first, end, left, width };
}

/** Returns which of the items with these widths are in view, and the widths before and after them. */
export function cutColumns(widths: readonly number[], left: number, width: number, extra = 160) {
  let at = 0;
  let first = 0;
  while (first < widths.length && at + widths[first]! < left - extra) at += widths[first++]!;
  let end = first;
  let until = at;
  while (end < widths.length && until < left + width + extra) until += widths[end++]!;
  const after = widths.slice(end).reduce((sum, each) => sum + each, 0);
  return { first, end, before: at, after };
}
