// The values at the pointer, nearest first. It stands beside the points and never covers them.
import type { Signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { formatNumber } from "../numbers/format";
import type { Band } from "../numbers/line";
import type { Near } from "./Chart";

interface ReadoutProps {
  near: Signal<Near | null>;
  box: RefObject<HTMLElement | null>;
  formatX: (x: number) => string;
  isLocked: boolean;
}

const GAP = 16;
const EDGE = 4;

export function Readout({ near, box, formatX, isLocked }: ReadoutProps) {
  const element = useRef<HTMLDivElement>(null);
  const now = near.value;
  useLayoutEffect(() => {
    if (element.current && box.current && now)
      place(element.current, box.current.getBoundingClientRect(), now);
  });
  const first = now?.points[0];
  if (!now || !first) return null;
  const hasRaw = now.points.some(({ line }) => line.raw);
  const hasBand = now.points.some(({ line }) => line.band);
  return (
    <div class="readout" ref={element} role="status">
      <div class="muted">
        {formatX(first.line.xs[first.index]!)}
        {isLocked && " · locked"}
      </div>
      <table>
        {(hasRaw || hasBand) && (
          <thead>
            <tr>
              <th />
              <th class="number">{hasRaw ? "smoothed" : "value"}</th>
              {hasRaw && <th class="number">raw</th>}
              {hasBand && <th class="number">band</th>}
              {hasBand && <th class="number">n</th>}
            </tr>
          </thead>
        )}
        <tbody>
          {now.points.map(({ line, index }, i) => (
            <tr key={line.id} class={i === 0 ? "first" : ""}>
              <td class="name">
                <span class="swatch" style={{ background: line.color }} />
                {line.name}
              </td>
              <td class="number">{formatNumber(line.ys[index]!, 5)}</td>
              {hasRaw && <td class="number muted">{line.raw && formatNumber(line.raw[index]!, 5)}</td>}
              {hasBand && <td class="number muted">{line.band && formatBand(line.band, index)}</td>}
              {hasBand && <td class="number muted">{line.band?.counts[index]}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {now.more > 0 && <div class="muted">and {now.more.toLocaleString("en")} more</div>}
    </div>
  );
}

function formatBand({ lows, highs }: Band, index: number): string {
  return `${formatNumber(lows[index]!, 4)} – ${formatNumber(highs[index]!, 4)}`;
}

/** Places the readout beside the pointer, within the window; above the chart for a finger. */
function place(element: HTMLElement, chart: DOMRect, { px, py, isTouch }: Near): void {
  const { offsetWidth: width, offsetHeight: height } = element;
  const x = chart.left + px;
  let left = x + GAP + width < innerWidth - EDGE ? x + GAP : x - GAP - width;
  let top = chart.top + py - height / 2;
  if (isTouch) {
    left = Math.min(Math.max(x - width / 2, EDGE), innerWidth - width - EDGE);
    top = chart.top - height - EDGE;
  }
  element.style.left = `${Math.max(left, EDGE)}px`;
  element.style.top = `${Math.min(Math.max(top, EDGE), Math.max(innerHeight - height - EDGE, EDGE))}px`;
}
