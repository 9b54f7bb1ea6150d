// A plot whose points are runs: the pointer on one shows its text, a click opens it.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { PlotArea } from "../drawing/marks";
import { drawPlot, findRunAt, layOutPlot, type PlotContent } from "../drawing/plot";
import { hoveredRun, showRun } from "../state/view";
import { Canvas } from "./Canvas";
import "./Plot.css";

export interface PlotProps {
  label: string;
  content: PlotContent;
  /** Returns the text of a run at the pointer. */
  describe: (id: string) => string;
  class?: string;
}

export function Plot({ label, content, describe, class: name = "" }: PlotProps) {
  const area = useRef<PlotArea | null>(null);
  const tip = useSignal<{ x: number; y: number; text: string } | null>(null);
  const find = (event: PointerEvent | MouseEvent) => {
    const bounds = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const [x, y] = [event.clientX - bounds.left, event.clientY - bounds.top];
    return { x, y, id: area.current ? findRunAt(content, area.current, x, y) : "", width: bounds.width };
  };
  return (
    <Canvas
      label={label}
      class={name}
      draw={(context, width, height, palette) => {
        area.current = layOutPlot(context, content, width, height);
        drawPlot(context, content, area.current, palette, hoveredRun.peek());
      }}
      handlers={{
        onPointerMove: (event) => {
          const { x, y, id, width } = find(event);
          hoveredRun.value = id;
          tip.value = id ? { x: Math.min(x + 12, width - 180), y: y + 12, text: describe(id) } : null;
        },
        onPointerLeave: () => {
          hoveredRun.value = "";
          tip.value = null;
        },
        onClick: (event) => {
          const { id } = find(event);
          if (id) showRun(id);
        },
      }}
    >
      {tip.value && (
        <div class="readout plot-tip" style={{ left: `${tip.value.x}px`, top: `${tip.value.y}px` }}>
          {tip.value.text}
        </div>
      )}
    </Canvas>
  );
}
