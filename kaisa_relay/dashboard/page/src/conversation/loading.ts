// One conversation with all that belongs to it, read again whenever something happens in it.
import { useEffect, useState } from "preact/hooks";
import type { Conversation, Happening, Message } from "../api/types";
import { withConversation } from "../board/board";
import { board, client, latest, line } from "../session";
import { explain } from "../signin/signin";
import { useStore } from "../store";

export interface Whole {
  conversation: Conversation;
  messages: Message[];
  events: Happening[];
}

export type State = { is: "loading" } | { is: "failed"; why: string } | { is: "shown"; whole: Whole };

const SOON = 150;

/** The agents of the conversation's form but for who has it: nobody else can be asked. */
export function candidates({ conversation, events }: Whole): ReadonlySet<string> {
  const created = events.find((event) => event.type === "conversation.created");
  const agents = (created?.data.agents ?? []) as { contact: string }[];
  const has = events.filter((event) => HANDS.has(event.type)).at(-1)?.data.agent;
  const others = agents.map((each) => each.contact).filter((each) => each !== has);
  return new Set(conversation.agent ? others : []);
}

const HANDS = new Set(["conversation.agent_accepted", "conversation.transferred"]);

export async function read(id: string): Promise<Whole> {
  const one = `/conversations/${id}`;
  const [conversation, messages, events] = await Promise.all([
    client.get<Conversation>(`${one}?qr=none`),
    client.all<Message>(`${one}/messages`),
    client.all<Happening>(`${one}/events`),
  ]);
  return { conversation, messages, events };
}

export function useConversation(id: string): [State, () => void] {
  const [state, setState] = useState<State>({ is: "loading" });
  const live = useStore(line).state === "live";

  async function load(): Promise<void> {
    try {
      const whole = await read(id);
      setState({ is: "shown", whole });
      board.update((now) => withConversation(now, whole.conversation));
    } catch (refused) {
      // What was read before stays on the screen; the line says that it is old.
      setState((now) => (now.is === "shown" ? now : { is: "failed", why: explain(refused) }));
    }
  }

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const unwatch = latest.watch(() => {
      if (!latest.get().some((event) => event.subject === id)) return;
      clearTimeout(timer);
      timer = setTimeout(() => void load(), SOON);
    });
    return () => {
      unwatch();
      clearTimeout(timer);
    };
  }, [id]);

  useEffect(() => {
    if (live || state.is === "loading") void load();
  }, [id, live]);

  return [state, () => void load()];
}
