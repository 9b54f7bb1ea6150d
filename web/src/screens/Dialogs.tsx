// The dialogs of the page. Those that are rarely open are loaded when they are opened for the first time.
import { useSignal, useSignalEffect } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import { DialogBox } from "../parts/Dialog";
import { FilterBar } from "../parts/FilterBar";
import { dialog } from "../state/dialogs";

const ask = (action: "label" | "tag" | "comment") => () =>
  import("./ChangeDialog").then(({ ChangeDialog }) => () => <ChangeDialog action={action} />);

const LOADERS: Partial<Record<string, () => Promise<FunctionComponent>>> = {
  label: ask("label"),
  tag: ask("tag"),
  comment: ask("comment"),
  columns: () => import("./ColumnChooser").then((module) => module.ColumnChooser),
  keys: () => import("./KeyHelp").then((module) => module.KeyHelp),
  palette: () => import("./Palette").then((module) => module.Palette),
};

const PRELOAD_MS = 2_000;

/** Loads the dialogs when the page is idle, so that they open at once. */
function preload(): void {
  for (const load of Object.values(LOADERS)) load?.().catch(() => {});
}

export function Dialogs() {
  const loaded = useSignal<Record<string, FunctionComponent>>({});
  useSignalEffect(() => {
    const name = dialog.value;
    const load = LOADERS[name];
    if (!load || loaded.peek()[name]) return;
    load().then(
      (component) => (loaded.value = { ...loaded.peek(), [name]: component }),
      () => (dialog.value = ""),
    );
  });
  useEffect(() => {
    const timer = setTimeout(preload, PRELOAD_MS);
    return () => clearTimeout(timer);
  }, []);
  const name = dialog.value;
  const Loaded = loaded.value[name];
  if (Loaded) return <Loaded key={name} />;
  if (name === "filter")
    return (
      <DialogBox title="Filter" look="sheet">
        <FilterBar id="filter-sheet" />
      </DialogBox>
    );
  return null;
}
