import { describe, expect, test } from "vitest";
import type { Conversation } from "../src/api/types";
import {
  EMPTY,
  ended,
  inState,
  matches,
  MOST_ACTIVITY,
  MOST_ENDED,
  staleAfter,
  withConversation,
  withEvents,
  withSnapshot,
  type Board,
  windowsOf,
} from "../src/board/board";
import type { EventType, FeedEvent, Snapshot } from "../src/feed/frames";
import { conversation } from "./things";

const event = (type: string, subject?: string, id = "evt_1"): FeedEvent => ({
  // A newer server may send types that this page has never heard of.
  id, type: type as EventType, time: "2026-11-22T12:00:00Z", ...(subject ? { subject } : {}),
});
const snapshot = (conversations: Conversation[]): Snapshot => ({
  type: "snapshot", position: "7", conversations, agents: [], channels: [], more: false,
});
const holding = (...those: Conversation[]): Board => withSnapshot(EMPTY, snapshot(those));

describe("what an event makes old", () => {
  test("a message changes no row", () => {
    const stale = staleAfter([event("conversation.message_relayed", "cnv_1")]);
    expect(stale.conversations.size).toBe(0);
    expect(stale.agents || stale.channels).toBe(false);
  });
  test("whatever else happens in a conversation is read again, once", () => {
    const stale = staleAfter([
      event("conversation.agent_offered", "cnv_1"),
      event("conversation.agent_accepted", "cnv_1"),
      event("conversation.never_heard_of", "cnv_2"),
    ]);
    expect([...stale.conversations]).toEqual(["cnv_1", "cnv_2"]);
    expect(stale.agents).toBe(true);
  });
  test("agents and channels on their own", () => {
    expect(staleAfter([event("agent.paused")])).toMatchObject({ agents: true, channels: false });
    expect(staleAfter([event("channel.down")])).toMatchObject({ agents: false, channels: true });
    expect(staleAfter([event("alert.raised")])).toMatchObject({ channels: false, alerts: true });
  });
});

describe("the board", () => {
  test("who waits longest comes first", () => {
    const board = holding(
      conversation({ id: "cnv_2", status: "seeking", started_at: "2026-11-22T12:02:00Z" }),
      conversation({ id: "cnv_1", status: "seeking", started_at: "2026-11-22T12:01:00Z" }),
      conversation({ id: "cnv_3", status: "active" }),
    );
    expect(inState(board, "seeking").map((each) => each.id)).toEqual(["cnv_1", "cnv_2"]);
  });
  test("what ends moves over, and only the latest stay", () => {
    let board = holding();
    for (let minute = 10; minute < 10 + MOST_ENDED + 3; minute += 1) {
      const at = `2026-11-22T12:${minute}:00Z`;
      board = withConversation(board, conversation({ id: `cnv_${minute}`, status: "closed", ended_at: at }));
    }
    const over = ended(board.conversations.values());
    expect(over).toHaveLength(MOST_ENDED);
    expect(over[0]?.id).toBe(`cnv_${9 + MOST_ENDED + 3}`);
  });
  test("a new snapshot takes away what is not live any more, and keeps what was seen to end", () => {
    const before = withConversation(
      holding(conversation({ id: "cnv_1", status: "active" })),
      conversation({ id: "cnv_2", status: "closed", ended_at: "2026-11-22T12:10:00Z" }),
    );
    const now = withSnapshot(before, snapshot([conversation({ id: "cnv_3" })]));
    expect([...now.conversations.keys()].sort()).toEqual(["cnv_2", "cnv_3"]);
  });
  test("activity is bounded and keeps the latest", () => {
    const many = Array.from({ length: MOST_ACTIVITY + 5 }, (_, n) => event("agent.away", undefined, `evt_${n}`));
    const { activity } = withEvents(EMPTY, many);
    expect(activity).toHaveLength(MOST_ACTIVITY);
    expect(activity.at(-1)?.id).toBe(`evt_${MOST_ACTIVITY + 4}`);
  });
});

describe("search", () => {
  const vera = conversation({
    visitor: { name: "Vera Visitor", phone: "+46701740681" },
    metadata: { topic: "Kitchen" },
  });
  test.each(["vera", "VISITOR", "+46 70 174", "0681", "kitchen", " vera "])("finds by %s", (typed) => {
    expect(matches(vera, typed)).toBe(true);
  });
  test("finds nobody by what is not there", () => expect(matches(vera, "otto")).toBe(false));
  test("erased people do not break it", () => {
    const nobody = { name: null, phone: null };
    const gone = conversation({ visitor: nobody, form: nobody, metadata: null });
    expect(matches(gone, "vera")).toBe(false);
  });
});

describe("windows", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  const closing = (visitor: string | null, agent: string | null, status: "seeking" | "active" | "closed") =>
    windowsOf(
      conversation({ status, visitor_window_closes_at: visitor, agent_window_closes_at: agent }),
      now,
    );
  const [past, soon, late] = ["2026-11-22T11:59:00Z", "2026-11-22T13:00:00Z", "2026-11-22T20:00:00Z"];

  test("are said when they are closed or close soon", () => {
    expect(closing(past, soon, "active")).toEqual([
      { side: "visitor", left: null },
      { side: "agent", left: 3_600_000 },
    ]);
  });
  test("are not said while there is time, or nobody has written", () => {
    expect(closing(late, null, "active")).toEqual([]);
  });
  test("are only the visitor's before somebody has accepted, and nobody's after the end", () => {
    expect(closing(past, past, "seeking")).toEqual([{ side: "visitor", left: null }]);
    expect(closing(past, past, "closed")).toEqual([]);
  });
});
