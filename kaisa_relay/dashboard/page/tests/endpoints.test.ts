import { describe, expect, test } from "vitest";
import type { Endpoint } from "../src/api/types";
import { asked, changeOf, filledOf, NEW, wishOf } from "../src/endpoints/wish";

const FAULTS = { header: "no header", json: "no JSON" };
const SMS: Endpoint = {
  id: "end_1",
  kind: "sms",
  url: "https://sms.example.com/v1",
  created_at: "2026-11-23T09:00:00Z",
  disabled_at: null,
  disabled_by: null,
  provider: "http",
  user: null,
  account: null,
  sender: "Acme",
  request: { body: { to: "{{ to }}" } },
  header_names: ["authorization"],
  failures: 0,
  rests_until: null,
};

describe("an endpoint in its form", () => {
  test("a webhook is its URL alone, whatever was typed before", () => {
    const filled = { ...NEW, url: " https://a.example/hooks ", password: "left over" };
    expect(wishOf(filled, FAULTS)).toEqual({ wish: { kind: "webhook", url: "https://a.example/hooks" } });
  });

  test("each kind asks for its own", () => {
    expect(asked({ kind: "email", provider: "http" })).toEqual(["url", "sender", "user", "password"]);
    expect(asked({ kind: "sms", provider: "twilio" })).toContain("account");
    expect(asked({ kind: "sms", provider: "http" })).toContain("request");
  });

  test("another provider has headers and a request", () => {
    const filled = { ...filledOf(SMS), headers: "Authorization: Bearer a:b\n\nX-Of: acme", request: '{"body": {}}' };
    expect(wishOf(filled, FAULTS)).toEqual({
      wish: {
        kind: "sms",
        provider: "http",
        url: SMS.url,
        sender: "Acme",
        headers: { Authorization: "Bearer a:b", "X-Of": "acme" },
        request: { body: {} },
      },
    });
  });

  test("what cannot be read is said, and not sent", () => {
    const filled = { ...filledOf(SMS), headers: "Bearer", request: "{" };
    expect(wishOf(filled, FAULTS)).toEqual({ wrong: { headers: "no header", request: "no JSON" } });
  });

  test("only what was changed goes out; a password that nobody typed stays", () => {
    expect(changeOf(SMS, filledOf(SMS), FAULTS)).toEqual({ wish: {} });
    expect(changeOf(SMS, { ...filledOf(SMS), sender: "Other", password: " p " }, FAULTS)).toEqual({
      wish: { sender: "Other", password: " p " },
    });
  });
});
