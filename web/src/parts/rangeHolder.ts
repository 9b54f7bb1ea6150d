// Keeps the range of x of a chart while the pointer is on it: new points of running runs move nothing below it.
import type { ChartOptions, Layout } from "../drawing/layout";
import type { Line } from "../numbers/line";
import type { Range } from "../numbers/scale";

type Options = Omit<ChartOptions, "zoom">;

export class RangeHolder {
  private range: Range | null = null;
  private shown = "";

  /** Notes what a chart shows. */
  keep(layout: Layout | null, lines: readonly Line[], options: Options): void {
    this.range = layout && { low: layout.x.low, high: layout.x.high };
    this.shown = describe(lines, options);
  }

  /** Returns the range of x that the chart has, null if it shows other lines or another axis now. */
  get(lines: readonly Line[], options: Options): Range | null {
    return this.range && this.shown === describe(lines, options) ? this.range : null;
  }
}

function describe(lines: readonly Line[], { xKind, isLogX }: Options): string {
  return `${xKind} ${isLogX} ${lines.map((line) => line.id).join()}`;
}
