// Loads curves of one run for many panels with few requests: the names of a moment together.
import { type Curve, loadCurves } from "../api/curves";

const MAX_NAMES = 24;
const POINTS = 4_000;

interface Wanted {
  resolve: (curves: Curve[]) => void;
  reject: (error: Error) => void;
}

const queues = new Map<string, Map<string, Wanted[]>>();

/** Returns the curves of a metric of a run, none if the run has not got it. */
export function loadRunCurve(run: string, name: string, isSystem: boolean): Promise<Curve[]> {
  const key = `${run} ${isSystem}`;
  return new Promise((resolve, reject) => {
    let queue = queues.get(key);
    if (!queue) {
      queue = new Map();
      queues.set(key, queue);
      setTimeout(() => flush(key, run, isSystem));
    }
    queue.set(name, [...(queue.get(name) ?? []), { resolve, reject }]);
  });
}

function flush(key: string, run: string, isSystem: boolean): void {
  const queue = [...queues.get(key)!];
  queues.delete(key);
  for (let at = 0; at < queue.length; at += MAX_NAMES)
    void loadPart(run, isSystem, queue.slice(at, at + MAX_NAMES));
}

async function loadPart(run: string, isSystem: boolean, part: [string, Wanted[]][]): Promise<void> {
  const metrics = part.map(([name]) => name);
  try {
    const curves = await loadCurves({ runs: [run], metrics, points: POINTS, weight: 0, system: isSystem });
    for (const [name, wanted] of part) {
      const own = curves.filter((curve) => curve.metric === name);
      for (const each of wanted) each.resolve(own);
    }
  } catch (error) {
    for (const [, wanted] of part) for (const each of wanted) each.reject(error as Error);
  }
}
