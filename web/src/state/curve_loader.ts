// Loads curves, one request at a time. A curve is loaded if it is wanted and not fresh; nothing else decides.
//
// Each answer is kept under its metric and run, so it is right whatever was selected in the meantime. `changed` counts
// the changes of a run; an answer has the count of when it was requested. Thus a change while a request is under way
// makes its answer stale, and it is requested again. After each answer, each failure and each call of `want`, `changed`
// and `retry` the next request is planned, so that nothing that is wanted is ever forgotten.
import type { Curve, loadCurves } from "../api/curves";
import { appendColumn } from "../numbers/columns";
import { type Entries, type Entry, planRequest, type Request, type Wanted } from "./curve_plan";

type Load = typeof loadCurves;

const MAX_HELD_POINTS = 8_000_000;
/** A thinned curve is thinned again when it has grown by this factor. */
const MAX_GROWTH = 1.5;
const EMPTY = new Float64Array(0);
const NO_ENTRY: Entry = {
  curve: null,
  version: -1,
  points: 0,
  limit: 0,
  problem: "",
  detail: null,
  detailOf: null,
  detailVersion: -1,
};
const NOTHING: Wanted = { metrics: [], runs: [], points: 0, detail: () => null };

export interface LoaderEvents {
  /** The curves of these metrics are others. */
  onCurves: (metrics: readonly string[]) => void;
  /** The server answered, or it does not answer. */
  onConnection: (isConnected: boolean) => void;
  /** Returns whether the server could not be reached, so that the request is worth repeating. */
  isUnreachable: (error: unknown) => boolean;
  /** Calls a function later. */
  later: (call: () => void, attempt: number) => void;
}

export class CurveLoader {
  readonly entries: Entries = new Map();
  private readonly versions = new Map<string, number>();
  private wanted: Wanted = NOTHING;
  private inFlight: { request: Request; abort: AbortController } | null = null;
  private attempts = 0;
  private isWaiting = false;

  constructor(
    private readonly load: Load,
    private readonly events: LoaderEvents,
  ) {}

  /** Says what is shown. */
  want(wanted: Wanted): void {
    this.wanted = wanted;
    if (this.inFlight && !isNeeded(this.inFlight.request, wanted)) this.inFlight.abort.abort();
    this.next();
  }

  /** Says that runs changed: what is wanted of them is loaded again. */
  changed(runs: Iterable<string>): void {
    for (const run of runs) this.versions.set(run, (this.versions.get(run) ?? 0) + 1);
    this.next();
  }

  /** Tries again at once, if the server could not be reached. */
  retry(): void {
    this.isWaiting = false;
    this.next();
  }

  private next(): void {
    if (this.inFlight || this.isWaiting) return;
    const request = planRequest(this.wanted, this.entries, this.versions);
    if (!request) return;
    this.inFlight = { request, abort: new AbortController() };
    void this.send(request, this.inFlight.abort);
  }

  private async send(request: Request, abort: AbortController): Promise<void> {
    try {
      const curves = await this.load(request.query, abort.signal);
      if (!abort.signal.aborted) {
        this.take(request, curves);
        this.attempts = 0;
        this.events.onConnection(true);
      }
    } catch (error) {
      if (!abort.signal.aborted) this.fail(request, error);
    }
    this.inFlight = null;
    this.next();
  }

  private fail(request: Request, error: unknown): void {
    if (!this.events.isUnreachable(error)) {
      this.forEach(request, (entry, version) => {
        entry.problem = error instanceof Error ? error.message : String(error);
        this.settle(entry, request, version);
      });
      this.events.onCurves(request.query.metrics);
      return;
    }
    this.isWaiting = true;
    this.events.onConnection(false);
    this.events.later(() => this.retry(), this.attempts++);
  }

  private take(request: Request, curves: readonly Curve[]): void {
    const answered = new Map(curves.map((curve) => [`${curve.run} ${curve.metric}`, curve]));
    this.forEach(request, (entry, version, run, metric) => {
      const curve = answered.get(`${run} ${metric}`) ?? makeEmpty(run, metric);
      this.settle(entry, request, version);
      entry.problem = "";
      if (request.detail) entry.detail = curve;
      else if (curve.start > 0) entry.curve = joinCurves(entry.curve, curve);
      else {
        entry.curve = curve;
        entry.points = request.query.points!;
        entry.limit = Math.max(entry.points, curve.values.length) * MAX_GROWTH;
      }
    });
    this.events.onCurves(request.query.metrics);
    this.forget();
  }

  /** Notes that the request was answered for a curve, however. */
  private settle(entry: Entry, request: Request, version: number): void {
    if (!request.detail) entry.version = version;
    else {
      entry.detailOf = request.detail;
      entry.detailVersion = version;
    }
  }

  private forEach(
    { query, versions }: Request,
    call: (entry: Entry, version: number, run: string, metric: string) => void,
  ): void {
    for (const metric of query.metrics) {
      const known = new Map(this.entries.get(metric));
      for (const [i, run] of query.runs.entries()) {
        const entry = { ...(known.get(run) ?? NO_ENTRY) };
        call(entry, versions[i]!, run, metric);
        known.set(run, entry);
      }
      this.entries.set(metric, known);
    }
  }

  /** Forgets metrics that are not shown, if many points are held. */
  private forget(): void {
    let held = 0;
    for (const known of this.entries.values()) {
      for (const { curve, detail } of known.values())
        held += (curve?.values.length ?? 0) + (detail?.values.length ?? 0);
    }
    if (held <= MAX_HELD_POINTS) return;
    const runs = new Set(this.wanted.runs);
    for (const [metric, known] of this.entries) {
      if (!this.wanted.metrics.includes(metric)) this.entries.delete(metric);
      else this.entries.set(metric, new Map([...known].filter(([run]) => runs.has(run))));
    }
  }
}

function isNeeded({ query }: Request, wanted: Wanted): boolean {
  const runs = new Set(wanted.runs);
  return (
    query.metrics.some((each) => wanted.metrics.includes(each)) && query.runs.some((run) => runs.has(run))
  );
}

/** Returns a curve with new points behind it. */
export function joinCurves(curve: Curve | null, more: Curve): Curve {
  if (!curve) return more;
  if (!more.values.length) return { ...curve, total: more.total, token: more.token };
  return {
    ...curve,
    total: more.total,
    token: more.token,
    steps: appendColumn(curve.steps, more.steps),
    times: appendColumn(curve.times, more.times),
    values: appendColumn(curve.values, more.values),
  };
}

function makeEmpty(run: string, metric: string): Curve {
  return { run, metric, total: 0, within: 0, start: 0, token: 0, steps: EMPTY, times: EMPTY, values: EMPTY };
}
