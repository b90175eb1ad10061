import { beforeEach, describe, expect, test } from "vitest";
import { Connection, FIRST_WAIT, LONGEST_WAIT, type Line, type Socket, type World } from "../src/feed/connection";
import type { Frame } from "../src/feed/frames";

class FakeSocket implements Socket {
  sent: string[] = [];
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.onclose?.({} as CloseEvent);
  }
  opens(): void {
    this.onopen?.({} as Event);
  }
  says(frame: Frame): void {
    this.onmessage?.({ data: JSON.stringify(frame) } as MessageEvent);
  }
}

class FakeWorld implements World {
  sockets: FakeSocket[] = [];
  waits: number[] = [];
  away = false;
  private next: (() => void) | null = null;

  async ticket(): Promise<string> {
    if (this.away) throw new Error("away");
    return "ticket";
  }
  open(): FakeSocket {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }
  now(): number {
    return 0;
  }
  later(run: () => void, milliseconds: number): () => void {
    this.waits.push(milliseconds);
    this.next = run;
    return () => {
      this.next = null;
    };
  }
  random(): number {
    return 0;
  }
  async waited(): Promise<void> {
    const run = this.next;
    this.next = null;
    run?.();
    await settled();
  }
  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }
}

const settled = () => new Promise((done) => setTimeout(done));
const snapshot: Frame = { type: "snapshot", position: "5", conversations: [], agents: [], channels: [], more: false };

describe("the line to the feed", () => {
  let world: FakeWorld;
  let told: Frame[];
  let lines: Line[];
  let connection: Connection;

  beforeEach(async () => {
    world = new FakeWorld();
    told = [];
    lines = [];
    connection = new Connection(world, (frame) => told.push(frame), (line) => lines.push(line));
    connection.start();
    await settled();
    world.socket.opens();
  });

  test("asks for everything, and then goes on from where it was", async () => {
    expect(world.socket.sent).toEqual(['{"type":"subscribe"}']);
    world.socket.says(snapshot);
    world.socket.says({ type: "events", position: "9", events: [] });
    world.socket.close();
    expect(lines.at(-1)).toMatchObject({ state: "waiting", tries: 1 });
    await world.waited();
    world.socket.opens();
    expect(world.socket.sent).toEqual(['{"type":"subscribe","after":"9"}']);
    expect(lines.at(-1)).toEqual({ state: "live" });
    expect(told.map((frame) => frame.type)).toEqual(["snapshot", "events"]);
  });

  test("waits longer and longer, never without bound, and anew after it was let in", async () => {
    world.away = true;
    world.socket.close();
    for (let n = 0; n < 10; n += 1) await world.waited();
    expect(world.waits.slice(0, 3)).toEqual([FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4]);
    expect(Math.max(...world.waits)).toBeLessThanOrEqual(LONGEST_WAIT);
    world.away = false;
    await world.waited();
    world.socket.opens();
    world.socket.says(snapshot);
    world.socket.close();
    expect(world.waits.at(-1)).toBe(FIRST_WAIT);
  });

  test("tries at once when told to", async () => {
    world.socket.close();
    connection.tryNow();
    await settled();
    expect(world.sockets).toHaveLength(2);
    connection.tryNow();
    await settled();
    expect(world.sockets).toHaveLength(2);
  });

  test("a gap is taken up on the same line", () => {
    world.socket.says(snapshot);
    world.socket.says({ type: "gap", position: "3" });
    expect(world.socket.sent.at(-1)).toBe('{"type":"subscribe","after":"3"}');
  });

  test("a position that nobody knows begins anew", async () => {
    world.socket.says(snapshot);
    world.socket.says({ type: "error", code: "bad_position", message: "" });
    world.socket.close();
    await world.waited();
    world.socket.opens();
    expect(world.socket.sent).toEqual(['{"type":"subscribe"}']);
  });

  test("another error keeps the position", async () => {
    world.socket.says(snapshot);
    world.socket.says({ type: "error", code: "key_gone", message: "" });
    expect(connection.position).toBe("5");
  });

  test("stopped is stopped, also while a ticket is on its way", async () => {
    connection.stop();
    expect(lines.at(-1)).toEqual({ state: "ended" });
    connection.start();
    connection.stop();
    await settled();
    expect(world.sockets).toHaveLength(1);
  });
});
