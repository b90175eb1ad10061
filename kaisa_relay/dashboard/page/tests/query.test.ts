import { expect, test } from "vitest";
import { conditions, one, period, put, sorted, within, without } from "../src/explore/query";

test("a value takes the place of the others of its name", () => {
  const query = "status=closed&status=failed&text=blue%20car";
  expect(put(query, "status", "active")).toBe("text=blue%20car&status=active");
  expect(put(query, "status", " ")).toBe("text=blue%20car");
  expect(put("", "created_at[gte]", "2026-11-01T00:00:00Z")).toBe("created_at[gte]=2026-11-01T00:00:00Z");
});

test("one of several is taken away, and the others stay", () => {
  expect(without("status=closed&status=failed", ["status", "closed"])).toBe("status=failed");
});

test("days are those of the reader, and the last one is included", () => {
  const asked = within("status=closed", "2026-11-01", "2026-11-30");
  expect(period(asked)).toEqual({ first: "2026-11-01", last: "2026-11-30" });
  const days = (Date.parse(one(asked, "created_at[lt]")) - Date.parse(one(asked, "created_at[gte]"))) / 86_400_000;
  expect(Math.round(days)).toBe(30);
  expect(within(asked, "", "")).toBe("status=closed");
});

test("what was typed and is no day is no period", () => {
  expect(period("created_at[gte]=yesterday")).toEqual({ first: "", last: "" });
});

test("a column is sorted the largest first, and then the other way round", () => {
  const down = sorted("status=closed", "value");
  expect(one(down, "sort")).toBe("-value");
  expect(one(sorted(down, "value"), "sort")).toBe("value");
});

test("what says how it is shown is no condition", () => {
  expect(conditions("by=day&status=closed&sort=-value&metadata.car=Volvo")).toEqual([
    ["status", "closed"],
    ["metadata.car", "Volvo"],
  ]);
});
