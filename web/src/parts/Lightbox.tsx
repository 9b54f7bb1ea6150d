// An image as large as the window: zoom with the wheel or + and −, move by dragging, Esc closes.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import "./Lightbox.css";

interface ShownImage {
  url: string;
  title: string;
  /** Shows the image before (-1) or after (1) this one, if there is one. */
  step?: ((by: number) => void) | undefined;
}

const shown = signal<ShownImage | null>(null);
const view = signal({ scale: 1, x: 0, y: 0 });
const [MIN, MAX] = [0.2, 40];

export function showImage(url: string, title: string, step?: (by: number) => void): void {
  if (!shown.peek()) view.value = { scale: 1, x: 0, y: 0 };
  shown.value = { url, title, step };
}

function zoomBy(factor: number): void {
  const { scale, x, y } = view.value;
  const next = Math.min(Math.max(scale * factor, MIN), MAX);
  view.value = { scale: next, x: (x * next) / scale, y: (y * next) / scale };
}

export function Lightbox() {
  const image = shown.value;
  return image ? <Open image={image} /> : null;
}

function Open({ image }: { image: ShownImage }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current!.focus();
    const element = box.current!;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      zoomBy(Math.exp(-event.deltaY / 300));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      element.removeEventListener("wheel", onWheel);
      before?.focus();
    };
  }, []);
  const onKey = (event: KeyboardEvent) => {
    const factor = { "+": 1.25, "=": 1.25, "-": 0.8 }[event.key];
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (factor) zoomBy(factor);
    else if (event.key === "0") view.value = { scale: 1, x: 0, y: 0 };
    else if (event.key === "Escape") shown.value = null;
    else if (step) image.step?.(step);
    else if (event.key !== "Tab") return;
    event.preventDefault();
    event.stopPropagation();
  };
  const { scale, x, y } = view.value;
  return (
    <div
      class="lightbox"
      role="dialog"
      aria-modal="true"
      aria-label={image.title}
      tabIndex={-1}
      ref={box}
      onKeyDown={onKey}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget || (event.target as HTMLElement).tagName === "IMG")
          event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        view.value = { ...view.value, x: x + event.movementX, y: y + event.movementY };
      }}
      onDblClick={() => zoomBy(2)}
    >
      <img
        class={scale > 2 ? "pixels" : ""}
        src={image.url}
        alt={image.title}
        draggable={false}
        style={{ transform: `translate(${x}px, ${y}px) scale(${scale})` }}
      />
      <div class="lightbox-bar">
        <span class="grow">{image.title}</span>
        <span class="muted">{Math.round(scale * 100)} %</span>
        <button type="button" aria-label="Zoom out" onClick={() => zoomBy(0.8)}>
          −
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => zoomBy(1.25)}>
          +
        </button>
        <button type="button" aria-label="Close" onClick={() => (shown.value = null)}>
          ✕
        </button>
      </div>
    </div>
  );
}
