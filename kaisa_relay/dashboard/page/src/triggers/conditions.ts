// A condition as rows of a form: comparisons of which all, or one, must hold. What is nested deeper
// stays the JSON that it is, so that nothing is lost by being looked at.

export const OPERATORS = ["eq", "in", "contains", "exists", "gt", "gte", "lt", "lte"] as const;

export interface Row {
  field: string;
  operator: string;
  /** As typed: `12000` is a number, `"12000"` a text; with commas where there are several. */
  value: string;
}
export type When = { as: "rows"; join: "all" | "any"; rows: Row[] } | { as: "json"; text: string };

type Json = Record<string, unknown>;

export const ALWAYS: When = { as: "rows", join: "all", rows: [] };
export class NotJson extends Error {}

export function shownCondition(condition: Json | undefined): When {
  if (condition === undefined) return ALWAYS;
  for (const join of ["all", "any"] as const) {
    const joined = condition[join];
    const rows = Array.isArray(joined) ? joined.map(row) : null;
    if (rows?.every((each) => each !== null)) return { as: "rows", join, rows: rows as Row[] };
  }
  const single = row(condition);
  if (single) return { as: "rows", join: "all", rows: [single] };
  return { as: "json", text: JSON.stringify(condition, null, 2) };
}

/** Return the condition as it travels; nothing where there is none. Throws `NotJson`. */
export function writtenCondition(when: When): Json | undefined {
  if (when.as === "rows") {
    return when.rows.length ? { [when.join]: when.rows.map(comparison) } : undefined;
  }
  if (!when.text.trim()) return undefined;
  try {
    return JSON.parse(when.text) as Json;
  } catch {
    throw new NotJson();
  }
}

function row(condition: unknown): Row | null {
  if (typeof condition !== "object" || condition === null || !("field" in condition)) return null;
  const { field, ...rest } = condition as Json;
  const [operator, ...more] = Object.keys(rest);
  if (typeof field !== "string" || operator === undefined || more.length) return null;
  const value = rest[operator];
  const shown = Array.isArray(value) ? value.map(shownValue).join(", ") : shownValue(value);
  return { field, operator, value: shown };
}

function comparison({ field, operator, value }: Row): Json {
  const read = operator === "in" ? pieces(value).map(readValue) : readValue(value);
  return { field: field.trim(), [operator]: read };
}

/** A text that would be read as something else stands in quotes. */
function shownValue(value: unknown): string {
  if (typeof value !== "string") return String(value);
  const plain = value === value.trim() && value !== "" && !/[",]/.test(value);
  return plain && readValue(value) === value ? value : JSON.stringify(value);
}

function readValue(typed: string): unknown {
  const bare = typed.trim();
  if (bare === "true" || bare === "false") return bare === "true";
  if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(bare)) return Number(bare);
  if (!/^".*"$/s.test(bare)) return bare;
  try {
    return JSON.parse(bare) as unknown;
  } catch {
    return bare;
  }
}

/** Part at the commas that are in no quotes. */
function pieces(typed: string): string[] {
  const found = typed.match(/(?:"(?:\\.|[^"\\])*"|[^,])+/g) ?? [];
  return found.map((each) => each.trim()).filter((each) => each !== "");
}
