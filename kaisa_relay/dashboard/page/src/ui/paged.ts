// A list that is read page by page, each after the one before.
import { useState } from "preact/hooks";
import type { ExploreTotal } from "../api/types";
import type { Pair } from "../explore/query";
import { client } from "../session";
import { explain } from "../signin/signin";
import { useLoaded } from "./loaded";

interface Page<T> {
  items: T[];
  next: string | null;
  /** Only on the first page, and only of some lists. */
  total?: ExploreTotal | null;
}

export interface Paged<T> {
  /** Null until the first page is there. */
  items: T[] | null;
  failed: string;
  /** Whether there is more than what is shown. */
  more: boolean;
  /** Whether only the first page is shown, which may be read anew without losing the others. */
  first: boolean;
  total: ExploreTotal | null;
  again: () => Promise<void>;
  older: () => Promise<void>;
}

type Rest<T> = { of: Page<T>; items: T[]; next: string | null; failed: string };

export function usePaged<T>(path: string, query: Readonly<Record<string, string>> | readonly Pair[]): Paged<T> {
  const named = Array.isArray(query) ? query : Object.entries(query);
  const asked = `${path}?${new URLSearchParams([...named, ["limit", "50"]])}`;
  const { value, failed, again } = useLoaded(() => client.get<Page<T>>(asked), asked);
  const [rest, setRest] = useState<Rest<T> | null>(null);
  // What followed another first page is not what follows this one.
  const shown = rest !== null && rest.of === value ? rest : null;
  const next = shown ? shown.next : (value?.next ?? null);

  async function older(): Promise<void> {
    if (value === null || next === null) return;
    const so_far = shown?.items ?? [];
    try {
      const page = await client.get<Page<T>>(`${asked}&cursor=${encodeURIComponent(next)}`);
      setRest({ of: value, items: [...so_far, ...page.items], next: page.next, failed: "" });
    } catch (refused) {
      setRest({ of: value, items: so_far, next, failed: explain(refused) });
    }
  }

  return {
    items: value && [...value.items, ...(shown?.items ?? [])],
    failed: shown?.failed || failed,
    more: next !== null,
    first: !shown?.items.length,
    total: value?.total ?? null,
    again,
    older,
  };
}
