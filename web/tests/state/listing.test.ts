import { beforeEach, expect, it, vi } from "vitest";
import type { RunRow } from "../../src/api/records";

vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => {} }));
vi.stubGlobal("innerWidth", 1440);
vi.stubGlobal("window", globalThis);
vi.stubGlobal("addEventListener", () => {});

const answers: { status: number; body: object }[] = [];
vi.stubGlobal("fetch", async () => {
  const { status, body } = answers.shift()!;
  return { ok: status === 200, status, json: async () => body };
});

const listing = await import("../../src/state/listing");
const { readCell } = await import("../../src/state/cells");
const { compareValues } = await import("../../src/state/baseline");
const { columns, describeColumn, keyOf, names } = await import("../../src/state/columns");
const view = await import("../../src/state/view");

function makeRow(id: string, cells: RunRow["cells"], nulls: number[] = []): RunRow {
  return { id, cells, nulls } as RunRow;
}

async function load(status: number, body: object): Promise<void> {
  answers.push({ status, body });
  listing.reloadRows();
  await vi.waitFor(() => expect(listing.isLoading.value).toBe(false));
}

beforeEach(() => {
  const field = { runs: 1, differs: true };
  const metric = { ...field, low: 0, high: 1, better: "lower" as const };
  names.value = {
    config: [
      { name: "lr", ...field },
      { name: "both", ...field },
    ],
    metrics: [
      { name: "val loss", ...metric },
      { name: "both", ...metric },
    ],
    attributes: [],
    run: [{ name: "status", title: "Status", type: "text" }],
    main_metrics: ["val loss"],
  };
  view.chosenColumns.value = ["lr", "val loss"];
});

it("tells values that are null from those that are missing", async () => {
  const rows = [makeRow("a", [null, 1], [0]), makeRow("b", [null, "NaN"])];
  await load(200, { total: 2, first: 0, rows });
  const read = (at: number, key: string) => readCell(listing.rows.value.get(at)!, key);
  expect([read(0, "lr"), read(1, "lr"), read(1, "val loss")]).toEqual([null, undefined, "NaN"]);
});

it("does not show cells under columns that were chosen later", async () => {
  await load(200, { total: 1, first: 0, rows: [makeRow("a", [0.1, 2])] });
  view.chosenColumns.value = ["val loss", "lr", "status"];
  const row = listing.rows.value.get(0)!;
  expect(columns.value.map((column) => readCell(row, column.key))).toEqual([2, 0.1, undefined]);
});

it("keeps the rows of the last filter when the present one is wrong or matches nothing", async () => {
  await load(200, { total: 1, first: 0, rows: [makeRow("a", [1, 2])] });
  await load(400, { message: "Expected a value\n  lr <\n      ^", hint: "" });
  expect(listing.problem.value?.message).toContain("^");
  expect([listing.rows.value.size, listing.isStale.value]).toEqual([1, true]);
  await load(200, { total: 0, first: 0, rows: [], problem: { message: "No runs match", hint: "" } });
  expect([listing.rows.value.size, listing.isStale.value]).toEqual([1, true]);
  await load(200, { total: 1, first: 0, rows: [makeRow("b", [1, 2])] });
  expect([listing.rows.value.get(0)?.id, listing.isStale.value, listing.problem.value]).toEqual([
    "b",
    false,
    null,
  ]);
});

it("names columns so that filters and requests mean the same value", () => {
  expect(keyOf("metric", "both")).toBe("metric.both");
  expect(keyOf("config", "lr")).toBe("lr");
  expect(keyOf("metric", "val loss", "min")).toBe("min(`val loss`)");
  const column = describeColumn("min(`val loss`)");
  expect([column.kind, column.metric, column.reducer, column.name, column.better]).toEqual([
    "metric",
    "val loss",
    "min",
    "min(`val loss`)",
    "lower",
  ]);
  expect(describeColumn("curve(val loss)")).toMatchObject({ kind: "curve", metric: "val loss" });
  expect(describeColumn("status")).toMatchObject({ kind: "run", title: "Status" });
});

it.each([
  [0.5, 1, "lower", "−50%", true],
  [1.5, 1, "lower", "+50%", false],
  [1.5, 1, "higher", "+50%", true],
  [1, 1, "lower", "±0", null],
  [30, 1, "unknown", "×30", null],
  [0.25, 0, "lower", "+0.25", false],
] as const)("compares %d with the baseline %d (%s is better)", (value, base, better, text, isBetter) => {
  expect(compareValues(value, base, better)).toEqual({ text, isBetter });
});

it("does not compare values that are not finite numbers", () => {
  expect(compareValues("NaN", 1, "lower")).toBeNull();
  expect(compareValues(1, undefined, "lower")).toBeNull();
});
