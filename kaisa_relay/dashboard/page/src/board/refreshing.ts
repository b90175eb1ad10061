// Reads again what events made old: each thing once, however many events touched it.
import { Refusal, type Client } from "../api/client";
import type { Agent, Alert, Channel, Conversation } from "../api/types";
import type { Store } from "../store";
import { MOST_ENDED, withConversation, type Board, type Stale } from "./board";

export const SOON = 120;
/** Milliseconds in which what belongs together comes together. */
const LATER = 2000;
const AT_ONCE = 4;

export class Refreshing {
  private readonly conversations = new Set<string>();
  private agents = false;
  private channels = false;
  private alerts = false;
  private ended = false;
  private busy = false;
  private due = false;

  constructor(
    private readonly client: Client,
    private readonly board: Store<Board>,
    // A bare `setTimeout` would be called as a method of ours, which browsers refuse.
    private readonly later = (run: () => void, milliseconds: number): unknown =>
      setTimeout(run, milliseconds),
  ) {}

  mark(stale: Stale): void {
    this.note(stale);
    this.plan(SOON);
  }

  private note(stale: Stale): void {
    for (const id of stale.conversations) this.conversations.add(id);
    this.agents ||= stale.agents;
    this.channels ||= stale.channels;
    this.alerts ||= stale.alerts;
    this.ended ||= stale.ended;
  }

  private plan(milliseconds: number): void {
    if (this.due || this.busy || !this.wanted()) return;
    this.due = true;
    this.later(() => {
      this.due = false;
      void this.run();
    }, milliseconds);
  }

  private wanted(): boolean {
    return this.conversations.size > 0 || this.agents || this.channels || this.alerts || this.ended;
  }

  private async run(): Promise<void> {
    this.busy = true;
    const ids = [...this.conversations].slice(0, AT_ONCE);
    const { agents, channels, alerts, ended } = this;
    ids.forEach((id) => this.conversations.delete(id));
    this.agents = this.channels = this.alerts = this.ended = false;
    const reading = [
      ...ids.map((id) => this.conversation(id)),
      ...(agents ? [this.people()] : []),
      ...(channels ? [this.numbers()] : []),
      ...(alerts ? [this.troubles()] : []),
      ...(ended ? [this.over()] : []),
    ];
    const done = await Promise.allSettled(reading);
    this.busy = false;
    const failed = done.some((each) => each.status === "rejected");
    // What could not be read stays old, and is read when the server is back.
    if (failed) this.note({ conversations: new Set(ids), agents, channels, alerts, ended });
    this.plan(failed ? LATER : SOON);
  }

  private async conversation(id: string): Promise<void> {
    try {
      const now = await this.client.get<Conversation>(`/conversations/${id}?qr=none`);
      this.board.update((board) => withConversation(board, now));
    } catch (problem) {
      // What is not there will not be there at the next try either.
      if (!(problem instanceof Refusal && problem.status === 404)) throw problem;
    }
  }

  private async over(): Promise<void> {
    const path = `/conversations?status=closed,failed,abandoned&limit=${MOST_ENDED}`;
    const { items } = await this.client.get<{ items: Conversation[] }>(path);
    this.board.update((board) => items.reduce(withConversation, board));
  }

  private async people(): Promise<void> {
    const agents = await this.client.all<Agent>("/agents");
    this.board.update((board) => ({ ...board, agents }));
  }

  private async numbers(): Promise<void> {
    const { items } = await this.client.get<{ items: Channel[] }>("/channels");
    this.board.update((board) => ({ ...board, channels: items }));
  }

  private async troubles(): Promise<void> {
    const { items } = await this.client.get<{ items: Alert[] }>("/alerts");
    this.board.update((board) => ({ ...board, alerts: items }));
  }
}
