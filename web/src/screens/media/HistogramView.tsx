// A histogram of an event file as bars. Buckets are of different widths: a bar's area is its count.
import { getJson } from "../../api/client";
import type { MediaItem } from "../../api/records";
import { formatNumber } from "../../numbers/format";
import { useLoaded } from "../../state/loaded";

interface Bucket {
  low: number;
  high: number;
  values: number;
}

const [WIDTH, HEIGHT] = [200, 90];

export function HistogramView({ run, item }: { run: string; item: MediaItem }) {
  const { path, key } = item;
  const { value, problem } = useLoaded(`${run} ${path} ${key}`, (signal) =>
    getJson<{ buckets: Bucket[] }>(`/api/runs/${run}/histogram`, { path, key }, signal),
  );
  if (problem.value) return <p class="problem">{problem.value}</p>;
  const buckets = (value.value?.buckets ?? []).filter(
    (each) => Number.isFinite(each.low) && each.high > each.low,
  );
  if (!buckets.length) return <p class="muted">{value.value ? "empty" : ""}</p>;
  const [low, high] = [buckets[0]!.low, buckets.at(-1)!.high];
  const scale = WIDTH / (high - low);
  const densities = buckets.map((each) => each.values / (each.high - each.low));
  const most = Math.max(...densities) || 1;
  const count = buckets.reduce((sum, each) => sum + each.values, 0);
  return (
    <figure class="histogram">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Histogram of ${formatNumber(count)} values`}
      >
        {buckets.map((each, i) => {
          const height = (densities[i]! / most) * HEIGHT;
          const width = Math.max((each.high - each.low) * scale - 0.3, 0.3);
          return (
            <rect key={i} x={(each.low - low) * scale} y={HEIGHT - height} width={width} height={height} />
          );
        })}
      </svg>
      <figcaption class="muted">
        <span>{formatNumber(low, 3)}</span>
        <span>{formatNumber(count, 4)} values</span>
        <span>{formatNumber(high, 3)}</span>
      </figcaption>
    </figure>
  );
}
