// What the board shows, and what an event makes old in it.
//
// Rule 1: the page has no rules of its own on what an event changes in a conversation: what an
// event touches is read again from the API.
// Rule 2: messages change no row, and there are many of them.
import type { Agent, Alert, Channel, Conversation } from "../api/types";
import type { FeedEvent, Snapshot } from "../feed/frames";

export interface Board {
  loaded: boolean;
  more: boolean;
  conversations: ReadonlyMap<string, Conversation>;
  agents: readonly Agent[];
  channels: readonly Channel[];
  alerts: readonly Alert[];
  activity: readonly FeedEvent[];
}

export interface Stale {
  conversations: Set<string>;
  agents: boolean;
  channels: boolean;
  alerts: boolean;
  /** The latest that have ended, which no snapshot has. */
  ended: boolean;
}

export const EMPTY: Board = {
  loaded: false,
  more: false,
  conversations: new Map(),
  agents: [],
  channels: [],
  alerts: [],
  activity: [],
};

export const MOST_ACTIVITY = 200;
export const MOST_ENDED = 12;

export const LIVE = ["reserved", "seeking", "active"] as const;
export type Live = (typeof LIVE)[number];

const QUIET = new Set([
  "conversation.message_received",
  "conversation.message_relayed",
  "conversation.message_settled",
  "conversation.notified",
  "message.status",
  "message.unmatched",
  "message.blocked",
]);

export function withSnapshot(board: Board, frame: Snapshot): Board {
  const conversations = new Map(frame.conversations.map((each) => [each.id, each]));
  for (const each of board.conversations.values()) {
    if (!isLive(each) && !conversations.has(each.id)) conversations.set(each.id, each);
  }
  const { agents, channels, more } = frame;
  return { ...board, loaded: true, more, conversations, agents, channels };
}

export function withEvents(board: Board, events: readonly FeedEvent[]): Board {
  const activity = [...board.activity, ...events].slice(-MOST_ACTIVITY);
  return { ...board, activity };
}

/** Put in a conversation as it is now; of those that ended only the latest stay. */
export function withConversation(board: Board, conversation: Conversation): Board {
  const conversations = new Map(board.conversations).set(conversation.id, conversation);
  const over = ended(conversations.values());
  for (const each of over.slice(MOST_ENDED)) conversations.delete(each.id);
  return { ...board, conversations };
}

export function staleAfter(events: readonly FeedEvent[]): Stale {
  const stale: Stale = { conversations: new Set(), agents: false, channels: false, alerts: false, ended: false };
  for (const { type, subject } of events) {
    if (type.startsWith("alert.")) stale.alerts = true;
    else if (type.startsWith("channel.")) stale.channels = true;
    else if (type.startsWith("agent.")) stale.agents = true;
    else if (!QUIET.has(type)) {
      if (subject !== undefined) stale.conversations.add(subject);
      stale.agents = stale.channels = true;
    }
  }
  return stale;
}

export function isLive(conversation: Conversation): boolean {
  return (LIVE as readonly string[]).includes(conversation.status);
}

/** The live ones of a state, who waits longest first. */
export function inState(board: Board, status: Live): Conversation[] {
  const found = [...board.conversations.values()].filter((each) => each.status === status);
  return found.sort((one, other) => since(one).localeCompare(since(other)));
}

export function ended(conversations: Iterable<Conversation>): Conversation[] {
  const over = [...conversations].filter((each) => !isLive(each));
  return over.sort((one, other) => (other.ended_at ?? "").localeCompare(one.ended_at ?? ""));
}

/** The instant at which a conversation came to where it is. */
export function since(conversation: Conversation): string {
  const { status, created_at, started_at, accepted_at, ended_at } = conversation;
  if (status === "seeking") return started_at ?? created_at;
  if (status === "active") return accepted_at ?? started_at ?? created_at;
  return ended_at ?? created_at;
}

export const WINDOW_SOON = 2 * 3_600_000;
/** Milliseconds before its end in which a window is said to close soon. */

export interface WindowSaid {
  side: "visitor" | "agent";
  /** Milliseconds; null when it is closed. */
  left: number | null;
}

/** Whose window is closed or will be soon, while the conversation lives. */
export function windowsOf(conversation: Conversation, now: number): WindowSaid[] {
  if (conversation.status !== "seeking" && conversation.status !== "active") return [];
  const { visitor_window_closes_at, agent_window_closes_at } = conversation;
  const both = [
    { side: "visitor" as const, closes: visitor_window_closes_at },
    // Before somebody has accepted there is nobody whose window matters.
    { side: "agent" as const, closes: conversation.status === "active" ? agent_window_closes_at : null },
  ];
  return both.flatMap(({ side, closes }) => {
    if (!closes) return [];
    const left = Date.parse(closes) - now;
    if (left > WINDOW_SOON) return [];
    return [{ side, left: left > 0 ? left : null }];
  });
}

/** Whether a conversation is what somebody typed to find it. */
export function matches(conversation: Conversation, typed: string): boolean {
  const words = typed.trim().toLowerCase();
  const { id, visitor, form, agent, channel, outcome, note, metadata } = conversation;
  const people = [visitor, form, agent].flatMap((each) => [each?.name, each?.phone]);
  const texts = [id, ...people, channel.phone, outcome, note, JSON.stringify(metadata)];
  const digits = words.replace(/[\s()-]/g, "");
  return texts.some((text) => {
    const found = text?.toLowerCase();
    return !!found && (found.includes(words) || (digits.length > 3 && found.includes(digits)));
  });
}
