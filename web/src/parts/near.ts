// Whether an element is near the visible part of the page, so that it is time to load its content.
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

const MARGIN = "300px";

export function useNear<T extends Element>(): { box: { current: T | null }; isNear: Signal<boolean> } {
  const box = useRef<T>(null);
  const isNear = useSignal(false);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => (isNear.value = entries.at(-1)!.isIntersecting), {
      rootMargin: MARGIN,
    });
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, [isNear]);
  return { box, isNear };
}
