// Something that a component loads, with its failure.
import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

export interface Loaded<T> {
  value: Signal<T | null>;
  problem: Signal<string>;
}

/** Loads a value when `key` changes; the last value stays until the next one is there. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const value = useSignal<T | null>(null);
  const problem = useSignal("");
  useEffect(() => {
    const abort = new AbortController();
    problem.value = "";
    load(abort.signal)
      .then((loaded) => {
        if (!abort.signal.aborted) value.value = loaded;
      })
      .catch((error: Error) => {
        if (abort.signal.aborted) return;
        value.value = null;
        problem.value = error.message;
      });
    return () => abort.abort();
  }, [key]);
  return { value, problem };
}
