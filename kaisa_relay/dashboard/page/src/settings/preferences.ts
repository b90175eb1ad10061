// What this browser prefers; nothing here is known to the server.
import { Store } from "../store";

const KEY = "kaisa.queue";
const USUAL = 5;

export const queueLimit = new Store<number>(stored());

function stored(): number {
  const kept = Number(globalThis.localStorage?.getItem(KEY) ?? USUAL);
  return Number.isInteger(kept) && kept >= 0 ? kept : USUAL;
}

export function setQueueLimit(limit: number): void {
  localStorage.setItem(KEY, String(limit));
  queueLimit.set(limit);
}
