// Keys of commands: which command a key is for, and how a key is written.
import { dialog } from "./dialogs";
import { isListShown } from "./rowSelection";

const MOVES = /^(Arrow|Page|Home|End)/;

export interface Command {
  id: string;
  title: string;
  group: "Runs" | "Change runs" | "Charts" | "Go to" | "Page";
  /** Keys, as `KeyboardEvent.key` has them; `Mod+` is Ctrl or ⌘. */
  keys: readonly string[];
  run: () => void;
  /** Whether the command is left out now. */
  isHidden?: () => boolean;
}

/** Returns the command of a key, undefined if there is none or the key is for the element that has the focus. */
export function findCommand(event: KeyboardEvent, byKey: ReadonlyMap<string, Command>): Command | undefined {
  if (event.defaultPrevented || event.altKey || event.isComposing) return undefined;
  const isMod = event.ctrlKey || event.metaKey;
  const command = byKey.get(isMod ? `Mod+${event.key.toLowerCase()}` : event.key);
  if (!command || command.isHidden?.()) return undefined;
  const target = event.target instanceof HTMLElement ? event.target : null;
  if (dialog.value && command.id !== "escape" && command.id !== "palette") return undefined;
  if (target?.matches("input, textarea, select, [contenteditable]"))
    return command.id === "palette" ? command : undefined;
  if (target?.matches("button, a, summary, [role=menuitem]") && [" ", "Enter"].includes(event.key))
    return undefined;
  if (target?.matches("[role=separator]") && event.key.startsWith("Arrow")) return undefined;
  if (command.group === "Runs" && command.id !== "filter" && !isListShown.value) return undefined;
  if (MOVES.test(event.key) && !isForList(target)) return undefined;
  return command;
}

/** Whether keys that move are for the list, and not for a panel that scrolls. */
function isForList(target: HTMLElement | null): boolean {
  return !target || target === document.body || target.closest(".runs") !== null;
}

/** Carries out the commands of keys. */
export function followKeys(commands: readonly Command[]): void {
  const byKey = new Map(commands.flatMap((command) => command.keys.map((key) => [key, command])));
  addEventListener("keydown", (event) => {
    const command = findCommand(event, byKey);
    if (!command) return;
    if (command.id !== "escape") event.preventDefault();
    command.run();
  });
}

/** Returns a key as people read it. */
export function describeKey(key: string): string {
  const isApple = /Mac|iPhone|iPad/.test(navigator.platform);
  const names: Record<string, string> = {
    " ": "Space",
    ArrowDown: "↓",
    ArrowUp: "↑",
    ArrowLeft: "←",
    ArrowRight: "→",
    Escape: "Esc",
  };
  const mod = key.startsWith("Mod+") ? (isApple ? "⌘" : "Ctrl-") : "";
  const rest = mod ? key.slice(4).toUpperCase() : key;
  return mod + (names[rest] ?? rest);
}
