// What travels over `/feed`, by the names of its own document; `make page` generates them.
import type { Agent, Channel, Conversation } from "../api/types";
import type { components } from "../../generated/feed";

type Schemas = components["schemas"];
type AnyEvent = Schemas["Events"]["events"][number];

/** Every type of event that there is. */
export type EventType = AnyEvent["type"];

/** What the page reads of an event; the rest it reads from the API, as it is by then. */
export type FeedEvent = Pick<AnyEvent, "id" | "type" | "time"> & { subject?: string };

/** The objects are the API's own, so they are taken as its document has them. */
export type Snapshot = Omit<Schemas["Snapshot"], "conversations" | "agents" | "channels"> & {
  conversations: Conversation[];
  agents: Agent[];
  channels: Channel[];
};

export type Frame =
  | Snapshot
  | (Omit<Schemas["Events"], "events"> & { events: FeedEvent[] })
  | Schemas["Gap"]
  | Schemas["Error"];
