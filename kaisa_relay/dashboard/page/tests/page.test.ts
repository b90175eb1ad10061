import { expect, test } from "vitest";
import { address, read, type Place } from "../src/page";

test.each<[string, Place]>([
  ["#/board", { at: "board" }],
  ["#/conversations/cnv_1", { at: "conversation", id: "cnv_1" }],
  ["#/triggers", { at: "triggers" }],
  ["#/triggers/new", { at: "triggers", id: "new" }],
  ["#/deliveries?state=dead&trigger=trg_1", { at: "deliveries", filter: { state: "dead", trigger: "trg_1" } }],
])("%s is a place, and the place has that address", (hash, place) => {
  expect(read(hash)).toEqual(place);
  expect(address(place)).toBe(hash);
});

test("what is nowhere is the board", () => {
  for (const hash of ["", "#/elsewhere", "#/conversations/"]) expect(read(hash)).toEqual({ at: "board" });
});
