// Changes of runs: each is sent at once, and can be undone. The server returns a message and the record that undoes the change.
import { computed, signal } from "@preact/signals";
import { postJson, Refused } from "../api/client";
import type { ChangeQuery, ChangeResult } from "../api/records";
import { reloadNames, reloadRows } from "./listing";
import { listTargets } from "./rowSelection";
import { session } from "./session";
import { picked } from "./view";

export interface Message {
  id: number;
  text: string;
  hint: string;
  isError: boolean;
  /** The change that the message offers to undo; null if there is none. */
  undo: ChangeResult | null;
}

const MESSAGE_MS = 8_000;
const MAX_UNDO = 50;
const MAX_MESSAGES = 3;

export const messages = signal<readonly Message[]>([]);
export const canWrite = computed(() => session.value?.can_write === true);
export const hasUndo = signal(false);
/** Whether a change was sent and the server has not answered yet. */
export const isChanging = signal(false);

let undoStack: ChangeResult[] = [];
let lastMessage = 0;

/** Shows a message at the bottom of the page for some seconds. */
export function report(text: string, undo: ChangeResult | null = null, isError = false, hint = ""): void {
  lastMessage += 1;
  const message = { id: lastMessage, text, hint, isError, undo };
  messages.value = [...messages.value, message].slice(-MAX_MESSAGES);
  setTimeout(() => dismiss(message.id), MESSAGE_MS);
}

export function dismiss(id: number): void {
  messages.value = messages.value.filter((each) => each.id !== id);
}

/** Changes the picked runs, else the run that keys act on. */
export async function change(
  action: ChangeQuery["action"],
  text = "",
  runs: readonly string[] = listTargets(),
): Promise<void> {
  if (!runs.length) {
    report("Select a run first");
    return;
  }
  const result = await send("/api/changes", { runs, action, text });
  if (!result) return;
  undoStack = [...undoStack, result].slice(-MAX_UNDO);
  hasUndo.value = true;
  if (action === "delete") picked.value = picked.value.filter((id) => !runs.includes(id));
  report(result.text, result);
}

/** Undoes a change, the latest one if none is given. */
export async function undo(result: ChangeResult | undefined = undoStack.at(-1)): Promise<void> {
  if (!result) {
    report("Nothing to undo");
    return;
  }
  undoStack = undoStack.filter((each) => each !== result);
  hasUndo.value = undoStack.length > 0;
  messages.value = messages.value.filter((each) => each.undo !== result);
  const undone = await send("/api/undo", { text: result.text, undo: result.undo });
  if (undone) report(undone.text);
}

/** Stops runs on the machine of the server. */
export async function stop(runs: readonly string[] = listTargets()): Promise<void> {
  if (!runs.length) {
    report("Select a run first");
    return;
  }
  const result = await send("/api/stop", { runs });
  if (result) report(result.text);
}

async function send(path: string, body: object): Promise<ChangeResult | null> {
  if (!canWrite.value) {
    report("This server only reads", null, true, "Start it without --no-write");
    return null;
  }
  isChanging.value = true;
  try {
    return await postJson<ChangeResult>(path, body);
  } catch (error) {
    const hint = error instanceof Refused ? error.hint : "Nothing was changed";
    report(error instanceof Error ? error.message : String(error), null, true, hint);
    return null;
  } finally {
    isChanging.value = false;
    reloadRows();
    reloadNames();
  }
}
