// Which dialog is open.
import { signal } from "@preact/signals";

export type Dialog = "" | "label" | "tag" | "comment" | "columns" | "palette" | "keys" | "filter";

export const dialog = signal<Dialog>("");

export function closeDialog(): void {
  dialog.value = "";
}
