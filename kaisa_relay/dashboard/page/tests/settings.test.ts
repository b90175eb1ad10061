import { describe, expect, test } from "vitest";
import { changes, GROUPS, shown, type Values } from "../src/settings/fields";
import { en } from "../src/text/en";

const SETTINGS: Values = {
  offer_time: "2m",
  queue_alert: 10,
  read_receipts: true,
  reuse_media: false,
  agent_fields: ["car", "plan"],
  hours: { zone: "Europe/Stockholm", week: "mon-fri 09:00-17:00", days: ["2026-12-24"] },
};
const FIELDS = Object.values(GROUPS).flat();

function form(settings: Values, filled: Record<string, string>): Values {
  const before = Object.fromEntries(FIELDS.map((field) => [field.name, shown(settings, field)]));
  return changes(settings, (name) => filled[name] ?? before[name] ?? "");
}

describe("the settings", () => {
  test("a form that nobody touched changes nothing", () => {
    expect(form(SETTINGS, {})).toEqual({});
    expect(form({ ...SETTINGS, hours: null }, {})).toEqual({});
  });

  test("what was changed goes out in its own kind, and nothing else", () => {
    const filled = { offer_time: " 90s ", queue_alert: "0", read_receipts: "", agent_fields: "car, , colour" };
    expect(form(SETTINGS, filled)).toEqual({
      offer_time: "90s",
      queue_alert: 0,
      read_receipts: false,
      agent_fields: ["car", "colour"],
    });
  });

  test("a number that is none is left for the server to refuse", () => {
    expect(form(SETTINGS, { queue_alert: "many" })).toEqual({ queue_alert: "many" });
  });

  test("hours go out whole, and emptied they are none", () => {
    const days = "2026-12-24\n\n2026-12-31 10:00-12:00\n";
    expect(form(SETTINGS, { "hours.days": days })).toEqual({
      hours: { zone: "Europe/Stockholm", week: "mon-fri 09:00-17:00", days: ["2026-12-24", "2026-12-31 10:00-12:00"] },
    });
    expect(form(SETTINGS, { "hours.zone": "", "hours.week": "", "hours.days": "" })).toEqual({ hours: null });
  });

  test.each(FIELDS.map((field) => field.name))("%s has a label", (name) => {
    expect(en.settings.fields[name]?.[0]).toBeTruthy();
  });
});
