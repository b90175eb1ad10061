import { expect, test } from "vitest";
import { Client } from "../src/api/client";
import { found } from "../src/board/search";
import { conversation } from "./things";

async function asked(typed: string): Promise<string[]> {
  const paths: string[] = [];
  const client = new Client(async (path) => {
    paths.push(path);
    const one = conversation();
    return new Response(JSON.stringify(path.includes("cnv_") ? one : { items: [one], next: null }));
  });
  expect(await found(client, typed)).toHaveLength(1);
  return paths;
}

test("words are looked for in names and texts", async () => {
  expect(await asked(" oak & ash ")).toEqual(["/conversations?qr=none&text=oak%20%26%20ash"]);
});
test("a number is looked for on both sides, and found once", async () => {
  expect(await asked("+46 (70) 174-0681")).toEqual([
    "/conversations?qr=none&visitor=%2B46701740681",
    "/conversations?qr=none&agent=%2B46701740681",
  ]);
});
test("an id is read", async () => {
  expect(await asked("cnv_01jd3v8k2m4qa")).toEqual(["/conversations/cnv_01jd3v8k2m4qa?qr=none"]);
});
test("an id that is nobody's finds nothing", async () => {
  const client = new Client(async () => new Response("{}", { status: 404 }));
  expect(await found(client, "cnv_01jd3v8k2m4qa")).toEqual([]);
});
