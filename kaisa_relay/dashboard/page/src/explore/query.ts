// What a list or a report is asked for, as a string: the page's address has what the API takes.

export type Pair = readonly [name: string, value: string];

export function pairs(query: string): Pair[] {
  return [...new URLSearchParams(query)];
}

export function written(all: readonly Pair[]): string {
  // Brackets and colons may stand in a query as they are, and are read more easily so.
  const plain = (text: string) => encodeURIComponent(text).replace(/%(5B|5D|3A|2C)/g, decodeURIComponent);
  return all.map(([name, value]) => `${plain(name)}=${plain(value)}`).join("&");
}

export function one(query: string, name: string): string {
  return new URLSearchParams(query).get(name) ?? "";
}

/** The query with these values of a name, and no others. */
export function put(query: string, name: string, ...values: string[]): string {
  const others = pairs(query).filter(([each]) => each !== name);
  const new_ones = values.map((value) => value.trim()).filter(Boolean).map((value) => [name, value] as const);
  return written([...others, ...new_ones]);
}

export function without(query: string, pair: Pair): string {
  return written(pairs(query).filter(([name, value]) => name !== pair[0] || value !== pair[1]));
}

/** The conditions alone, without what says how they are shown. */
export function conditions(query: string): Pair[] {
  return pairs(query).filter(([name]) => !SHOWN.has(name));
}

const SHOWN: ReadonlySet<string> = new Set(["sort", "by", "zone", "compare", "report", "figure"]);
export const FROM = "created_at[gte]";
export const UNTIL = "created_at[lt]";

/** The day of an instant where the reader is, as a date's input has it; empty for none. */
export function dayOf(instant: string): string {
  const at = new Date(instant);
  if (!instant || Number.isNaN(at.getTime())) return "";
  const two = (number: number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The instant at which a day begins where the reader is, or some days later. */
export function beginOf(day: string, later = 0): string {
  const [year, month, date] = day.split("-").map(Number);
  if (!year || !month || !date) return "";
  return new Date(year, month - 1, date + later).toISOString().replace(".000Z", "Z");
}

/** From the first day to the last, both included. */
export function period(query: string): { first: string; last: string } {
  const until = one(query, UNTIL);
  const last = until ? new Date(Date.parse(until) - 1).toISOString() : "";
  return { first: dayOf(one(query, FROM)), last: dayOf(last) };
}

export function within(query: string, first: string, last: string): string {
  return put(put(query, FROM, beginOf(first)), UNTIL, beginOf(last, 1));
}

/** A column's order: the other way round where it is sorted by already. */
export function sorted(query: string, column: string): string {
  return put(query, "sort", one(query, "sort") === `-${column}` ? column : `-${column}`);
}
