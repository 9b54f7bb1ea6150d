// The boards of the project of the store, and saving one.
import { computed, signal } from "@preact/signals";
import { getJson, postJson } from "../api/client";
import type { components } from "../api/schema";
import { isSeedName } from "../numbers/seeds";
import { type Column, columns, names } from "./columns";
import { filter, isGrouped, readScreenSetting, sort, store } from "./view";

type Schemas = components["schemas"];
export type BoardPage = Schemas["BoardPage"];
type SaveBoardQuery = Schemas["SaveBoardQuery"];

export const boards = signal<readonly Schemas["ListedBoard"][] | null>(null);
export const project = signal("");
export const boardsProblem = signal("");
/** The board that is shown: the one in the address, else the first. */
export const chosenBoard = computed(
  () => readScreenSetting("boards.name") || (boards.value?.[0]?.name ?? ""),
);

export async function loadBoards(): Promise<void> {
  try {
    const answer = await getJson<Schemas["BoardsPage"]>("/api/boards", { store: store.peek() });
    boards.value = answer.boards;
    project.value = answer.project;
    boardsProblem.value = "";
  } catch (error) {
    boardsProblem.value = error instanceof Error ? error.message : String(error);
  }
}

/** Whether the columns of the list are known. Every store has values of the runs themselves. */
export const areNamesLoaded = computed(() => names.value.run.length > 0);

/** Returns the columns of the list that a board can have; without seeds if runs are joined over them. */
export function listSavedColumns(): Column[] {
  return columns.value.filter(
    (each) => each.kind !== "curve" && each.key !== "name" && !(isGrouped.value && isSeedName(each.key)),
  );
}

/** Saves the view of the page. Throws Refused. */
export async function saveBoard(name: string, title: string): Promise<Schemas["SavedBoard"]> {
  const config = names.value.config.map((each) => each.name).filter((each) => !isSeedName(each));
  const group = isGrouped.value ? ["op", ...config] : [];
  const chosen = listSavedColumns();
  const body: SaveBoardQuery = {
    store: store.value,
    name,
    title,
    where: filter.value.trim() ? [filter.value] : [],
    sort: sort.value,
    columns: [...(isGrouped.value ? [] : ["name"]), ...chosen.map((each) => each.key)],
    group,
    means: chosen.filter((each) => each.kind === "metric").map((each) => each.key),
    selector: "",
    selected_by: "",
  };
  return postJson<Schemas["SavedBoard"]>("/api/boards", body);
}
