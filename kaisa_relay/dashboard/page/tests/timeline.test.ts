import { expect, test } from "vitest";
import type { Happening, Message } from "../src/api/types";
import { candidates } from "../src/conversation/loading";
import { timeline } from "../src/conversation/timeline";
import { span } from "../src/ui/time";
import { conversation } from "./things";

const said = (id: string, at: string): Message => ({
  id, from: "visitor", type: "text", text: id, received_at: at, status: "sent",
});
const happened = (id: string, type: string, time: string): Happening => ({
  id, type, time, subject: "cnv_1", data: {},
  specversion: "1.0", source: "/workspaces/wsp_1", datacontenttype: "application/json",
});

test("what was said and what happened stand in time", () => {
  const entries = timeline(
    [said("msg_2", "2026-11-22T12:02:00Z"), said("msg_4", "2026-11-22T12:04:00Z")],
    [
      happened("evt_1", "conversation.started", "2026-11-22T12:01:00Z"),
      happened("evt_3", "conversation.agent_accepted", "2026-11-22T12:03:00Z"),
    ],
    false,
  );
  expect(entries.map((each) => each.key)).toEqual(["evt_1", "msg_2", "evt_3", "msg_4"]);
});

test("what the messages tell is told once, unless everything is asked for", () => {
  const events = [happened("evt_1", "conversation.message_relayed", "2026-11-22T12:01:00Z")];
  expect(timeline([], events, false)).toEqual([]);
  expect(timeline([], events, true)).toHaveLength(1);
});

test("the same event many times is one line", () => {
  const events = [1, 2, 3].map((n) => happened(`evt_${n}`, "conversation.nudged", `2026-11-22T12:0${n}:00Z`));
  expect(timeline([], events, false)).toMatchObject([{ count: 3, at: "2026-11-22T12:03:00Z" }]);
});

test.each([
  [-5, "0 s"], [59_999, "59 s"], [60_000, "1 min"], [125_000, "2 min 5 s"], [3_599_000, "59 min"],
  [3_600_000, "1 h"], [5_400_000, "1 h 30 min"], [90_000_000, "1 d 1 h"],
])("%d ms is %s", (milliseconds, words) => expect(span(milliseconds)).toBe(words));

test("only agents of the form can be asked, and not who has the conversation", () => {
  const event = (type: string, data: object): Happening => ({
    ...happened("evt_1", type, "2026-11-22T12:00:00Z"),
    data: data as Happening["data"],
  });
  const created = event("conversation.created", {
    agents: [{ contact: "ctc_1" }, { contact: "ctc_2" }, { contact: "ctc_3" }],
  });
  const events = [
    created,
    event("conversation.agent_accepted", { agent: "ctc_1" }),
    event("conversation.transferred", { agent: "ctc_2" }),
  ];
  const anna = { name: "Anna", phone: "+46700000002" };
  const whole = { conversation: conversation({ status: "active", agent: anna }), messages: [], events };
  expect([...candidates(whole)]).toEqual(["ctc_1", "ctc_3"]);
});
