import { describe, expect, it } from "vitest";
import type { Curve } from "../src/api/curves";
import type { CurvesQuery } from "../src/api/records";
import { CurveLoader, joinCurves } from "../src/state/curve_loader";
import type { Detail, Wanted } from "../src/state/curve_plan";

class Unreachable extends Error {}

/** A server whose answers wait until the test lets them go. */
class FakeServer {
  queries: CurvesQuery[] = [];
  waiting: {
    query: CurvesQuery;
    answer: (curves: Curve[] | Error) => void;
    signal: AbortSignal | undefined;
  }[] = [];
  series = new Map<string, number[]>();
  thinnedTo = Number.POSITIVE_INFINITY;

  load = (query: CurvesQuery, signal?: AbortSignal): Promise<Curve[]> =>
    new Promise((resolve, reject) => {
      this.queries.push(query);
      const answer = (value: Curve[] | Error) => (value instanceof Error ? reject(value) : resolve(value));
      this.waiting.push({ query, answer, signal });
      signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    });

  async answer(error?: Error): Promise<void> {
    const next = this.waiting.shift()!;
    next.answer(error ?? this.read(next.query));
    await settle();
  }

  async answerAll(): Promise<void> {
    for (let i = 0; this.waiting.length; i++) {
      if (i > 50) throw new Error("The loader never stops");
      await this.answer();
    }
  }

  private read(query: CurvesQuery): Curve[] {
    const curves: Curve[] = [];
    for (const [r, run] of query.runs.entries()) {
      for (const [m, metric] of query.metrics.entries()) {
        const values = this.series.get(`${run} ${metric}`);
        if (!values) continue;
        const start = query.known?.[r * query.metrics.length + m] ?? 0;
        const sent = Float64Array.from(values.slice(start).slice(0, this.thinnedTo));
        curves.push({
          run,
          metric,
          total: values.length,
          within: values.length,
          start,
          token: 1,
          steps: sent,
          times: sent,
          values: sent,
        });
      }
    }
    return curves;
  }
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

function setUp() {
  const server = new FakeServer();
  const later: (() => void)[] = [];
  const connection: boolean[] = [];
  const loader = new CurveLoader(server.load, {
    onCurves: () => {},
    onConnection: (isConnected) => connection.push(isConnected),
    isUnreachable: (error) => error instanceof Unreachable,
    later: (call) => later.push(call),
  });
  const want = (metrics: string[], runs: string[], detail: Detail | null = null, points = 1000) =>
    loader.want({ metrics, runs, points, detail: () => detail } satisfies Wanted);
  const values = (metric: string, run: string) => [
    ...(loader.entries.get(metric)?.get(run)?.curve?.values ?? []),
  ];
  return { server, loader, want, values, later, connection };
}

describe("CurveLoader", () => {
  it("loads a metric that is wanted while a request is under way", async () => {
    const { server, want, values } = setUp();
    server.series.set("r1 loss", [1]).set("r1 acc", [2]);
    want(["loss"], ["r1"]);
    want(["loss", "acc"], ["r1"]);
    await server.answerAll();
    expect([values("loss", "r1"), values("acc", "r1")]).toEqual([[1], [2]]);
    expect(server.queries.length).toBe(2);
  });

  it("loads other runs that are selected while a request is under way", async () => {
    const { server, want, values } = setUp();
    server.series.set("r1 loss", [1]).set("r2 loss", [2]);
    want(["loss"], ["r1"]);
    want(["loss"], ["r1", "r2"]);
    await server.answerAll();
    expect(server.queries[1]!.runs).toEqual(["r2"]);
    expect([values("loss", "r1"), values("loss", "r2")]).toEqual([[1], [2]]);
  });

  it("loads a run again that changes while its curve is under way", async () => {
    const { server, loader, want, values } = setUp();
    server.series.set("r1 loss", [1]);
    want(["loss"], ["r1"]);
    loader.changed(["r1"]);
    await server.answer();
    expect(server.waiting.length).toBe(1);
    server.series.set("r1 loss", [1, 2]);
    await server.answerAll();
    expect(values("loss", "r1")).toEqual([1, 2]);
    expect(server.queries[1]).toMatchObject({ known: [1], tokens: [1] });
  });

  it("keeps what it has while a run is loaded again, and asks only for new points", async () => {
    const { server, loader, want, values } = setUp();
    server.series.set("r1 loss", [1, 2, 3]);
    want(["loss"], ["r1", "r2"]);
    await server.answerAll();
    loader.changed(["r1", "other"]);
    expect(values("loss", "r1")).toEqual([1, 2, 3]);
    server.series.set("r1 loss", [1, 2, 3, 4]);
    await server.answerAll();
    expect(server.queries[1]).toMatchObject({ runs: ["r1"], known: [3] });
    expect(values("loss", "r1")).toEqual([1, 2, 3, 4]);
    expect(loader.entries.get("loss")!.get("r2")!.curve!.total).toBe(0);
  });

  it("ends a request for what is no longer shown, and loads the rest", async () => {
    const { server, want, values } = setUp();
    server.series.set("r2 loss", [2]);
    want(["loss"], ["r1"]);
    want(["loss"], ["r2"]);
    await settle();
    expect(server.waiting[0]!.signal!.aborted).toBe(true);
    server.waiting.shift();
    await server.answerAll();
    expect(values("loss", "r2")).toEqual([2]);
  });

  it("tries again later if the server cannot be reached", async () => {
    const { server, want, values, later, connection } = setUp();
    server.series.set("r1 loss", [1]);
    want(["loss"], ["r1"]);
    await server.answer(new Unreachable());
    want(["loss", "acc"], ["r1"]); // does not hammer
    expect(server.waiting.length).toBe(0);
    later[0]!();
    await server.answerAll();
    expect(values("loss", "r1")).toEqual([1]);
    expect(connection).toEqual([false, true]);
  });

  it("shows a refusal once, until the run changes", async () => {
    const { server, loader, want, values } = setUp();
    want(["loss"], ["r1"]);
    await server.answer(new Error("No"));
    expect(loader.entries.get("loss")!.get("r1")!.problem).toBe("No");
    expect(server.waiting.length).toBe(0);
    server.series.set("r1 loss", [1]);
    loader.changed(["r1"]);
    await server.answerAll();
    expect(values("loss", "r1")).toEqual([1]);
    expect(loader.entries.get("loss")!.get("r1")!.problem).toBe("");
  });

  it("requests a part of a thinned series, once", async () => {
    const { server, loader, want } = setUp();
    server.series
      .set(
        "r1 loss",
        Array.from({ length: 100 }, (_, i) => i),
      )
      .set("r2 loss", [1]);
    server.thinnedTo = 10;
    want(["loss"], ["r1", "r2"], { first: 20, last: 30, weight: 0 }, 10);
    await server.answerAll();
    expect(server.queries.length).toBe(2);
    expect(server.queries[1]).toMatchObject({ runs: ["r1"], first: 20, last: 30 });
    expect(loader.entries.get("loss")!.get("r1")!.detail!.values.length).toBe(10);
  });

  it("loads a thinned series again if more points are wanted, and stops", async () => {
    const { server, want } = setUp();
    server.series.set(
      "r1 loss",
      Array.from({ length: 100 }, (_, i) => i),
    );
    server.thinnedTo = 10;
    want(["loss"], ["r1"], null, 10);
    await server.answerAll();
    want(["loss"], ["r1"], null, 20);
    await server.answerAll();
    expect(server.queries.map((query) => [query.points, query.known])).toEqual([
      [10, undefined],
      [20, undefined],
    ]);
  });

  it("never forgets anything, in whatever order things happen", async () => {
    let seed = 1;
    const random = (n: number) => {
      seed = (seed * 48271) % 0x7fffffff;
      return seed % n;
    };
    for (let round = 0; round < 12; round++) {
      const { server, loader, want, values, later } = setUp();
      let wanted: [string[], string[]] = [[], []];
      for (let turn = 0; turn < 40; turn++) {
        const action = random(5);
        if (action === 0) {
          wanted = [["a", "b", "c"].slice(random(3)), ["r1", "r2", "r3"].slice(random(3))];
          want(...wanted);
        } else if (action === 1) {
          const key = `r${random(3) + 1} ${"abc"[random(3)]}`;
          server.series.set(key, [...(server.series.get(key) ?? []), turn]);
          loader.changed([key.split(" ")[0]!]);
        } else if (action === 2 && server.waiting.length) await server.answer(new Unreachable());
        else if (server.waiting.length) await server.answer();
        if (random(4) === 0) later.shift()?.();
        await settle();
        server.waiting = server.waiting.filter(({ signal }) => !signal?.aborted);
      }
      for (let i = 0; i < 20 && (server.waiting.length || later.length); i++) {
        await server.answerAll();
        later.shift()?.();
      }
      await server.answerAll();
      for (const metric of wanted[0])
        for (const run of wanted[1])
          expect(values(metric, run)).toEqual(server.series.get(`${run} ${metric}`) ?? []);
    }
  });
});

describe("joinCurves", () => {
  const curve = (values: number[], start = 0): Curve => {
    const column = Float64Array.from(values);
    return {
      run: "r",
      metric: "m",
      total: start + values.length,
      within: values.length,
      start,
      token: 0,
      steps: column,
      times: column,
      values: column,
    };
  };
  it("leaves earlier curves as they are", () => {
    const first = curve([1, 2]);
    const second = joinCurves(first, curve([3], 2));
    const third = joinCurves(second, curve([4, 5], 3));
    const other = joinCurves(second, curve([9], 3));
    expect([...first.values]).toEqual([1, 2]);
    expect([...second.values]).toEqual([1, 2, 3]);
    expect([...third.values]).toEqual([1, 2, 3, 4, 5]);
    expect([...other.values]).toEqual([1, 2, 3, 9]);
    expect(third.total).toBe(5);
  });
});
