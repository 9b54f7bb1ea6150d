// The menu of a column.
import type { MenuItem } from "../parts/Menu";
import {
  type Column,
  hideColumn,
  keyOf,
  REDUCERS,
  replaceColumn,
  shiftColumn,
  toggleColored,
  togglePinned,
} from "../state/columns";
import { dialog } from "../state/dialogs";
import { coloredColumns, pinnedColumns, sort } from "../state/view";

export function listColumnItems(column: Column): MenuItem[] {
  const { key } = column;
  const order = (name: string) => () => {
    sort.value = [name];
  };
  const isMetric = column.kind === "metric" || column.kind === "curve";
  const items: MenuItem[] = [
    { title: "Sort ascending", run: order(column.name), isChecked: sort.value.includes(column.name) },
    {
      title: "Sort descending",
      run: order(`-${column.name}`),
      isChecked: sort.value.includes(`-${column.name}`),
    },
  ];
  if (isMetric) {
    items.push(
      ...REDUCERS.map((reducer, i) => ({
        title: { last: "Last value", min: "Minimum", max: "Maximum", mean: "Mean", first: "First value" }[
          reducer
        ],
        run: () => replaceColumn(key, keyOf("metric", column.metric, reducer)),
        isChecked: column.kind === "metric" && column.reducer === reducer,
        isFirst: i === 0,
      })),
      {
        title: "Curve",
        run: () => replaceColumn(key, keyOf("curve", column.metric)),
        isChecked: column.kind === "curve",
      },
    );
  }
  if (column.kind === "metric")
    items.push({
      title: "Colour by value",
      run: () => toggleColored(key),
      isChecked: coloredColumns.value.includes(key),
      isFirst: true,
    });
  items.push(
    {
      title: "Pin",
      run: () => togglePinned(key),
      isChecked: pinnedColumns.value.includes(key),
      isFirst: !isMetric,
    },
    { title: "Move left", run: () => shiftColumn(key, -1), note: "Alt ←" },
    { title: "Move right", run: () => shiftColumn(key, 1), note: "Alt →" },
    { title: "Hide", run: () => hideColumn(key) },
    {
      title: "Choose columns…",
      run: () => {
        dialog.value = "columns";
      },
      isFirst: true,
      note: "v",
    },
  );
  return items;
}
