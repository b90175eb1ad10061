// What travels over `/feed`, beside the API's own objects (docs/feed.md).
import type { Agent, Channel, Conversation } from "../api/types";

export interface FeedEvent {
  id: string;
  type: string;
  subject?: string;
  time: string;
  data: Record<string, unknown>;
}

export interface Snapshot {
  type: "snapshot";
  position: string;
  conversations: Conversation[];
  agents: Agent[];
  channels: Channel[];
  more: boolean;
}

export type Frame =
  | Snapshot
  | { type: "events"; position: string; events: FeedEvent[] }
  | { type: "gap"; position: string }
  | { type: "error"; code: string; message: string };
