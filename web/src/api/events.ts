// The stream of changes of the stores.
import { hasServer } from "./client";

export interface Change {
  store: number;
  version: number;
  live: string[];
  changed: string[];
}

/** Follows the changes; the browser connects again by itself. Returns a function that ends it. */
export function followChanges(
  onChange: (change: Change) => void,
  onConnection: (isConnected: boolean) => void,
): () => void {
  if (!hasServer()) {
    onConnection(true);
    return () => {};
  }
  const source = new EventSource("/api/events");
  source.onopen = () => onConnection(true);
  source.onerror = () => onConnection(false);
  source.addEventListener("change", (event) =>
    onChange(JSON.parse((event as MessageEvent<string>).data) as Change),
  );
  return () => source.close();
}
