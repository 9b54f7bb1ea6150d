// What the pointer is on, shared by all panels: a value of x, and the zoomed range of x.
import { signal } from "@preact/signals";
import type { Range } from "../numbers/scale";

/** A value of x; `axis`: it is a time. */
export const cursor = signal<{ x: number; axis: boolean } | null>(null);
export const zoom = signal<Range | null>(null);
