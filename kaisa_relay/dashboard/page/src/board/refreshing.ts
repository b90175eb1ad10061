// Reads again what events made old: each thing once, however many events touched it.
import { Refusal, type Client } from "../api/client";
import type { Agent, Channel, Conversation } from "../api/types";
import type { Store } from "../store";
import { withConversation, type Board, type Stale } from "./board";

export const SOON = 120;
/** Milliseconds in which what belongs together comes together. */
const AT_ONCE = 4;

export class Refreshing {
  private readonly conversations = new Set<string>();
  private agents = false;
  private channels = false;
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
    for (const id of stale.conversations) this.conversations.add(id);
    this.agents ||= stale.agents;
    this.channels ||= stale.channels;
    this.plan(SOON);
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
    return this.conversations.size > 0 || this.agents || this.channels;
  }

  private async run(): Promise<void> {
    this.busy = true;
    const ids = [...this.conversations].slice(0, AT_ONCE);
    const { agents, channels } = this;
    ids.forEach((id) => this.conversations.delete(id));
    this.agents = this.channels = false;
    const reading = [
      ...ids.map((id) => this.conversation(id)),
      ...(agents ? [this.people()] : []),
      ...(channels ? [this.numbers()] : []),
    ];
    const done = await Promise.allSettled(reading);
    this.busy = false;
    if (done.some((each) => each.status === "rejected")) this.again(ids, agents, channels);
    this.plan(done.some((each) => each.status === "rejected") ? 2000 : SOON);
  }

  /** What could not be read stays old, and is read when the server is back. */
  private again(ids: string[], agents: boolean, channels: boolean): void {
    ids.forEach((id) => this.conversations.add(id));
    this.agents ||= agents;
    this.channels ||= channels;
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

  private async people(): Promise<void> {
    const agents = await this.client.all<Agent>("/agents");
    this.board.update((board) => ({ ...board, agents }));
  }

  private async numbers(): Promise<void> {
    const { items } = await this.client.get<{ items: Channel[] }>("/channels");
    this.board.update((board) => ({ ...board, channels: items }));
  }
}
