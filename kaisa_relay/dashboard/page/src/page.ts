// Where in the page somebody is, kept in the address so that it can be shared and gone back from.
import { Store } from "./store";

export type Place =
  | { at: "board" }
  | { at: "conversation"; id: string }
  | { at: "agents" }
  | { at: "channels" }
  | { at: "settings" };

export function read(hash: string): Place {
  const [at, id] = hash.replace(/^#\/?/, "").split("/");
  if (at === "conversations" && id) return { at: "conversation", id };
  if (at === "agents" || at === "channels" || at === "settings") return { at };
  return { at: "board" };
}

export function address(place: Place): string {
  return place.at === "conversation" ? `#/conversations/${place.id}` : `#/${place.at}`;
}

export const place = new Store<Place>(read(globalThis.location?.hash ?? ""));

export function go(to: Place): void {
  location.hash = address(to);
}

export function followAddress(): void {
  addEventListener("hashchange", () => place.set(read(location.hash)));
}
