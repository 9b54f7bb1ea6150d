// The values at the pointer, nearest first.
import type { Signal } from "@preact/signals";
import type { NearPoint } from "../drawing/chart";
import { formatNumber, formatSeconds } from "../numbers/format";

interface ReadoutProps {
  near: Signal<{ points: NearPoint[]; px: number; py: number } | null>;
  nameOf: (run: string) => string;
  isTime: boolean;
}

export function Readout({ near, nameOf, isTime }: ReadoutProps) {
  const now = near.value;
  const first = now?.points[0];
  if (!now || !first) return null;
  const x = first.line.xs[first.index]!;
  const side = now.px > 260 ? { right: `calc(100% - ${now.px - 14}px)` } : { left: `${now.px + 14}px` };
  return (
    <div class="readout" style={{ ...side, top: `${Math.max(now.py - 20, 0)}px` }}>
      <div class="muted">{isTime ? formatSeconds(x) : `step ${formatNumber(x, 7)}`}</div>
      <table>
        <tbody>
          {now.points.map(({ line, index }, i) => (
            <tr key={line.id} class={i === 0 ? "first" : ""}>
              <td>
                <span class="swatch" style={{ background: line.color }} />
                {nameOf(line.id)}
              </td>
              <td class="number">{formatNumber(line.ys[index]!, 5)}</td>
              {line.raw && <td class="number muted">{formatNumber(line.raw[index]!, 5)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
