// Rule 1: every answer that says no becomes a Refusal with the server's own words.
// Rule 2: what changes something carries the header without which the server takes no cookie.
import type { Problem } from "./types";

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    message: string,
    readonly retryAfter: number | null = null,
    /** What is wrong, by field. */
    readonly fields: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** Nothing was answered: the network or the server is away. */
export class Unreachable extends Error {}

export type Fetch = (path: string, init: RequestInit) => Promise<Response>;

export class Client {
  constructor(
    private readonly send: Fetch = (path, init) => fetch(path, init),
    private readonly signedOut: () => void = () => {},
  ) {}

  get<T>(path: string): Promise<T> {
    return this.ask<T>("GET", path);
  }

  post<T>(path: string, body: object = {}): Promise<T> {
    return this.ask<T>("POST", path, body);
  }

  put<T>(path: string, body: object): Promise<T> {
    return this.ask<T>("PUT", path, body);
  }

  patch<T>(path: string, body: object): Promise<T> {
    return this.ask<T>("PATCH", path, body);
  }

  delete<T>(path: string): Promise<T> {
    return this.ask<T>("DELETE", path);
  }

  /** Read every page of a list. */
  async all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    let next: string | null = "";
    while (next !== null) {
      const cursor: string = next ? `&cursor=${encodeURIComponent(next)}` : "";
      const joint = path.includes("?") ? "&" : "?";
      const page: { items: T[]; next: string | null } = await this.get(
        `${path}${joint}limit=200${cursor}`,
      );
      items.push(...page.items);
      next = page.next;
    }
    return items;
  }

  private async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const headers: Record<string, string> = { "Kaisa-Page": "1" };
    const init: RequestInit = { method, headers, credentials: "same-origin" };
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(body);
    }
    const answer = await this.send(path, init).catch(() => {
      throw new Unreachable();
    });
    if (answer.status === 204) return undefined as T;
    if (answer.ok) return (await answer.json()) as T;
    throw await this.refusal(answer);
  }

  private async refusal(answer: Response): Promise<Refusal> {
    const problem = (await answer.json().catch(() => null)) as Problem | null;
    const kind = problem?.type?.split("/").pop() ?? "";
    if (answer.status === 401 && kind === "unauthorized") this.signedOut();
    const fields = problem?.errors?.map((each) => `${each.field} ${each.message}`).join("; ");
    const words = fields || problem?.detail || problem?.title || `HTTP ${answer.status}`;
    const after = Number(answer.headers.get("Retry-After"));
    const named = problem?.errors?.map((each) => [each.field, each.message] as const) ?? [];
    return new Refusal(answer.status, kind, words, after || null, Object.fromEntries(named));
  }
}
