// An endpoint as its form has it: what each kind is asked for, and what goes out.
import type { Endpoint, EndpointChange, EndpointWish } from "../api/types";

export type Name = "url" | "sender" | "account" | "user" | "password" | "headers" | "request";
export type Filled = Record<Name, string> & { kind: string; provider: string };
export type Wrong = Record<string, string>;
/** What is said of a text that cannot be read. */
export interface Faults {
  header: string;
  json: string;
}

const NAMES: Record<string, Name[]> = {
  webhook: ["url"],
  email: ["url", "sender", "user", "password"],
  twilio: ["url", "sender", "account", "user", "password"],
  http: ["url", "sender", "user", "password", "headers", "request"],
};
export const NEW: Filled = {
  kind: "webhook",
  provider: "twilio",
  url: "",
  sender: "",
  account: "",
  user: "",
  password: "",
  headers: "",
  request: '{"format": "form", "body": {"from": "{{ sender }}", "to": "{{ to }}", "message": "{{ text }}"}}',
};

/** What a form asks for where an endpoint is of this kind, and this provider's. */
export function asked({ kind, provider }: Pick<Filled, "kind" | "provider">): Name[] {
  return NAMES[kind === "sms" ? provider : kind] ?? ["url"];
}

/** Secrets are not shown, so they are empty. */
export function filledOf(endpoint: Endpoint): Filled {
  return {
    ...NEW,
    kind: endpoint.kind,
    provider: endpoint.provider ?? NEW.provider,
    url: endpoint.url,
    sender: endpoint.sender ?? "",
    account: endpoint.account ?? "",
    user: endpoint.user ?? "",
    request: endpoint.request ? JSON.stringify(endpoint.request, null, 2) : "",
  };
}

/** Return a new endpoint as the API takes it, or what is wrong with it before it is asked. */
export function wishOf(filled: Filled, faults: Faults): { wish: EndpointWish } | { wrong: Wrong } {
  const read = readAll(filled, asked(filled), faults);
  if ("wrong" in read) return read;
  const kind = filled.kind === "sms" ? { kind: "sms", provider: filled.provider } : { kind: filled.kind };
  return { wish: { url: "", ...read.parts, ...kind } as EndpointWish };
}

/** Return what of an endpoint was changed; what is empty stays as it is. */
export function changeOf(before: Endpoint, filled: Filled, faults: Faults): { wish: EndpointChange } | { wrong: Wrong } {
  const known = filledOf(before);
  const changed = asked(filled).filter((name) => filled[name].trim() !== known[name].trim());
  const read = readAll(filled, changed, faults);
  return "wrong" in read ? read : { wish: read.parts as EndpointChange };
}

function readAll(filled: Filled, names: Name[], faults: Faults): { parts: object } | { wrong: Wrong } {
  const parts: Record<string, unknown> = {};
  const wrong: Wrong = {};
  for (const name of names) {
    const typed = name === "password" ? filled.password : filled[name].trim();
    if (!typed) continue;
    const read = readOne(name, typed);
    if (read === null) wrong[name] = name === "headers" ? faults.header : faults.json;
    else parts[name] = read;
  }
  return Object.keys(wrong).length ? { wrong } : { parts };
}

function readOne(name: Name, typed: string): unknown {
  if (name === "headers") return readHeaders(typed);
  if (name !== "request") return typed;
  try {
    return JSON.parse(typed) as unknown;
  } catch {
    return null;
  }
}

function readHeaders(typed: string): Record<string, string> | null {
  const lines = typed.split("\n").filter((line) => line.trim());
  const pairs = lines.map((line) => /^([^:]+):(.+)$/.exec(line.trim()));
  if (pairs.some((pair) => pair === null)) return null;
  return Object.fromEntries(pairs.map((pair) => [pair![1]!.trim(), pair![2]!.trim()]));
}
