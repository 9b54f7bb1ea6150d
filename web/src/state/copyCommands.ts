// Commands that copy a link or a command line.
import type { Command } from "./keys";
import { rows } from "./listing";
import { listTargets } from "./rowSelection";
import { filter, sort } from "./view";

function copy(text: string): void {
  void navigator.clipboard?.writeText(text);
}

/** Returns a word of a command line with the quotes that a shell needs. */
export function quoteWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function nameTargets(): string {
  const targets = new Set(listTargets());
  const known = [...rows.value.values()].filter((row) => targets.has(row.id)).map((row) => row.name);
  return (known.length ? known : [...targets]).join(" ");
}

function listCommand(): string {
  const where = filter.value.trim() ? ` --where ${quoteWord(filter.value.trim())}` : "";
  return `gage list${where}${sort.value.map((name) => ` --sort=${quoteWord(name)}`).join("")}`;
}

const withoutRun = () => !listTargets().length;

function copying(id: string, words: string): Command {
  const run = () => copy(`gage ${words} ${nameTargets()}`);
  return { id, title: `Copy: gage ${words} …`, group: "Page", keys: [], run, isHidden: withoutRun };
}

export const COPY_COMMANDS: readonly Command[] = [
  {
    id: "copy-link",
    title: "Copy the link to this view",
    group: "Page",
    keys: [],
    run: () => copy(location.href),
  },
  { id: "copy-list", title: "Copy: gage list …", group: "Page", keys: [], run: () => copy(listCommand()) },
  copying("copy-show", "show"),
  copying("copy-compare", "compare"),
  copying("copy-restart", "run --restart"),
];
