// Writes conditions of the filter language: names and values with the quotes that its grammar wants (see
// gage/select/tokens.py).
import type { Value } from "../api/records";

const KINDS = new Set(["run", "config", "metric", "attr", "attribute", "eval"]);
const PLAIN_NAME = /^[\p{L}\p{N}_.@/%+-]+$/u;
const LOOSE = /(^|\s)or(\s|$)/i;

/** Returns a name, which may have a kind (`config.lr`), with backticks if it has blanks or signs. */
export function quoteName(name: string): string {
  if (PLAIN_NAME.test(name)) return name;
  const dot = name.indexOf(".");
  const hasKind = dot > 0 && dot < name.length - 1 && KINDS.has(name.slice(0, dot));
  const [kind, rest] = hasKind ? [name.slice(0, dot + 1), name.slice(dot + 1)] : ["", name];
  return rest.includes("`") ? `${kind}'${rest.replaceAll("'", "\\'")}'` : `${kind}\`${rest}\``;
}

/** Returns a value as a filter writes it; texts have quotes. */
export function quoteValue(value: Value): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.includes('"') && !text.includes("'") ? `'${text}'` : `"${text.replaceAll('"', '\\"')}"`;
}

export type Operator = "=" | "!=" | "<=" | ">=";

/** Returns the condition that a value fulfils; `name` is quoted. `undefined` is a missing value. */
export function buildCondition(name: string, operator: Operator, value: Value | undefined): string {
  const not = operator === "!=" ? "not " : "";
  if (value === undefined) return `${name} is ${not === "" ? "not " : ""}set`;
  if (value === null) return `${name} is ${not}null`;
  if (value === "NaN") return `${name} is ${not}nan`;
  return `${name} ${operator} ${quoteValue(value)}`;
}

/** Returns a filter that wants the condition as well. A condition that it has already is not repeated. */
export function addCondition(filter: string, condition: string): string {
  const text = filter.trim();
  if (text === "") return condition;
  if (text === condition || text.split(/\s+and\s+/i).includes(condition)) return text;
  return LOOSE.test(text) ? `(${text}) and ${condition}` : `${text} and ${condition}`;
}

/** Returns what a completion shows: the last word of the completed filter. */
export function describeCompletion(typed: string, completed: string): string {
  let same = 0;
  while (same < typed.length && typed[same] === completed[same]) same += 1;
  const start =
    Math.max(...[" ", "(", "[", ",", "="].map((sign) => typed.slice(0, same).lastIndexOf(sign))) + 1;
  return completed.slice(start);
}
