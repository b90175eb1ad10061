// What was said and what happened, as one list in time.
import type { Happening, Message } from "../api/types";

export type Entry =
  | { kind: "message"; at: string; key: string; message: Message }
  | { kind: "event"; at: string; key: string; event: Happening; count: number };

/** Events that the messages themselves tell better, or that tell a supervisor nothing. */
const TOLD = new Set([
  "conversation.message_received",
  "conversation.message_relayed",
  "conversation.message_settled",
  "conversation.notified",
  "conversation.note_added",
  "conversation.note_kept",
  "conversation.team_wrote",
  "conversation.offer_sent",
  "conversation.deadline_moved",
  "message.status",
]);

export function timeline(
  messages: readonly Message[],
  events: readonly Happening[],
  everything: boolean,
): Entry[] {
  const said = messages.map((message): Entry => {
    return { kind: "message", at: message.received_at, key: message.id, message };
  });
  const happened = events
    .filter((event) => everything || !TOLD.has(event.type))
    .map((event): Entry => ({ kind: "event", at: event.time, key: event.id, event, count: 1 }));
  return together([...said, ...happened].sort(inTime));
}

function inTime(one: Entry, other: Entry): number {
  return one.at < other.at ? -1 : one.at > other.at ? 1 : 0;
}

/** The same event many times in a row is one line with a number. */
function together(entries: Entry[]): Entry[] {
  const shown: Entry[] = [];
  for (const entry of entries) {
    const last = shown.at(-1);
    if (last?.kind === "event" && entry.kind === "event" && last.event.type === entry.event.type) {
      shown[shown.length - 1] = { ...entry, key: last.key, count: last.count + 1 };
    } else shown.push(entry);
  }
  return shown;
}
