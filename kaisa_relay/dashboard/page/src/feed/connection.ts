// The way to the feed: kept open, taken up again where it broke off.
//
// Rule 1: the position of the last frame is kept for as long as the page is open, so that nothing
// that happens meanwhile is missed or shown twice.
// Rule 2: whatever ends a connection, there is a next try, later and later, and the page says when.
import type { Frame } from "./frames";

export type Line =
  | { state: "connecting" }
  | { state: "live" }
  | { state: "waiting"; until: number; tries: number }
  | { state: "ended" };

export interface Socket {
  send(text: string): void;
  close(): void;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
}

export interface World {
  ticket(): Promise<string>;
  open(ticket: string): Socket;
  now(): number;
  later(run: () => void, milliseconds: number): () => void;
  random(): number;
}

export const FIRST_WAIT = 500;
export const LONGEST_WAIT = 15_000;
/** Milliseconds: the first is doubled at each try that fails, and has chance added. */

export class Connection {
  position: string | null = null;
  private socket: Socket | null = null;
  private tries = 0;
  private cancel: () => void = () => {};
  private ended = false;

  constructor(
    private readonly world: World,
    private readonly told: (frame: Frame) => void,
    private readonly shows: (line: Line) => void,
  ) {}

  start(): void {
    this.ended = false;
    void this.connect();
  }

  /** Do not wait any longer. */
  tryNow(): void {
    if (this.socket || this.ended) return;
    this.cancel();
    void this.connect();
  }

  stop(): void {
    this.ended = true;
    this.cancel();
    this.socket?.close();
    this.socket = null;
    this.shows({ state: "ended" });
  }

  private async connect(): Promise<void> {
    this.shows({ state: "connecting" });
    let ticket: string;
    try {
      ticket = await this.world.ticket();
    } catch {
      this.wait();
      return;
    }
    if (!this.ended) this.listen(this.world.open(ticket));
  }

  private listen(socket: Socket): void {
    this.socket = socket;
    socket.onopen = () => this.subscribe(socket);
    socket.onmessage = (event) => {
      if (socket === this.socket) this.hear(socket, JSON.parse(event.data as string) as Frame);
    };
    socket.onclose = () => {
      if (socket !== this.socket) return;
      this.socket = null;
      this.wait();
    };
  }

  private subscribe(socket: Socket): void {
    const after = this.position === null ? {} : { after: this.position };
    socket.send(JSON.stringify({ type: "subscribe", ...after }));
    // With a position nothing need happen for a long time: being let in is being live.
    if (this.position !== null) this.live();
  }

  private hear(socket: Socket, frame: Frame): void {
    switch (frame.type) {
      case "snapshot":
      case "events":
        this.position = frame.position;
        this.live();
        this.told(frame);
        return;
      case "gap":
        this.position = frame.position;
        this.subscribe(socket);
        return;
      case "error":
        // A position that this server does not know, after a restore say: begin anew.
        if (frame.code === "bad_position") this.position = null;
        return;
    }
  }

  private live(): void {
    this.tries = 0;
    this.shows({ state: "live" });
  }

  private wait(): void {
    if (this.ended) return;
    const step = Math.min(FIRST_WAIT * 2 ** this.tries, LONGEST_WAIT / 2);
    const wait = Math.round(step * (1 + this.world.random()));
    this.tries += 1;
    this.shows({ state: "waiting", until: this.world.now() + wait, tries: this.tries });
    this.cancel = this.world.later(() => void this.connect(), wait);
  }
}
