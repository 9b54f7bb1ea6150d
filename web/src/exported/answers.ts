// Answers the requests of an exported page from the answers that its file has.
import type { FieldNames, RunRow, RunsPage, Value } from "../api/records";
import type { components } from "../api/schema";
import { limitComparison, rankRuns } from "./comparison";
import { limitCurves, limitSparklines } from "./curves";
import { findRows, sortRows } from "./rows";

type Schemas = components["schemas"];

export interface Answers {
  session: Schemas["Session"];
  fields: FieldNames;
  /** The names of the cells of the rows. */
  columns: string[];
  runs: RunsPage;
  comparison: Schemas["ComparisonPage"];
  rankings: Schemas["RankingPage"][];
  pages: { run: Record<string, Value> }[];
  outputs: { id: string; page: Schemas["RunOutput"] }[];
  /** The bytes of an answer with curves, in base64. */
  curves: string;
}

const MISSING = {
  message: "An exported page does not contain this",
  hint: "Open the runs with: gage view",
};

export async function answer(answers: Answers, path: string, init: RequestInit): Promise<Response> {
  const url = new URL(path, "http://exported");
  const body = typeof init.body === "string" ? (JSON.parse(init.body) as never) : (undefined as never);
  const found = find(answers, url, body);
  if (found instanceof ArrayBuffer) return new Response(found);
  const status = found === undefined ? 501 : 200;
  return new Response(JSON.stringify(found ?? MISSING), { status });
}

function find(answers: Answers, { pathname, searchParams }: URL, body: never): unknown {
  switch (pathname) {
    case "/api/session":
      return answers.session;
    case "/api/fields":
      return answers.fields;
    case "/api/runs":
      return listRows(answers, searchParams);
    case "/api/curves":
      return limitCurves(answers.curves, body);
    case "/api/sparklines":
      return limitSparklines(answers.curves, body);
    case "/api/compare":
      if ((body as { group?: boolean }).group) return undefined;
      return limitComparison(answers, body);
    case "/api/ranking":
      return rankRuns(answers, body);
    default:
      return findRun(answers, pathname, searchParams);
  }
}

function findRun(answers: Answers, pathname: string, query: URLSearchParams): unknown {
  const [, id, rest] = /^\/api\/runs\/([\w-]+)(\/.*)?$/.exec(pathname) ?? [];
  if (!id) return undefined;
  if (!rest) return answers.pages.find((each) => each.run.id === id);
  const page = answers.outputs.find((each) => each.id === id)?.page;
  if (rest !== "/output" || !page) return undefined;
  const wanted = Number(query.get("first") ?? 0);
  const first = Math.max(wanted < 0 ? page.total + wanted : wanted, page.first);
  const lines = page.lines.slice(first - page.first, first - page.first + Number(query.get("limit") ?? 500));
  return { ...page, first, lines, is_live: false };
}

function listRows(answers: Answers, query: URLSearchParams): RunsPage {
  const places = new Map(answers.columns.map((name, i) => [name, i]));
  const keys = query.getAll("columns");
  const found = findRows(answers.runs.rows, query.getAll("where").join(" "));
  const sorted = sortRows(found, query.getAll("sort"), places);
  const first = Number(query.get("first") ?? 0);
  const pick = (row: RunRow): RunRow => ({
    ...row,
    cells: keys.map((key) => {
      const at = places.get(key);
      return at === undefined ? null : row.cells[at];
    }) as RunRow["cells"],
    nulls: [],
  });
  const rows = sorted.slice(first, first + Number(query.get("limit") ?? 100)).map(pick);
  return { ...answers.runs, total: found.length, first, rows, problem: null, ambiguity: null };
}
