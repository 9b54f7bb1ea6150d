// The names above the axes: drag one to move its axis, double-click to invert it. By keyboard: arrows left and right
// move, Enter inverts, L switches the logarithmic scale, arrows up and down narrow the brush, Escape clears it.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { ParallelArea, ParallelAxis } from "../../drawing/parallel";
import { type AxisSetting, moveAxis } from "./axes";

const NARROW = 0.1;
const DRAG_PIXELS = 5;
/** Above so many axes, names are in two lines. */
const STAGGERED = 5;

type Brush = readonly [number, number];

export interface AxisHeadsProps {
  axes: readonly ParallelAxis[];
  settings: readonly AxisSetting[];
  area: { current: ParallelArea | null };
  save: (settings: readonly AxisSetting[]) => void;
  brushes: Readonly<Record<string, Brush>>;
  setBrush: (name: string, brush: Brush | null) => void;
}

export function AxisHeads({ axes, settings, area, save, brushes, setBrush }: AxisHeadsProps) {
  const dragged = useSignal<{ at: number; shift: number } | null>(null);
  const start = useRef(0);
  const change = (at: number, values: Partial<AxisSetting>) =>
    save(settings.map((each, i) => (i === at ? { ...each, ...values } : each)));
  const drop = (at: number) => {
    const shift = dragged.value?.shift ?? 0;
    dragged.value = null;
    const xs = area.current?.xs;
    if (!xs || Math.abs(shift) < DRAG_PIXELS) return;
    const step = xs.length > 1 ? xs[1]! - xs[0]! : 1;
    const to = at + Math.round(shift / step);
    if (to !== at) save(moveAxis(settings, at, to));
  };
  const press = (event: KeyboardEvent, at: number) => {
    const { name, isInverted } = settings[at]!;
    const [low, high] = brushes[name] ?? [0, 1];
    const actions: Record<string, () => void> = {
      ArrowLeft: () => save(moveAxis(settings, at, at - 1)),
      ArrowRight: () => save(moveAxis(settings, at, at + 1)),
      Enter: () => change(at, { isInverted: !isInverted }),
      l: () => change(at, { isLog: axes[at]!.axis.kind !== "log" }),
      ArrowUp: () => setBrush(name, [Math.min(low + NARROW, high), high]),
      ArrowDown: () => setBrush(name, [low, Math.max(high - NARROW, low)]),
      Escape: () => setBrush(name, null),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };
  const isTight = axes.length > STAGGERED;
  return (
    <div class="axis-heads" style={{ "--steps": Math.max(axes.length - 1, 1), "--stagger": isTight ? 2 : 1 }}>
      {axes.map(({ axis, isInverted }, at) => (
        <button
          key={axis.name}
          type="button"
          class={`plain axis-head${isTight && at % 2 ? " upper" : ""}`}
          title={`${axis.name}: drag to move, double-click to invert, L for a logarithmic scale`}
          style={{ "--at": at, "--shift": `${dragged.value?.at === at ? dragged.value.shift : 0}px` }}
          onDblClick={() => change(at, { isInverted: !isInverted })}
          onKeyDown={(event) => press(event, at)}
          onPointerDown={(event) => {
            start.current = event.clientX;
            event.currentTarget.setPointerCapture(event.pointerId);
            dragged.value = { at, shift: 0 };
          }}
          onPointerMove={(event) => {
            if (dragged.value?.at === at) dragged.value = { at, shift: event.clientX - start.current };
          }}
          onPointerUp={() => drop(at)}
        >
          <span class="axis-name">{axis.name}</span>
          <span class="muted">
            {isInverted ? " ↓" : ""}
            {axis.kind === "log" ? " log" : ""}
          </span>
        </button>
      ))}
    </div>
  );
}
