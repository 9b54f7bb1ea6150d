// The edge of a panel at the left or right side of the window. Dragging it or the arrow keys change the panel's width.
import type { Signal } from "@preact/signals";

const KEY_STEP = 20;

export interface ResizeEdgeProps {
  label: string;
  class: string;
  width: Signal<number>;
  /** The side of the window at which the panel is. */
  side: "left" | "right";
  /** The least width of the panel, and of the rest of the window. */
  min: number;
  minRest: number;
}

export function ResizeEdge({ label, class: name, width, side, min, minRest }: ResizeEdgeProps) {
  const resize = (wanted: number) => {
    width.value = Math.min(Math.max(wanted, min), innerWidth - minRest);
  };
  const sign = side === "left" ? 1 : -1;
  return (
    <div
      class={name}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width.value}
      tabIndex={0}
      onKeyDown={(event) => {
        const step = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key];
        if (step) resize(width.value + sign * step);
      }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId))
          resize(side === "left" ? event.clientX : innerWidth - event.clientX);
      }}
    />
  );
}
