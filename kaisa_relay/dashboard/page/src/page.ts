// Where in the page somebody is, kept in the address so that it can be shared and gone back from.
import { Store } from "./store";

/** What a list is narrowed to, by the names of the API's own parameters. */
export type Filter = Readonly<Record<string, string>>;

export const ENGAGEMENT = ["triggers", "endpoints", "deliveries", "suppressions"] as const;
export type Section = (typeof ENGAGEMENT)[number];
export const EXPLORE = ["explore", "reports"] as const;

export type Place =
  | { at: "board" }
  | { at: "conversation"; id: string }
  | { at: "agents" }
  | { at: "channels" }
  | { at: "settings" }
  /** What is asked for stands in the address as the API takes it: a name may come twice. */
  | { at: (typeof EXPLORE)[number]; query: string }
  /** One of the lists; with an id one thing of it, `new` for one that is to be made. */
  | { at: Section; id?: string; filter?: Filter };

export function read(hash: string): Place {
  const [path = "", ...rest] = hash.replace(/^#\/?/, "").split("?");
  const query = rest.join("?");
  const [at, id] = path.split("/");
  if (at === "conversations" && id) return { at: "conversation", id };
  if (at === "agents" || at === "channels" || at === "settings") return { at };
  const explored = EXPLORE.find((each) => each === at);
  if (explored) return { at: explored, query };
  const section = ENGAGEMENT.find((each) => each === at);
  if (section === undefined) return { at: "board" };
  if (id) return { at: section, id };
  const filter = Object.fromEntries(new URLSearchParams(query));
  return Object.keys(filter).length ? { at: section, filter } : { at: section };
}

export function address(place: Place): string {
  if (place.at === "conversation") return `#/conversations/${place.id}`;
  if ("query" in place) return `#/${place.at}${place.query && `?${place.query}`}`;
  const { id, filter } = place as { id?: string; filter?: Filter };
  const query = filter ? `?${new URLSearchParams(filter)}` : "";
  return `#/${place.at}${id ? `/${id}` : query}`;
}

export const place = new Store<Place>(read(globalThis.location?.hash ?? ""));

export function go(to: Place): void {
  location.hash = address(to);
}

export function followAddress(): void {
  addEventListener("hashchange", () => place.set(read(location.hash)));
}
