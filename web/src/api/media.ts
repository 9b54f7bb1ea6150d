// Addresses of media. A medium is a file of its own, or a part of an event file, which has a key.
import { formatQuery } from "./client";
import { urlOfFile } from "./files";
import type { MediaItem } from "./records";

const SMALL_BYTES = 64_000;

export function urlOfMedium(run: string, item: MediaItem): string {
  if (!item.key) return urlOfFile(run, item.path, "media");
  return `/api/runs/${run}/medium${formatQuery({ path: item.path, key: item.key })}`;
}

/** Returns the address of an image that is large enough for a cell. */
export function urlOfThumbnail(run: string, item: MediaItem): string {
  if (item.size <= SMALL_BYTES || /\.svg$/i.test(item.path)) return urlOfMedium(run, item);
  return `/api/runs/${run}/thumbnail${formatQuery({ path: item.path, key: item.key })}`;
}

/** Returns the address of a text or a table. */
export function urlOfText(run: string, item: MediaItem): string {
  return item.key ? urlOfMedium(run, item) : urlOfFile(run, item.path, "text");
}
