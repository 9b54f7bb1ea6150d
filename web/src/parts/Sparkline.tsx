// A small curve in a cell: line, gaps at values that are not numbers, a dot at the last value.
import type { Sparkline as Curve } from "../api/records";

interface SparklineProps {
  curve: Curve | null | undefined;
  color: string;
  width: number;
  height: number;
}

const EDGE = 2;

export function Sparkline({ curve, color, width, height }: SparklineProps) {
  if (!curve?.steps.length) return <span class="sparkline" />;
  const shape = drawCurve(curve, width, height);
  const bad = curve.values.some((value) => typeof value !== "number");
  const title = `${curve.total.toLocaleString("en")} points${
    curve.values.length < curve.total ? `, ${curve.values.length} drawn` : ""
  }${bad ? ", with NaN or infinite values" : ""}`;
  return (
    <svg class="sparkline" width={width} height={height} role="img" aria-label={title}>
      <title>{title}</title>
      <path d={shape.path} fill="none" stroke={color} stroke-width="1.25" stroke-linejoin="round" />
      {shape.end && <circle cx={shape.end[0]} cy={shape.end[1]} r="1.75" fill={color} />}
    </svg>
  );
}

function drawCurve(curve: Curve, width: number, height: number) {
  const finite = curve.values.filter((value) => typeof value === "number");
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const first = Math.min(...curve.steps);
  const last = Math.max(...curve.steps);
  const x = (step: number) => EDGE + ((step - first) / (last - first || 1)) * (width - 2 * EDGE);
  const y = (value: number) =>
    high === low ? height / 2 : height - EDGE - ((value - low) / (high - low)) * (height - 2 * EDGE);
  let path = "";
  let end: [number, number] | null = null;
  let isGap = true;
  for (const [i, value] of curve.values.entries()) {
    if (typeof value !== "number") {
      isGap = true;
      continue;
    }
    end = [Number(x(curve.steps[i]!).toFixed(1)), Number(y(value).toFixed(1))];
    path += `${isGap ? "M" : "L"}${end[0]} ${end[1]}`;
    isGap = false;
  }
  return { path, end };
}
