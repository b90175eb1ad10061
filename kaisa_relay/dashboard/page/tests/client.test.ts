import { describe, expect, test } from "vitest";
import { Client, Refusal, Unreachable, type Fetch } from "../src/api/client";

const answering = (status: number, body: unknown, headers: Record<string, string> = {}): Fetch =>
  async () => new Response(JSON.stringify(body), { status, headers });

async function refusal(asked: Promise<unknown>): Promise<Refusal> {
  const problem = await asked.then(() => null, (each: unknown) => each);
  if (!(problem instanceof Refusal)) throw new Error("was not refused");
  return problem;
}

describe("the client", () => {
  test("says that the page asks, and sends JSON", async () => {
    const seen: [string, RequestInit][] = [];
    const client = new Client(async (path, init) => {
      seen.push([path, init]);
      return new Response("{}");
    });
    await client.post("/conversations/cnv_1/notes", { text: "seen" });
    expect(seen[0]?.[1].headers).toEqual({ "Kaisa-Page": "1", "Content-Type": "application/json" });
    expect(seen[0]?.[1].body).toBe('{"text":"seen"}');
  });

  test("reads a list to its end", async () => {
    const pages = [{ items: [1, 2], next: "a b" }, { items: [3], next: null }];
    const asked: string[] = [];
    const client = new Client(async (path) => {
      asked.push(path);
      return new Response(JSON.stringify(pages.shift()));
    });
    expect(await client.all("/agents")).toEqual([1, 2, 3]);
    expect(asked).toEqual(["/agents?limit=200", "/agents?limit=200&cursor=a%20b"]);
  });

  test("a problem becomes a refusal in the server's words", async () => {
    const problem = { type: "/problems/locked-out", title: "Too many wrong passwords", status: 429 };
    const said = await refusal(new Client(answering(429, problem, { "Retry-After": "30" })).get("/x"));
    expect([said.kind, said.message, said.retryAfter]).toEqual(["locked-out", problem.title, 30]);
  });

  test("fields that are wrong are named", async () => {
    const errors = [{ field: "text", message: "is required" }];
    const said = await refusal(new Client(answering(422, { title: "No", errors })).get("/x"));
    expect(said.message).toBe("text is required");
  });

  test("an answer that is no problem is refused all the same", async () => {
    const said = await refusal(new Client(async () => new Response("<html>", { status: 502 })).get("/x"));
    expect(said.message).toBe("HTTP 502");
  });

  test("an ended session is told, a wrong password is not one", async () => {
    let told = 0;
    const counting = (type: string) =>
      new Client(answering(401, { type, title: "No" }), () => {
        told += 1;
      });
    await refusal(counting("/problems/unauthorized").get("/x"));
    await refusal(counting("/problems/wrong-sign-in").post("/session"));
    expect(told).toBe(1);
  });

  test("no answer at all", async () => {
    const client = new Client(async () => {
      throw new TypeError("network");
    });
    await expect(client.get("/x")).rejects.toBeInstanceOf(Unreachable);
  });
});

describe("an answer", () => {
  test("without a body is nothing", async () => {
    const client = new Client(async () => new Response(null, { status: 204 }));
    expect(await client.patch("/channels/chn_1", { draining: true })).toBeUndefined();
  });

  test("says what is wrong by field", async () => {
    const errors = [{ field: "settings.offer_time", message: "must be longer" }];
    const problem = { type: "/problems/invalid-request", title: "Not valid", status: 422, errors };
    const said = await refusal(new Client(answering(422, problem)).patch("/workspace", {}));
    expect(said.fields).toEqual({ "settings.offer_time": "must be longer" });
  });
});
