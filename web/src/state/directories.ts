// The directories of a run that were opened, in pages, as the rows of a tree.
import { signal } from "@preact/signals";
import { getJson } from "../api/client";
import type { Directory, DirectoryEntry } from "../api/records";

const PAGE = 500;

export interface TreeRow {
  entry: DirectoryEntry | null;
  depth: number;
  /** Entries that are not loaded yet, of a row that loads more. */
  more: number;
  directory: string;
}

interface Listing {
  total: number;
  entries: DirectoryEntry[];
}

export class DirectoryTree {
  readonly rows = signal<readonly TreeRow[] | null>(null);
  readonly problem = signal("");
  readonly search = signal("");
  private readonly listings = new Map<string, Listing>();
  private readonly open = new Set<string>([""]);
  private readonly abort = new AbortController();

  constructor(readonly run: string) {}

  close(): void {
    this.abort.abort();
  }

  isOpen(directory: string): boolean {
    return this.open.has(directory);
  }

  /** Loads the next entries of a directory. */
  async load(directory: string): Promise<void> {
    const known = this.listings.get(directory)?.entries ?? [];
    const query = this.search.peek()
      ? { search: this.search.peek(), first: known.length, limit: PAGE }
      : { directory, first: known.length, limit: PAGE };
    try {
      const page = await getJson<Directory>(`/api/runs/${this.run}/files`, query, this.abort.signal);
      this.listings.set(directory, { total: page.total, entries: [...known, ...page.entries] });
      this.problem.value = "";
    } catch (error) {
      if (!this.abort.signal.aborted) this.problem.value = (error as Error).message;
    }
    this.build();
  }

  toggle(directory: string): void {
    if (this.open.delete(directory)) this.build();
    else {
      this.open.add(directory);
      if (this.listings.has(directory)) this.build();
      else void this.load(directory);
    }
  }

  /** Shows the files whose path contains a text, "" for the tree. */
  find(text: string): void {
    this.search.value = text;
    this.listings.clear();
    this.open.clear();
    this.open.add("");
    void this.load("");
  }

  private build(): void {
    const rows: TreeRow[] = [];
    this.add("", 0, rows);
    this.rows.value = rows;
  }

  private add(directory: string, depth: number, rows: TreeRow[]): void {
    const listing = this.listings.get(directory);
    if (!listing) return;
    for (const entry of listing.entries) {
      rows.push({ entry, depth, more: 0, directory });
      if (entry.type === "directory" && this.open.has(entry.path)) this.add(entry.path, depth + 1, rows);
    }
    const more = listing.total - listing.entries.length;
    if (more > 0) rows.push({ entry: null, depth, more, directory });
  }
}
