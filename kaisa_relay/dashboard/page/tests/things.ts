// Objects of the API as tests need them: complete, and plain but for what is asked.
import type { Conversation } from "../src/api/types";

export function conversation(changes: Partial<Conversation> = {}): Conversation {
  const person = { name: "Vera", phone: "+46700000001" };
  return {
    id: "cnv_1",
    status: "reserved",
    reason: null,
    outcome: null,
    note: null,
    value: null,
    currency: null,
    url: null,
    channel: { id: "chn_1", phone: "+46700000009" },
    form: person,
    visitor: person,
    agent: null,
    metadata: {},
    created_at: "2026-11-22T12:00:00Z",
    started_at: null,
    accepted_at: null,
    ended_at: null,
    expires_at: null,
    visitor_window_closes_at: null,
    agent_window_closes_at: null,
    ...changes,
  };
}
