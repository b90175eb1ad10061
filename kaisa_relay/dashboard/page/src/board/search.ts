// Searching all conversations with what the API can be asked: ids, numbers of either side, words.
import { Refusal, type Client } from "../api/client";
import type { Conversation } from "../api/types";

type Page = { items: Conversation[]; next: string | null };

export async function found(client: Client, typed: string): Promise<Conversation[]> {
  const words = typed.trim();
  const number = words.replace(/[\s()-]/g, "");
  if (/^cnv_[0-9a-z]{13}$/.test(words)) return one(client, words);
  if (/^\+\d{6,15}$/.test(number)) return byNumber(client, number);
  const asked = `/conversations?qr=none&text=${encodeURIComponent(words)}`;
  return (await client.get<Page>(asked)).items;
}

async function one(client: Client, id: string): Promise<Conversation[]> {
  try {
    return [await client.get<Conversation>(`/conversations/${id}?qr=none`)];
  } catch (refused) {
    if (refused instanceof Refusal && refused.status === 404) return [];
    throw refused;
  }
}

async function byNumber(client: Client, number: string): Promise<Conversation[]> {
  const asked = ["visitor", "agent"].map((side) =>
    client.get<Page>(`/conversations?qr=none&${side}=${encodeURIComponent(number)}`),
  );
  const items = (await Promise.all(asked)).flatMap((page) => page.items);
  return [...new Map(items.map((each) => [each.id, each])).values()];
}
