// What pointer, wheel and keys do in a chart. Drag zooms x, with Shift it pans; a click locks the crosshair; a double
// click shows everything. A finger moves the crosshair, two fingers zoom.
import type { Layout } from "../drawing/layout";
import { type Painter, panRange, scaleRange } from "../drawing/painter";
import { rangeOfPixels } from "../numbers/scale";
import type { SharedCursor } from "../state/cursor";

const MIN_DRAG_PIXELS = 5;
const WHEEL_STEP = 0.002;
const KEY_ZOOM = 0.7;
const KEY_PAN = 0.2;

interface Drag {
  from: number;
  isPan: boolean;
  /** The chart before it was dragged. */
  layout: Layout;
}

interface Pinch {
  distance: number;
  layout: Layout;
}

export class Gestures {
  selection: [number, number] | null = null;
  /** Where the pointer is in this chart; null if it is not here. */
  place: { px: number; py: number; isTouch: boolean } | null = null;
  private drag: Drag | null = null;
  private readonly fingers = new Map<number, number>();
  private pinch: Pinch | null = null;

  constructor(
    private readonly box: HTMLElement,
    private readonly painter: Painter,
    private readonly shared: SharedCursor,
    private readonly metric: () => string,
    private readonly onMove: () => void,
  ) {}

  /** Listens until the function that is returned is called. */
  listen(): () => void {
    const abort = new AbortController();
    const { signal } = abort;
    const on = <K extends keyof HTMLElementEventMap>(
      type: K,
      call: (event: HTMLElementEventMap[K]) => void,
    ) => this.box.addEventListener(type, call, { signal, passive: type !== "wheel" });
    on("pointermove", (event) => this.move(event));
    on("pointerdown", (event) => this.press(event));
    on("pointerup", (event) => this.release(event));
    on("pointercancel", (event) => this.cancel(event));
    on("pointerleave", (event) => {
      if (event.pointerType !== "touch") this.leave(); // the values stay when the finger is lifted
    });
    on("dblclick", () => {
      this.shared.unlock();
      this.shared.zoom.value = null;
    });
    on("wheel", (event) => this.turn(event));
    this.box.addEventListener("keydown", (event) => this.type(event), { signal });
    this.box.addEventListener("blur", () => this.leave(), { signal });
    return () => abort.abort();
  }

  private locate(event: MouseEvent): { px: number; py: number } {
    const bounds = this.box.getBoundingClientRect();
    return { px: event.clientX - bounds.left, py: event.clientY - bounds.top };
  }

  private move(event: PointerEvent): void {
    const { px, py } = this.locate(event);
    if (this.fingers.has(event.pointerId)) this.fingers.set(event.pointerId, px);
    if (this.pinch) this.movePinch(this.pinch);
    else if (this.drag) this.moveDrag(this.drag, px);
    else this.point(px, py, event.pointerType === "touch");
  }

  private moveDrag({ from, isPan, layout }: Drag, px: number): void {
    if (Math.abs(px - from) < MIN_DRAG_PIXELS && !this.selection && !this.shared.draggedRange.peek()) return;
    if (isPan) this.shared.draggedRange.value = panRange(layout, px - from);
    else {
      this.selection = [from, px];
      this.painter.paintPointer();
    }
  }

  /** Moves the crosshair to the point that is nearest to a place. */
  private point(px: number, py: number, isTouch: boolean): void {
    if (this.shared.isLocked.peek()) return;
    this.place = { px, py, isTouch };
    const near = this.painter.findNear(px, py);
    const first = near?.points[0];
    if (near)
      this.shared.move(first ? first.line.xs[first.index]! : near.x, this.metric(), first?.line.id ?? "");
    this.onMove();
  }

  private press(event: PointerEvent): void {
    const { px, py } = this.locate(event);
    if (event.pointerType === "touch") {
      this.fingers.set(event.pointerId, px);
      const { layout } = this.painter;
      if (this.fingers.size === 2 && layout) this.pinch = { distance: this.spread(), layout };
      else this.point(px, py, true);
      return;
    }
    const { layout } = this.painter;
    if (event.button !== 0 || !layout) return;
    this.drag = { from: px, isPan: event.shiftKey, layout };
    this.box.setPointerCapture(event.pointerId);
  }

  private release(event: PointerEvent): void {
    if (this.endTouch(event)) return;
    const { drag, selection } = this;
    const { layout } = this.painter;
    this.drag = null;
    this.selection = null;
    if (drag?.isPan && this.shared.draggedRange.peek()) this.commit();
    else if (selection && layout) {
      const area = selection.map((px) => Math.min(Math.max(px, layout.left), layout.right));
      this.shared.zoom.value = rangeOfPixels(layout.x, area[0]!, area[1]!);
    } else if (drag) this.toggleLock(event);
    this.painter.paintPointer();
  }

  private endTouch(event: PointerEvent): boolean {
    if (!this.fingers.delete(event.pointerId)) return false;
    if (this.pinch) this.commit();
    this.pinch = null;
    return true;
  }

  private cancel(event: PointerEvent): void {
    this.endTouch(event);
    this.drag = null;
    this.selection = null;
    this.shared.draggedRange.value = null;
    this.painter.paintPointer();
  }

  private leave(): void {
    if (this.drag) return;
    if (!this.shared.isLocked.peek()) this.place = null;
    this.shared.clear();
    this.onMove();
  }

  private toggleLock(event: MouseEvent): void {
    const { px, py } = this.locate(event);
    if (this.shared.isLocked.peek()) {
      this.shared.isLocked.value = false;
      this.point(px, py, false);
    } else {
      this.point(px, py, false);
      this.shared.isLocked.value = true;
    }
    this.onMove();
  }

  private spread(): number {
    const [a, b] = [...this.fingers.values()];
    return Math.max(Math.abs(a! - b!), 10);
  }

  private movePinch({ distance, layout }: Pinch): void {
    const [a, b] = [...this.fingers.values()];
    if (b !== undefined)
      this.shared.draggedRange.value = scaleRange(layout, (a! + b) / 2, distance / this.spread());
  }

  /** Keeps the range that was dragged. */
  private commit(): void {
    const range = this.shared.draggedRange.peek();
    if (range) this.shared.zoom.value = range;
    this.shared.draggedRange.value = null;
  }

  private turn(event: WheelEvent): void {
    const { layout } = this.painter;
    if (!(event.altKey || event.ctrlKey) || !layout) return;
    event.preventDefault();
    const factor = Math.exp((event.deltaY || event.deltaX) * WHEEL_STEP);
    this.shared.zoom.value = scaleRange(layout, this.locate(event).px, factor);
  }

  private type(event: KeyboardEvent): void {
    const { layout } = this.painter;
    if (!layout || event.ctrlKey || event.metaKey || event.altKey) return;
    const middle = (layout.left + layout.right) / 2;
    const actions: Record<string, () => void> = {
      ArrowLeft: () => (event.shiftKey ? this.pan(1) : this.step(-1)),
      ArrowRight: () => (event.shiftKey ? this.pan(-1) : this.step(1)),
      "+": () => (this.shared.zoom.value = scaleRange(layout, this.place?.px ?? middle, KEY_ZOOM)),
      "-": () => (this.shared.zoom.value = scaleRange(layout, this.place?.px ?? middle, 1 / KEY_ZOOM)),
      "0": () => (this.shared.zoom.value = null),
      Enter: () => (this.shared.isLocked.value = !this.shared.isLocked.value && this.place !== null),
      Escape: () => this.shared.unlock(),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
    this.onMove();
  }

  private pan(direction: number): void {
    const { layout } = this.painter;
    if (layout) this.shared.zoom.value = panRange(layout, direction * KEY_PAN * (layout.right - layout.left));
  }

  /** Moves the crosshair by a point of the line that it is on. */
  private step(direction: number): void {
    const layout = this.painter.layout!;
    const { px, py } = this.place ?? { px: layout.left, py: layout.top };
    const first = this.painter.findNear(px, py)?.points[0];
    if (!first) return;
    const { xs, ys } = first.line;
    const index = this.place ? Math.min(Math.max(first.index + direction, 0), xs.length - 1) : first.index;
    this.point(layout.x.toPixel(xs[index]!), layout.y.toPixel(ys[index]!), false);
  }
}
