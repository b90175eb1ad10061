import { describe, expect, test } from "vitest";
import type { Trigger } from "../src/api/types";
import { shownCondition, writtenCondition } from "../src/triggers/conditions";
import { before, bySteps, total } from "../src/triggers/counts";
import { draftOf, isWish, NEW_DRAFT, ofKind, wishOf, wordsPath, type Draft } from "../src/triggers/draft";
import { where } from "../src/triggers/where";
import { wrongAt } from "../src/ui/field";

const TRIGGER: Trigger = {
  id: "trg_1",
  name: "Not scanned",
  enabled: true,
  version: 3,
  changed_at: "2026-11-23T09:00:00Z",
  on: ["conversation.abandoned"],
  when: { all: [{ field: "event.data.reason", eq: "unscanned" }, { field: "metadata.car", exists: true }] },
  unless: ["conversation.started"],
  hours: { zone: "Europe/Stockholm", quiet: "21:00-08:00" },
  limit: { times: 1, per: "7d" },
  steps: [
    { after: "30m", actions: [{ webhook: "end_1" }, { sms: "end_2", to: "{{ visitor.phone }}", text: { en: "Hi", sv: "Hej" } }] },
    { after: "1d", actions: [{ email: "end_3", to: "a@b.example", subject: "S", text: "T", html: "<p>T</p>" }] },
    { after: "2d", actions: [{ template: "still_there", language: { en: "en_US" }, parameters: ["{{ metadata.car }}"] }] },
  ],
};

const wish = (draft: Draft) => wishOf(draft, "twice", "no JSON");

describe("a trigger in its form", () => {
  test("comes out as it went in", () => {
    const { id, version, changed_at, ...parts } = TRIGGER;
    expect(wish(draftOf(TRIGGER))).toEqual(parts);
  });

  test("what the form does not know goes back as it came", () => {
    const newer = { ...TRIGGER, weight: 3 };
    expect(wish(draftOf(newer))).toHaveProperty("weight", 3);
  });

  test("says nothing of what is empty", () => {
    expect(wish({ ...NEW_DRAFT, unless: [] })).not.toHaveProperty("unless");
    expect(wish(NEW_DRAFT)).not.toHaveProperty("when");
    expect(wish(NEW_DRAFT)).not.toHaveProperty("hours");
    expect(wish(NEW_DRAFT)).not.toHaveProperty("limit");
  });

  test("a language that is there twice is said at its field, unless that is not sent", () => {
    const texts = [{ language: "sv", text: "Hej" }, { language: "sv", text: "Tja" }];
    const action = { ...NEW_DRAFT.steps[0]!.actions[0]!, text: texts };
    const draft = { ...NEW_DRAFT, steps: [{ after: "0s", actions: [action] }] };
    expect(wish(draft)).toEqual({ "steps[0].actions[0].text.sv": "twice" });
    expect(wordsPath("text", texts, 1)).toBe("text.sv");
    const webhook = { ...draft, steps: [{ after: "0s", actions: [ofKind(action, "webhook")] }] };
    expect(isWish(wish(webhook))).toBe(true);
  });

  test("another kind gets its own usual address, but not over one that somebody typed", () => {
    const action = ofKind(NEW_DRAFT.steps[0]!.actions[0]!, "email");
    expect(action.to).toEqual([{ language: "", text: "{{ metadata.email }}" }]);
    const typed = { ...action, to: [{ language: "", text: "me@acme.example" }] };
    expect(ofKind(typed, "sms").to).toEqual(typed.to);
  });
});

describe("conditions", () => {
  test.each([
    { any: [{ field: "conversation.value", gte: 12000 }, { field: "metadata.plan", in: ["a", "b, c", "5", 5] }] },
    { all: [{ field: "metadata.year", eq: "2026" }, { field: "metadata.text", contains: " said \"no\" " }] },
    { all: [{ field: "metadata.new", eq: false }, { field: "metadata.note", eq: "" }] },
    { not: { field: "metadata.car", exists: true } },
    { all: [{ any: [{ field: "metadata.a", eq: 1 }] }] },
  ])("%j is shown and written the same", (condition) => {
    expect(writtenCondition(shownCondition(condition))).toEqual(condition);
  });

  test("one comparison is a row of which all must hold", () => {
    const single = { field: "metadata.car", eq: "V60" };
    expect(writtenCondition(shownCondition(single))).toEqual({ all: [single] });
  });

  test("what is no JSON is said, and not sent", () => {
    expect(wish({ ...NEW_DRAFT, when: { as: "json", text: "{" } })).toEqual({ when: "no JSON" });
  });
});

describe("what is wrong", () => {
  test("is said at its field, or further out where that has no field", () => {
    const wrong = { "when.all[0].field": "must begin so", "when.all[10]": "no", on: "must be a list" };
    expect(wrongAt(wrong, "when.all[0]", true)).toBe("must begin so");
    expect(wrongAt(wrong, "when.all[1]", true)).toBe("");
    expect(wrongAt(wrong, "when.all[0]")).toBe("");
    expect(wrongAt(wrong, "on")).toBe("must be a list");
  });

  test.each([
    ["steps[1].after", "Step 2, after"],
    ["steps[0].actions[1].text.sv", "Step 1, Action 2, text.sv"],
    ["on[3]", "What starts it"],
    ["hours.zone", "Quiet hours"],
    ["body", "body"],
  ])("%s is at %s", (path, says) => expect(where(path)).toBe(says));
});

test("counts are those of each step now, and of what was before", () => {
  const none = { started: 0, delivered: 0, links: 0, recovered: 0, accepted: 0 };
  const counts = [
    { ...none, version: 1, step: 0, started: 5, recovered: 2 },
    { ...none, version: 2, step: 1, started: 3, recovered: 1 },
  ];
  expect(total(counts)).toEqual({ ...none, started: 8, recovered: 3 });
  expect(bySteps(counts, 2, 2).map((each) => each.started)).toEqual([0, 3]);
  expect(before(counts, 2)?.recovered).toBe(2);
  expect(before(counts.slice(1), 2)).toBeNull();
});
