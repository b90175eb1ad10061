import { expect, test } from "vitest";
import { alertsOf } from "../src/alerts/alerts";
import type { Alert, Channel } from "../src/api/types";
import { EMPTY } from "../src/board/board";

const channel: Channel = {
  id: "chn_1", phone: "+46700000009", state: "up", down: null, limited: null, draining: false,
  quality: "green", tier: null, throughput: { per_second: 80, last_minute: 0, waiting: 0 },
  conversations: 0, pairs: 0,
};
const alert = (changes: Partial<Alert>): Alert => ({
  id: "alr_1", kind: "channel_down", level: "error", reason: null, count: null,
  subject: { channel: "chn_1", template: null, language: null }, since: "2026-11-22T12:00:00Z", ...changes,
});
const shown = (...alerts: Alert[]) => alertsOf({ ...EMPTY, channels: [channel], alerts });

test("an alert names the number and what is wrong with it", () => {
  expect(shown(alert({ kind: "token_expired" }))).toMatchObject([
    { level: "bad", text: "+46700000009 is down: its access token is not valid any more" },
  ]);
});
test("how many wait", () => {
  const subject = { channel: null, template: null, language: null };
  expect(shown(alert({ kind: "queue_long", level: "warning", count: 7, subject }))).toMatchObject([
    { level: "warn", text: "7 people wait for an agent", to: "board" },
  ]);
});
test("a number that drains or is rated red says so without an alert", () => {
  const sick = { ...channel, draining: true, quality: "red" as const };
  expect(alertsOf({ ...EMPTY, channels: [sick] })).toHaveLength(2);
});
test("a house in order says nothing", () => expect(shown()).toEqual([]));
