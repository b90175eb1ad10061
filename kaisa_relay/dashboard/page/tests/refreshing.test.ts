import { expect, test } from "vitest";
import { Client } from "../src/api/client";
import { EMPTY, staleAfter, type Board } from "../src/board/board";
import { Refreshing } from "../src/board/refreshing";
import { Store } from "../src/store";
import { conversation } from "./things";

test("what ended before the page was opened is read, newest first, and once", async () => {
  const asked: string[] = [];
  const items = [
    conversation({ id: "cnv_1", status: "closed", ended_at: "2026-11-22T12:10:00Z" }),
    conversation({ id: "cnv_2", status: "failed", ended_at: "2026-11-22T12:20:00Z" }),
  ];
  const client = new Client(async (path) => {
    asked.push(path);
    return new Response(JSON.stringify({ items, next: null }));
  });
  const board = new Store<Board>(EMPTY);
  const timers: (() => void)[] = [];
  const refreshing = new Refreshing(client, board, (run) => timers.push(run));
  refreshing.mark({ ...staleAfter([]), ended: true });
  const shown = new Promise((done) => board.watch(() => done(null)));
  timers.shift()?.();
  await shown;
  expect([...board.get().conversations.keys()]).toEqual(["cnv_1", "cnv_2"]);
  expect(asked).toEqual(["/conversations?status=closed,failed,abandoned&limit=12"]);
  expect(timers).toEqual([]);
});
