// A canvas that fills its box, drawn again when it is resized, when the colours change, and when its parent says so.
import { useSignalEffect } from "@preact/signals";
import type { ComponentChildren, HTMLAttributes } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Palette, readPalette } from "../drawing/palette";
import { paletteVersion } from "../state/settings";
import { hoveredRun } from "../state/view";
import "./Canvas.css";

export type Draw = (
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  palette: Palette,
) => void;

export interface CanvasProps {
  label: string;
  draw: Draw;
  class?: string;
  handlers?: HTMLAttributes<HTMLDivElement>;
  children?: ComponentChildren;
}

export function Canvas({ label, draw, class: name = "", handlers = {}, children }: CanvasProps) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef(draw);
  const frame = useRef(0);
  latest.current = draw;
  const paint = useRef(() => {
    if (frame.current) return;
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      if (box.current && canvas.current) drawNow(box.current, canvas.current, latest.current);
    });
  }).current;
  useEffect(() => {
    const observer = new ResizeObserver(paint);
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, [paint]);
  useEffect(paint);
  useSignalEffect(() => {
    void [paletteVersion.value, hoveredRun.value];
    paint();
  });
  return (
    <div class={`canvas ${name}`} ref={box} role="img" aria-label={label} {...handlers}>
      <canvas ref={canvas} />
      {children}
    </div>
  );
}

function drawNow(box: HTMLElement, canvas: HTMLCanvasElement, draw: Draw): void {
  const { width, height } = box.getBoundingClientRect();
  if (!width || !height) return;
  const ratio = Math.min(devicePixelRatio, 2);
  const size = [Math.round(width * ratio), Math.round(height * ratio)] as const;
  if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
  const context = canvas.getContext("2d")!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  draw(context, width, height, readPalette());
}
