// Requests to the server that sent the page.

/** The server refuses a request: what is wrong, and what to do. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

/** The server does not answer. */
export class Unreachable extends Error {}

type Transport = (path: string, init: RequestInit) => Promise<Response>;

let transport: Transport = (path, init) => fetch(path, init);
let isServed = true;

/** Answers requests without a server: an exported page has its answers in its file. */
export function serveFrom(answer: Transport): void {
  transport = answer;
  isServed = false;
}

/** Returns whether a server answers the requests of the page. */
export function hasServer(): boolean {
  return isServed;
}

type Parameter = string | number | boolean | readonly string[] | undefined;

const TOKEN = /(?:^#|&)token=([\w-]+)/;

/** Reloads the page when the user enters an address with a token: a restarted server has another token. */
export function followToken(): void {
  const reopen = (event: Event) => {
    if (!TOKEN.test(location.hash)) return;
    event.stopImmediatePropagation(); // else the state of the page replaces the address
    location.reload();
  };
  addEventListener("popstate", reopen);
  addEventListener("hashchange", reopen);
}

/** Exchanges the token in the address for a cookie, and removes it from the address. */
export async function logIn(): Promise<void> {
  const match = TOKEN.exec(location.hash);
  if (!match) return;
  const rest = location.hash.replace(match[0], "").replace(/^&/, "#");
  history.replaceState(null, "", location.pathname + location.search + rest);
  await send("/api/login", {
    method: "POST",
    headers: { Authorization: `Bearer ${match[1]}`, "X-Gage": "1" },
  });
}

/** Returns the JSON answer of a route. Throws Refused and Unreachable. */
export async function getJson<T>(
  path: string,
  query: Record<string, Parameter> = {},
  signal?: AbortSignal,
): Promise<T> {
  const response = await send(path + formatQuery(query), { signal: signal ?? null });
  return (await response.json()) as T;
}

/** Posts a record. Returns the JSON answer. Throws Refused and Unreachable. */
export async function postJson<T>(path: string, body: object, signal?: AbortSignal): Promise<T> {
  return (await (await post(path, body, signal)).json()) as T;
}

/** Posts a record. Returns the response. Throws Refused and Unreachable. */
export async function post(path: string, body: object, signal?: AbortSignal): Promise<Response> {
  return send(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Gage": "1" },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
}

export function formatQuery(query: Record<string, Parameter>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) for (const each of value) parameters.append(name, each);
    else if (value !== undefined) parameters.append(name, String(value));
  }
  const text = parameters.toString();
  return text ? `?${text}` : "";
}

/** Sends a request. Returns the response. Throws Refused and Unreachable. */
export async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await transport(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Unreachable("The server does not answer");
  }
  if (response.ok) return response;
  let problem = { message: `The server answered with ${response.status}`, hint: "" };
  try {
    problem = { ...problem, ...((await response.json()) as object) };
  } catch {
    // not JSON: only the status is known
  }
  throw new Refused(response.status, problem.message, problem.hint);
}
