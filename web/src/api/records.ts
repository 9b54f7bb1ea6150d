// Names for the records of the API. Each build makes `schema.ts` from the OpenAPI document.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Session = Schemas["Session"];
export type RunRow = Schemas["RunsPageRow"];
export type RunsPage = Schemas["RunsPage"];
export type FieldNames = Schemas["FieldNames"];
export type MetricField = Schemas["MetricField"];
export type Completions = Schemas["Completions"];
export type CompletedFilter = Schemas["CompletedFilter"];
export type Sparkline = Schemas["Sparkline"];
export type Sparklines = Schemas["Sparklines"];
export type ChangeQuery = Schemas["ChangeQuery"];
export type ChangeResult = Schemas["ChangeResult"];
export type Problem = Schemas["Problem"];
export type CurvesQuery = Schemas["CurvesQuery"];
export type RunPage = Schemas["RunPage"];
export type RunOutput = Schemas["RunOutput"];
export type OutputLine = Schemas["RunOutputLine"];
export type OutputMatches = Schemas["OutputMatches"];
export type Directory = Schemas["Directory"];
export type DirectoryEntry = Schemas["DirectoryEntry"];
export type SourceFiles = Schemas["SourceFiles"];
export type SourceText = Schemas["SourceText"];
export type RunEnvironment = Schemas["Environment"];
export type GitDiff = Schemas["GitDiff"];
export type DiffPage = Schemas["DiffPage"];
export type DiffSection = Schemas["DiffSection"];
export type DiffValue = Schemas["DiffValue"];
export type DiffLine = Schemas["DiffLine"];
export type Lineage = Schemas["Lineage"];
export type ConnectedRun = Schemas["ConnectedRun"];
export type MediaNames = Schemas["MediaNames"];
export type MediaName = Schemas["MediaName"];
export type MediaAnswer = Schemas["MediaAnswer"];
export type MediaItem = Schemas["MediaItem"];
export type RelatedRuns = Schemas["RelatedRuns"];

/** A value of a cell, as JSON has it. Numbers that JSON does not have are "NaN", "Infinity" and "-Infinity". */
export type Value = null | boolean | number | string | Value[] | { [name: string]: Value };
