// Who is signed in, what there is to see, and the line over which it changes: one for the page.
import { Client } from "./api/client";
import type { Session } from "./api/types";
import { EMPTY, staleAfter, withEvents, withSnapshot, type Board } from "./board/board";
import { Refreshing } from "./board/refreshing";
import { Connection, type Line } from "./feed/connection";
import type { FeedEvent, Frame } from "./feed/frames";
import { Store } from "./store";

export type Who = { state: "unknown" } | { state: "out"; ended: boolean } | { state: "in"; session: Session };

export const who = new Store<Who>({ state: "unknown" });
export const board = new Store<Board>(EMPTY);
export const line = new Store<Line>({ state: "connecting" });
export const latest = new Store<readonly FeedEvent[]>([]);

export const client = new Client(undefined, () => ended());
const refreshing = new Refreshing(client, board);

const connection = new Connection(
  {
    ticket: async () => (await client.post<{ ticket: string }>("/feed/tickets")).ticket,
    open: (ticket) => {
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      return new WebSocket(`${scheme}//${location.host}/feed?ticket=${encodeURIComponent(ticket)}`);
    },
    now: () => Date.now(),
    later: (run, milliseconds) => {
      const timer = setTimeout(run, milliseconds);
      return () => clearTimeout(timer);
    },
    random: Math.random,
  },
  heard,
  (now) => line.set(now),
);

function heard(frame: Frame): void {
  if (frame.type === "snapshot") {
    board.update((now) => withSnapshot(now, frame));
    refreshing.mark({ ...staleAfter([]), alerts: true, ended: true });
  }
  if (frame.type !== "events") return;
  board.update((now) => withEvents(now, frame.events));
  refreshing.mark(staleAfter(frame.events));
  latest.set(frame.events);
}

export async function begin(): Promise<void> {
  try {
    signedIn(await client.get<Session>("/session"));
  } catch {
    if (who.get().state === "unknown") who.set({ state: "out", ended: false });
  }
}

export async function signIn(name: string, password: string): Promise<void> {
  signedIn(await client.post<Session>("/session", { name, password }));
}

export async function signOut(): Promise<void> {
  await client.delete("/session").catch(() => {});
  leave(false);
}

export function tryNow(): void {
  connection.tryNow();
}

/** Whether whoever is signed in may do what a scope allows. */
export function may(scope: string): boolean {
  const now = who.get();
  return now.state === "in" && now.session.powers.includes(scope);
}

function signedIn(session: Session): void {
  who.set({ state: "in", session });
  connection.position = null;
  connection.start();
}

function ended(): void {
  if (who.get().state === "in") leave(true);
  else who.set({ state: "out", ended: false });
}

function leave(ended: boolean): void {
  connection.stop();
  board.set(EMPTY);
  who.set({ state: "out", ended });
}
