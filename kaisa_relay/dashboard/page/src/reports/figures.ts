// What a report's figures are called and how they are written: shares of 1, seconds, and counts.
import type { Report } from "../api/types";
import { reports as words } from "../text/explore";
import { span } from "../ui/time";

export type Figure = Report["figures"][number];
export type Group = Report["groups"][number];
export type Value = number | null | undefined;

export function called(figure: string): string {
  const text = figure.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function shown(value: Value, unit: string): string {
  if (value === null || value === undefined) return "–";
  if (unit === "share") return `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} %`;
  return unit === "seconds" ? span(1000 * value) : value.toLocaleString();
}

/** How much more or less it is than before: in points of a share, else in percent of before. */
export function change(now: Value, before: Value, unit: string): string {
  if (now === null || now === undefined || before === null || before === undefined) return "";
  const more = unit === "share" ? 100 * (now - before) : before === 0 ? NaN : (100 * (now - before)) / before;
  if (!Number.isFinite(more)) return "";
  const rounded = Math.round(more);
  const signed = rounded > 0 ? `+${rounded}` : `${rounded}`.replace("-", "−");
  return unit === "share" ? `${signed} pt` : `${signed} %`;
}

/** What a group is called where it is a day, a weekday, somebody, or nothing at all. */
export function groupName({ key, label }: Group, by: string): string {
  if (key === null) return words.none;
  if (by === "weekday") return words.weekdays[key] ?? key;
  if (by === "hour") return `${key}:00`;
  return label ?? key;
}

/** Groups in the order of a chart: days as they follow on each other, the others as they came. */
export function charted(groups: readonly Group[], by: string): Group[] {
  const kept = groups.filter((each) => each.key !== null);
  return by === "day" ? kept.sort((one, other) => (one.key! < other.key! ? -1 : 1)) : kept;
}
