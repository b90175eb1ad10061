// The workspace's settings as a form has them: what each is, how it is shown, and what was changed.

export type Kind = "duration" | "number" | "flag" | "text" | "list" | "lines";
export type Values = Record<string, unknown>;

export interface Field {
  name: string;
  kind: Kind;
}

const of = (kind: Kind, ...names: string[]): Field[] => names.map((name) => ({ name, kind }));

/** Every setting that the page shows, in groups; `hours.` names a part of the business hours. */
export const GROUPS: Record<string, Field[]> = {
  times: of(
    "duration",
    "link_expires_after",
    "offer_time",
    "queue_time",
    "first_reply_time",
    "expires_after",
    "resume_time",
    "recovery_link_time",
    "unknown_grace",
  ),
  agents: [
    ...of("list", "agent_fields"),
    ...of("number", "broadcast_to", "pause_after_missed"),
    ...of("duration", "missed_pause"),
    ...of("flag", "agent_opt_in"),
  ],
  hours: [...of("text", "hours.zone", "hours.week"), ...of("lines", "hours.days")],
  messages: [
    ...of("text", "language", "offer_template"),
    ...of("flag", "read_receipts", "reuse_media"),
    ...of("duration", "keep_files", "keep_texts", "keep_metadata"),
    ...of("number", "queue_alert"),
  ],
};

const FIELDS = Object.values(GROUPS).flat();

/** Return what a field shows of the settings; flags are "true" or "". */
export function shown(settings: Values, { name, kind }: Field): string {
  const value = part(settings, name);
  if (value === null || value === undefined) return "";
  if (kind === "flag") return value ? "true" : "";
  if (Array.isArray(value)) return value.join(kind === "lines" ? "\n" : ", ");
  return String(value);
}

/** Return the settings that a filled-in form changes, as the API takes them. */
export function changes(settings: Values, filled: (name: string) => string): Values {
  const changed: Values = {};
  let hours = false;
  for (const field of FIELDS) {
    if (filled(field.name).trim() === shown(settings, field)) continue;
    if (field.name.startsWith("hours.")) hours = true;
    else changed[field.name] = read(field.kind, filled(field.name));
  }
  if (hours) changed.hours = readHours(filled);
  return changed;
}

function part(settings: Values, name: string): unknown {
  const [first, second] = name.split(".") as [string, string?];
  const value = settings[first];
  if (second === undefined) return value;
  return value ? (value as Values)[second] : null;
}

function read(kind: Kind, text: string): unknown {
  const bare = text.trim();
  switch (kind) {
    case "flag":
      return bare !== "";
    case "number":
      return /^\d+$/.test(bare) ? Number(bare) : bare;
    case "list":
      return pieces(bare, ",");
    case "lines":
      return pieces(bare, "\n");
    default:
      return bare;
  }
}

/** Without a zone and a week there are no hours: always open. */
function readHours(filled: (name: string) => string): Values | null {
  const zone = filled("hours.zone").trim();
  const week = filled("hours.week").trim();
  if (!zone && !week) return null;
  return { zone, week, days: read("lines", filled("hours.days")) };
}

function pieces(text: string, joint: string): string[] {
  return text
    .split(joint)
    .map((each) => each.trim())
    .filter((each) => each !== "");
}
