// What the pointer is on, shared by several panels: a value of x, the panel, and the range of x while it is dragged.
import { computed, effect, type Signal, signal } from "@preact/signals";
import type { Range } from "../numbers/scale";
import { axis, hoveredRun, isLogX, zoom } from "./view";

/** What panels with the same x have in common. */
export class SharedCursor {
  /** A value of x, and the metric of the panel where the pointer is. */
  readonly cursor = signal<{ x: number; metric: string } | null>(null);
  /** The cursor stays where it is until the next click. */
  readonly isLocked = signal(false);
  /** The range of x while a panel is dragged; `zoom` gets it at the end. */
  readonly draggedRange = signal<Range | null>(null);
  readonly shownZoom = computed(() => this.draggedRange.value ?? this.zoom.value);

  constructor(readonly zoom: Signal<Range | null>) {}

  /** Moves the cursor, unless it is locked. */
  move(x: number, metric: string, run: string): void {
    if (this.isLocked.value) return;
    this.cursor.value = { x, metric };
    hoveredRun.value = run;
  }

  clear(): void {
    if (this.isLocked.value) return;
    this.cursor.value = null;
    hoveredRun.value = "";
  }

  unlock(): void {
    this.isLocked.value = false;
    this.clear();
  }
}

/** The cursor of the charts of all runs, whose range is in the address. */
export const chartCursor = new SharedCursor(zoom);

/** A range or a value of one axis means nothing on another one. */
export function followAxis(): void {
  let before = axis.peek();
  effect(() => {
    if (axis.value === before) return;
    before = axis.value;
    zoom.value = null;
    chartCursor.unlock();
  });
  effect(() => {
    if (isLogX.value && (zoom.peek()?.low ?? 1) <= 0) zoom.value = null;
  });
}
