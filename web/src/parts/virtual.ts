// Which rows of a long list are visible.
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

export interface VisibleRows {
  box: { current: HTMLDivElement | null };
  first: Signal<number>;
  end: Signal<number>;
}

/** Returns the visible rows of a list whose rows are all `height` pixels high, with some more on both sides. */
export function useVisibleRows(height: number, extra = 8): VisibleRows {
  const box = useRef<HTMLDivElement>(null);
  const first = useSignal(0);
  const end = useSignal(60);
  useEffect(() => {
    const element = box.current!;
    const measure = () => {
      first.value = Math.max(Math.floor(element.scrollTop / height) - extra, 0);
      end.value = Math.ceil((element.scrollTop + element.clientHeight) / height) + extra;
    };
    measure();
    element.addEventListener("scroll", measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", measure);
      observer.disconnect();
    };
  }, [height, extra, first, end]);
  return { box, first, end };
}
