// Names for the records of the API. `schema.ts` is made from the OpenAPI document.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Session = Schemas["Session"];
export type RunRow = Schemas["ListedRun"];
export type RunsPage = Schemas["RunsPage"];
export type RunIds = Schemas["RunIds"];
export type FieldNames = Schemas["FieldNames"];
export type ValueName = Schemas["StoredName"];
export type MetricField = Schemas["MetricField"];
export type RunColumn = Schemas["RunColumn"];
export type Completions = Schemas["Completions"];
export type CompletedFilter = Schemas["CompletedFilter"];
export type Sparkline = Schemas["Sparkline"];
export type Sparklines = Schemas["Sparklines"];
export type ChangeQuery = Schemas["ChangeQuery"];
export type ChangeResult = Schemas["ChangeResult"];
export type Problem = Schemas["Problem"];
export type CurvesQuery = Schemas["CurvesQuery"];

/** A value of a cell, as JSON has it. Numbers that JSON does not have are "NaN", "Infinity" and "-Infinity". */
export type Value = null | boolean | number | string | Value[] | { [name: string]: Value };
