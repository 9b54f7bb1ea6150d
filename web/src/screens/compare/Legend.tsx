// The colours of a plot.
import type { Coloring } from "./plots";

export function Legend({ coloring: { legend, isRange }, name }: { coloring: Coloring; name: string }) {
  if (!legend.length) return null;
  return (
    <div class="plot-legend">
      <span class="muted">{name}</span>
      {isRange ? (
        <>
          <span class="number">{legend[0]!.text}</span>
          <span class="ramp">
            {legend.map((each) => (
              <span key={each.color} style={{ background: each.color }} />
            ))}
          </span>
          <span class="number">{legend.at(-1)!.text}</span>
        </>
      ) : (
        legend.map((each) => (
          <span key={each.text}>
            <span class="swatch" style={{ background: each.color }} />
            {each.text}
          </span>
        ))
      )}
    </div>
  );
}
