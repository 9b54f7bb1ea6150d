// The output of a run: pages of lines that are loaded when they are shown, and where a text occurs.
import { computed, signal } from "@preact/signals";
import { getJson } from "../api/client";
import type { OutputLine, OutputMatches, RunOutput } from "../api/records";

const PAGE_LINES = 500;
const MAX_PAGES = 60;
const MAX_MATCHES = 20_000;

/** The output of one run. Lines are numbered from 0. */
export class OutputLog {
  readonly total = signal(-1);
  readonly unfinished = signal<string[]>([]);
  readonly isLive = signal(false);
  readonly problem = signal("");
  /** Grows when lines arrive. */
  readonly version = signal(0);
  private readonly pages = new Map<number, OutputLine[]>();
  private readonly requested = new Set<number>();
  private readonly abort = new AbortController();

  constructor(readonly run: string) {}

  close(): void {
    this.abort.abort();
  }

  /** Returns a line, undefined if it is not loaded. */
  get(line: number): OutputLine | undefined {
    return this.pages.get(Math.floor(line / PAGE_LINES))?.[line % PAGE_LINES];
  }

  /** Loads the lines from `first` to before `end` that are missing. */
  need(first: number, end: number): void {
    for (let page = Math.floor(first / PAGE_LINES); page * PAGE_LINES < end; page++)
      if (!this.pages.has(page) && !this.requested.has(page)) void this.load(page);
  }

  /** Loads what was written since the last time, and finds out how many lines there are. */
  async update(): Promise<void> {
    const known = this.total.peek();
    if (known < 0) await this.ask({ first: 0, limit: 1 });
    else await this.load(Math.floor(Math.max(known - 1, 0) / PAGE_LINES));
  }

  /** Returns the number of the first line of a time (µs since the epoch) or later. */
  async findTime(when: number): Promise<number> {
    const answer = await this.ask({ when, limit: 1 });
    return answer?.first ?? 0;
  }

  private async load(page: number): Promise<void> {
    this.requested.add(page);
    const lines: OutputLine[] = [];
    for (;;) {
      const answer = await this.ask({
        first: page * PAGE_LINES + lines.length,
        limit: PAGE_LINES - lines.length,
      });
      if (!answer) break;
      lines.push(...answer.lines);
      const isWhole = lines.length >= PAGE_LINES || page * PAGE_LINES + lines.length >= answer.total;
      if (isWhole || !answer.lines.length) break; // long lines arrive in several answers
    }
    this.requested.delete(page);
    if (this.abort.signal.aborted || this.problem.peek()) return;
    this.pages.delete(page);
    this.pages.set(page, lines);
    const oldest = this.pages.keys().next().value;
    if (this.pages.size > MAX_PAGES && oldest !== undefined) this.pages.delete(oldest);
    this.version.value += 1;
  }

  private async ask(query: Record<string, number>): Promise<RunOutput | null> {
    try {
      const answer = await getJson<RunOutput>(`/api/runs/${this.run}/output`, query, this.abort.signal);
      this.problem.value = "";
      this.total.value = answer.total;
      this.unfinished.value = answer.unfinished;
      this.isLive.value = answer.is_live;
      return answer;
    } catch (error) {
      if (!this.abort.signal.aborted) this.problem.value = (error as Error).message;
      return null;
    }
  }
}

/** The lines of an output that contain a text or report an error, found piece by piece. */
export class OutputSearch {
  readonly lines = signal<readonly number[]>([]);
  readonly isDone = signal(true);
  readonly count = computed(() => this.lines.value.length);
  private abort: AbortController | null = null;

  constructor(readonly run: string) {}

  close(): void {
    this.abort?.abort();
  }

  /** Searches from the beginning; `errors`: for lines that report an error. */
  async start(text: string, errors = false, max = MAX_MATCHES): Promise<void> {
    this.close();
    const abort = new AbortController();
    this.abort = abort;
    this.lines.value = [];
    this.isDone.value = !text && !errors;
    let first = 0;
    const found: number[] = [];
    while (!this.isDone.peek()) {
      const query = errors ? { errors, first } : { text, first };
      let answer: OutputMatches;
      try {
        answer = await getJson<OutputMatches>(`/api/runs/${this.run}/output/search`, query, abort.signal);
      } catch {
        if (!abort.signal.aborted) this.isDone.value = true;
        return;
      }
      if (abort.signal.aborted) return;
      found.push(...answer.lines);
      this.lines.value = [...found];
      this.isDone.value = answer.next >= answer.total || found.length >= max || answer.next <= first;
      first = answer.next;
    }
  }

  /** Returns the place in `lines` of the first match at a line or after it; -1 if there is no match. */
  findFrom(line: number): number {
    const at = this.lines.peek().findIndex((each) => each >= line);
    return at >= 0 ? at : this.lines.peek().length ? 0 : -1;
  }
}
