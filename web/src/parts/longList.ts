// A list of up to billions of rows of one height. Browsers limit the height of an element to some 10 million pixels:
// beyond that, the scroll bar is a scale, and wheel and keys move by rows.
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

const MAX_HEIGHT = 8_000_000;

export interface LongList {
  box: { current: HTMLDivElement | null };
  /** Height of the content in pixels. */
  height: number;
  first: Signal<number>;
  end: Signal<number>;
  /** Returns the top of a row in pixels. */
  topOf: (row: number) => number;
  /** Scrolls so that a row is at a part (0–1) of the height. */
  scrollTo: (row: number, part?: number) => void;
  isAtEnd: () => boolean;
}

export function useLongList(count: number, rowHeight: number): LongList {
  const box = useRef<HTMLDivElement>(null);
  const first = useSignal(0);
  const end = useSignal(0);
  /** The row at the top, with its hidden part, and where the box was scrolled to then. */
  const place = useRef({ row: 0, scrollTop: 0 });
  const height = Math.min(count * rowHeight, MAX_HEIGHT);
  const isScaled = height < count * rowHeight;
  const now = useRef({ count, height, isScaled });
  now.current = { count, height, isScaled };

  const show = (row: number, scrollTop: number) => {
    const visible = (box.current?.clientHeight ?? 0) / rowHeight;
    place.current = { row, scrollTop };
    first.value = Math.max(Math.floor(row) - 8, 0);
    end.value = Math.min(Math.ceil(row + visible) + 8, now.current.count);
  };
  const moveTo = (wanted: number) => {
    const element = box.current;
    if (!element) return;
    const most = Math.max(now.current.count - element.clientHeight / rowHeight, 0);
    const row = Math.min(Math.max(wanted, 0), most);
    const range = Math.max(now.current.height - element.clientHeight, 0);
    const target = now.current.isScaled ? (most ? (row / most) * range : 0) : row * rowHeight;
    element.scrollTop = target;
    show(row, element.scrollTop);
  };
  useEffect(() => {
    const element = box.current!;
    const onScroll = () => {
      if (Math.abs(element.scrollTop - place.current.scrollTop) < 1) return;
      const range = Math.max(now.current.height - element.clientHeight, 1);
      const most = now.current.count - element.clientHeight / rowHeight;
      const row = now.current.isScaled ? (element.scrollTop / range) * most : element.scrollTop / rowHeight;
      show(row, element.scrollTop);
    };
    const onWheel = (event: WheelEvent) => {
      if (!now.current.isScaled || event.deltaY === 0 || event.ctrlKey) return;
      event.preventDefault();
      moveTo(place.current.row + event.deltaY / rowHeight);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.target !== element) return;
      const page = element.clientHeight / rowHeight - 1;
      const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
      const step = steps[event.key];
      if (step !== undefined) moveTo(place.current.row + step);
      else if (event.key === "Home") moveTo(0);
      else if (event.key === "End") moveTo(now.current.count);
      else return;
      event.preventDefault();
    };
    const observer = new ResizeObserver(() => show(place.current.row, place.current.scrollTop));
    observer.observe(element);
    element.addEventListener("scroll", onScroll, { passive: true });
    element.addEventListener("wheel", onWheel, { passive: false });
    element.addEventListener("keydown", onKey);
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", onScroll);
      element.removeEventListener("wheel", onWheel);
      element.removeEventListener("keydown", onKey);
    };
  }, [rowHeight]);
  useEffect(() => show(place.current.row, place.current.scrollTop), [count]);
  return {
    box,
    height,
    first,
    end,
    topOf: (row) => place.current.scrollTop + (row - place.current.row) * rowHeight,
    scrollTo: (row, part = 0) => moveTo(row - (part * (box.current?.clientHeight ?? 0)) / rowHeight),
    isAtEnd: () =>
      place.current.row >= now.current.count - (box.current?.clientHeight ?? 0) / rowHeight - 1.5,
  };
}
