import { expect, test } from "vitest";
import { change, charted, groupName, shown } from "../src/reports/figures";

const group = (key: string | null, label: string | null = null) => ({ key, label, values: {} });

test.each([
  [null, "count", "–"],
  [0.256, "share", "26 %"],
  [0.0256, "share", "2.6 %"],
  [95, "seconds", "1 min 35 s"],
])("%s as %s is %s", (value, unit, says) => {
  expect(shown(value, unit)).toBe(says);
});

test("a change is a part of what was before, and of shares the points between", () => {
  expect(change(12, 10, "count")).toBe("+20 %");
  expect(change(8, 10, "seconds")).toBe("−20 %");
  expect(change(0.5, 0.4, "share")).toBe("+10 pt");
  expect(change(3, 0, "count")).toBe("");
  expect(change(3, null, "count")).toBe("");
});

test("groups have names", () => {
  expect(groupName(group(null), "outcome")).toBe("none");
  expect(groupName(group("ctc_1", "Anna"), "agent")).toBe("Anna");
  expect(groupName(group("07"), "hour")).toBe("07:00");
  expect(groupName(group("tue"), "weekday")).toBe("Tuesday");
});

test("days follow on each other, and what has none is left out", () => {
  const days = [group("2026-11-02"), group(null), group("2026-11-01")];
  expect(charted(days, "day").map((each) => each.key)).toEqual(["2026-11-01", "2026-11-02"]);
});
