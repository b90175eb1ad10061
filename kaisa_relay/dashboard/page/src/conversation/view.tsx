import { useEffect, useRef, useState } from "preact/hooks";
import { address } from "../page";
import { may } from "../session";
import { t } from "../text/en";
import { Badge, Button, Empty, Fact, Failed, Instant, Loading, name } from "../ui/parts";
import { dayTime, since, until, useNow } from "../ui/time";
import { Actions } from "./actions";
import { Composer } from "./composer";
import { EntryLine } from "./entries";
import { useConversation, type Whole } from "./loading";
import { timeline } from "./timeline";
import { Why } from "./why";

export function Conversation({ id }: { id: string }) {
  const [state, again] = useConversation(id);
  return (
    <section class="conversation" aria-label={t.conversation.timeline} data-shown={id}>
      {state.is === "loading" && <Loading />}
      {state.is === "failed" && <Failed why={state.why} retry={again} />}
      {state.is === "shown" && <Shown whole={state.whole} />}
    </section>
  );
}

function Shown({ whole }: { whole: Whole }) {
  const { conversation } = whole;
  const acts = may("conversations:write");
  const live = conversation.ended_at === null;
  return (
    <>
      <Head whole={whole} />
      {acts && live && <Actions whole={whole} />}
      <About whole={whole} />
      <Timeline whole={whole} />
      {acts && <Composer conversation={conversation} />}
    </>
  );
}

function Head({ whole: { conversation } }: { whole: Whole }) {
  const { status, visitor, agent } = conversation;
  return (
    <header class="conversation-head">
      <a class="back" href={address({ at: "board" })} aria-label={t.conversation.back}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M15 5l-7 7 7 7" />
        </svg>
      </a>
      <div>
        <h2>
          {name(visitor)} <span class="arrow">⇄</span> {agent ? name(agent) : "…"}
        </h2>
        <Status whole={conversation} />
      </div>
      <Badge kind={status}>{t.board.states[status]}</Badge>
      <Button onClick={() => print()}>{t.conversation.print}</Button>
    </header>
  );
}

function Status({ whole }: { whole: Whole["conversation"] }) {
  const now = useNow();
  const { ended_at, expires_at, started_at, created_at } = whole;
  const from = started_at ?? created_at;
  return (
    <p class="quiet">
      <Instant at={from}>{since(from, now)}</Instant>
      {!ended_at && expires_at && ` · ${t.board.expires(until(expires_at, now))}`}
      {ended_at && ` · ${t.conversation.ended} ${dayTime(ended_at)}`}
    </p>
  );
}

function About({ whole: { conversation } }: { whole: Whole }) {
  const { visitor, form, agent, channel, reason, outcome, note, metadata, why } = conversation;
  const fields = metadata && typeof metadata === "object" ? Object.entries(metadata) : [];
  const other = form.name !== visitor.name || form.phone !== visitor.phone;
  return (
    <details class="about" open={matchMedia("(min-width: 60rem)").matches}>
      <summary>{t.conversation.metadata}</summary>
      <dl class="facts">
        <Fact label={t.conversation.visitor}>
          {name(visitor)} <span class="quiet">{visitor.phone}</span>
          {other && <small> {t.conversation.asForm(name(form))}</small>}
        </Fact>
        {agent && (
          <Fact label={t.conversation.agent}>
            {name(agent)} <span class="quiet">{agent.phone}</span>
          </Fact>
        )}
        <Fact label={t.conversation.channel}>{channel.phone ?? t.none}</Fact>
        {reason && <Fact label={t.conversation.reason}>{reason}</Fact>}
        {outcome && <Fact label={t.conversation.outcome}>{[outcome, note].filter(Boolean).join(": ")}</Fact>}
        {fields.map(([key, value]) => (
          <Fact key={key} label={key}>
            {typeof value === "string" ? value : JSON.stringify(value)}
          </Fact>
        ))}
      </dl>
      {why && <Why why={why} />}
    </details>
  );
}

function Timeline({ whole }: { whole: Whole }) {
  const [everything, setEverything] = useState(false);
  const end = useRef<HTMLLIElement>(null);
  const entries = timeline(whole.messages, whole.events, everything);
  useEffect(() => end.current?.scrollIntoView({ block: "nearest" }), [entries.length]);
  return (
    <div class="timeline">
      <label class="inline quiet">
        <input
          type="checkbox"
          checked={everything}
          onChange={(event) => setEverything(event.currentTarget.checked)}
        />
        {t.conversation.everything}
      </label>
      {entries.length === 0 && <Empty>{t.conversation.empty}</Empty>}
      <ol aria-live="polite">
        {entries.map((entry) => (
          <EntryLine key={entry.key} entry={entry} conversation={whole.conversation} />
        ))}
        <li ref={end} class="end" aria-hidden="true" />
      </ol>
    </div>
  );
}
