// A screen whose code is loaded when it is first shown.
import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";

const loaded = new Map<string, ComponentType>();

export interface LazyProps {
  name: string;
  load: () => Promise<ComponentType>;
}

export function Lazy({ name, load }: LazyProps) {
  const version = useSignal(0);
  const failure = useSignal("");
  useEffect(() => {
    if (loaded.has(name)) return;
    load().then(
      (component) => {
        loaded.set(name, component);
        version.value += 1;
      },
      () => {
        failure.value = "This screen cannot be loaded. Reload the page.";
      },
    );
  }, [name]);
  void version.value;
  const Screen = loaded.get(name);
  if (failure.value) return <p class="problem">{failure.value}</p>;
  return Screen ? <Screen /> : <section class="compare-screen" aria-busy="true" />;
}
