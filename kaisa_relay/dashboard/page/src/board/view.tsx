import { useState } from "preact/hooks";
import type { Conversation } from "../api/types";
import { address } from "../page";
import { board } from "../session";
import { useStore } from "../store";
import { t } from "../text/en";
import { Empty, Loading, name } from "../ui/parts";
import { since as sinceText, span, until, useNow } from "../ui/time";
import { Activity } from "./activity";
import {
  ended,
  inState,
  LIVE,
  matches,
  since,
  windowsOf,
  type Board as Shown,
  type Live,
} from "./board";
import { Strips } from "./strips";
import { Everywhere } from "./everywhere";

const SOON = 600_000;
/** Milliseconds before its deadline in which a conversation says so. */

export function Board({ chosen }: { chosen: string | null }) {
  const now = useStore(board);
  const [typed, setTyped] = useState("");
  if (!now.loaded) return <Loading />;
  const kept = filtered(now, typed);
  return (
    <section class="board" aria-labelledby="board-heading">
      <div class="board-head">
        <h1 id="board-heading">{t.board.heading}</h1>
        <Search typed={typed} type={setTyped} found={typed ? kept.conversations.size : null} />
      </div>
      <Columns board={kept} chosen={chosen} />
      {typed.trim() !== "" && <Everywhere key={typed} typed={typed} chosen={chosen} />}
      {now.more && <p class="hint">{t.board.more}</p>}
      <Strips board={now} />
      <Activity events={now.activity} />
    </section>
  );
}

function filtered(board: Shown, typed: string): Shown {
  if (!typed.trim()) return board;
  const kept = [...board.conversations].filter(([, each]) => matches(each, typed));
  return { ...board, conversations: new Map(kept) };
}

type SearchProps = { typed: string; type: (text: string) => void; found: number | null };

function Search({ typed, type, found }: SearchProps) {
  return (
    <div class="search" role="search">
      <label class="unseen" for="search">
        {t.board.search}
      </label>
      <input
        id="search"
        type="search"
        value={typed}
        placeholder={t.board.search}
        onInput={(event) => type(event.currentTarget.value)}
      />
      <kbd aria-hidden="true">{t.board.searchKey}</kbd>
      <span class="unseen" role="status">
        {found === null ? "" : t.board.found(found)}
      </span>
    </div>
  );
}

function Columns({ board, chosen }: { board: Shown; chosen: string | null }) {
  const over = ended(board.conversations.values());
  return (
    <div class="columns">
      {LIVE.map((state) => (
        <Column key={state} state={state} found={inState(board, state)} chosen={chosen} />
      ))}
      <Column state="ended" found={over} chosen={chosen} />
    </div>
  );
}

type ColumnProps = { state: Live | "ended"; found: Conversation[]; chosen: string | null };

function Column({ state, found, chosen }: ColumnProps) {
  const heading = state === "ended" ? t.board.ended : t.board.states[state];
  return (
    <section class={`column column-${state}`} data-state={state}>
      <h2 title={t.board.about[state]}>
        {heading} <span class="count">{found.length}</span>
      </h2>
      {found.length === 0 && <Empty>{t.board.empty[state]}</Empty>}
      <ul>
        {found.map((each) => (
          <li key={each.id}>
            <Card conversation={each} chosen={each.id === chosen} />
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Card({ conversation, chosen }: { conversation: Conversation; chosen: boolean }) {
  const { id, status, visitor, channel } = conversation;
  return (
    <a
      class="card"
      href={address({ at: "conversation", id })}
      aria-current={chosen ? "true" : undefined}
      data-conversation={id}
    >
      <span class="card-name">{name(visitor)}</span>
      <Age conversation={conversation} />
      <span class="card-agent">{second(conversation)}</span>
      <span class="card-channel">{channel.phone}</span>
      {status === "closed" && conversation.outcome && <span class="tag">{conversation.outcome}</span>}
      <Windows conversation={conversation} />
    </a>
  );
}

function second(conversation: Conversation): string {
  const { status, agent, reason } = conversation;
  if (status === "active") return name(agent);
  if (status === "seeking") return agent ? t.board.asked(name(agent)) : t.board.nobodyAsked;
  if (status === "reserved") return agent ? t.board.first(name(agent)) : t.board.nobodyAsked;
  return [t.board.states[status], reason].filter(Boolean).join(" · ");
}

function Age({ conversation }: { conversation: Conversation }) {
  const now = useNow();
  const { status, expires_at } = conversation;
  const from = since(conversation);
  const soon = expires_at !== null && Date.parse(expires_at) - now < SOON;
  const wait = status === "seeking" ? now - Date.parse(from) : 0;
  const level = wait > 300_000 ? "bad" : wait > 60_000 ? "warn" : "";
  return (
    <span class={`age ${level}`}>
      <time dateTime={from}>{sinceText(from, now)}</time>
      {soon && <small> {t.board.expires(until(expires_at, now))}</small>}
    </span>
  );
}

/** Said only while it matters: WhatsApp's window of somebody is closed, or will be soon. */
function Windows({ conversation }: { conversation: Conversation }) {
  const now = useNow();
  const said = windowsOf(conversation, now);
  if (said.length === 0) return null;
  return (
    <span class="windows">
      {said.map(({ side, left }) => (
        <span key={side} class={`tag ${left === null ? "bad" : "warn"}`}>
          {left === null ? t.board.windowClosed[side] : t.board.windowCloses[side](span(left))}
        </span>
      ))}
    </span>
  );
}
