// Addresses of files of runs, and their text.
import { formatQuery, Refused, send } from "./client";

export type Show = "media" | "text" | "html" | "download";

export function urlOfFile(run: string, path: string, show: Show): string {
  return `/api/runs/${run}/file${formatQuery({ path, show })}`;
}

export function urlOfMarkdown(run: string, path: string): string {
  return `/api/runs/${run}/markdown${formatQuery({ path })}`;
}

/** The beginning of a file. `text` is null if the file is not text. */
export interface FileHead {
  text: string | null;
  size: number;
  isCut: boolean;
}

/** Loads the first bytes of a file. Throws Refused and Unreachable. */
export async function loadHead(
  run: string,
  path: string,
  count: number,
  signal: AbortSignal,
): Promise<FileHead> {
  let response: Response;
  try {
    const headers = { Range: `bytes=0-${count - 1}` };
    response = await send(urlOfFile(run, path, "text"), { headers, signal });
  } catch (error) {
    const isEmpty = error instanceof Refused && error.status === 416;
    if (isEmpty) return { text: "", size: 0, isCut: false };
    throw error;
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  const total = Number(/\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1] ?? bytes.length);
  const text = bytes.includes(0) ? null : new TextDecoder().decode(bytes);
  return { text, size: total, isCut: total > bytes.length };
}
