// Draws charts in frames of the browser: those in view first, and only so many in a frame that the page stays fluent.

export interface FrameJob {
  /** Returns how far the job is from what the user looks at; 0: it is in view. */
  distance(): number;
  draw(): void;
}

const FRAME_BUDGET_MS = 10;
const waiting = new Set<FrameJob>();
let frame = 0;

/** Draws a job in one of the next frames, however often it is scheduled until then. */
export function scheduleFrame(job: FrameJob): void {
  waiting.add(job);
  if (frame === 0) frame = requestAnimationFrame(drawFrame);
}

export function cancelFrame(job: FrameJob): void {
  waiting.delete(job);
}

function drawFrame(): void {
  frame = 0;
  const start = performance.now();
  const jobs = [...waiting].map((job) => ({ job, distance: job.distance() }));
  jobs.sort((a, b) => a.distance - b.distance);
  for (const { job } of jobs) {
    waiting.delete(job);
    job.draw();
    if (performance.now() - start > FRAME_BUDGET_MS) break;
  }
  if (waiting.size) frame = requestAnimationFrame(drawFrame);
}
