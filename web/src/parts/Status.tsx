// The status of a run, by shape and colour.
const SHAPES: Record<string, [path: string, fill: boolean]> = {
  running: ["M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3z", true],
  pending: ["M8 3.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9z", false],
  staged: ["M8 3.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9z", false],
  completed: ["M3.5 8.5 6.5 11.5 12.5 4.5", false],
  error: ["M4 4 12 12M12 4 4 12", false],
  terminated: ["M4 4h8v8H4z", true],
  damaged: ["M8 3v6M8 11.5v1", false],
};

export function Status({ status }: { status: string }) {
  const [path, fill] = SHAPES[status] ?? SHAPES.damaged!;
  return (
    <svg class={`status ${status}`} viewBox="0 0 16 16" role="img" aria-label={status}>
      <title>{status}</title>
      <path
        d={path}
        fill={fill ? "currentColor" : "none"}
        stroke="currentColor"
        stroke-width={fill ? 0 : 1.8}
        stroke-linecap="round"
      />
    </svg>
  );
}
