import type { Conversation, Message } from "../api/types";
import { t } from "../text/en";
import { Instant, name } from "../ui/parts";
import { clockTime } from "../ui/time";
import type { Entry } from "./timeline";

export function EntryLine({ entry, conversation }: { entry: Entry; conversation: Conversation }) {
  if (entry.kind === "message") {
    return <MessageLine message={entry.message} conversation={conversation} />;
  }
  const { event, count } = entry;
  return (
    <li class="entry event">
      <span>
        {t.events[event.type] ?? event.type}
        {count > 1 && ` × ${count}`}
      </span>
      <Instant at={entry.at}>{clockTime(entry.at)}</Instant>
    </li>
  );
}

type MessageProps = { message: Message; conversation: Conversation };

function MessageLine({ message, conversation }: MessageProps) {
  const { from, type, to, status, error, received_at } = message;
  const kind = type === "note" ? "note" : from;
  return (
    <li class={`entry message from-${kind}`} data-message={message.id} data-status={status}>
      <p class="who">
        {author(message, conversation)}
        {from !== "visitor" && from !== "agent" && to && (
          <span class="quiet"> {t.conversation.to(to)}</span>
        )}
      </p>
      <Body message={message} conversation={conversation} />
      <p class="state">
        <Instant at={received_at}>{clockTime(received_at)}</Instant>
        {type !== "note" && (
          <span class={`leg leg-${status}`}>
            <Ticks status={status} /> {t.conversation.status[status] ?? status}
            {error && ` (${error.code})`}
          </span>
        )}
      </p>
    </li>
  );
}

function author({ from, type }: Message, { visitor, agent }: Conversation): string {
  if (type === "note" && from === "supervisor") return t.conversation.note;
  if (from === "visitor") return name(visitor);
  if (from === "agent") return type === "note" ? `${t.conversation.note}: ${name(agent)}` : name(agent);
  return from === "supervisor" ? t.conversation.supervisor : t.conversation.system;
}

function Body({ message, conversation }: MessageProps) {
  const { type, text, file } = message;
  const words = t.conversation.types[type];
  return (
    <>
      {file && <File message={message} conversation={conversation} />}
      {!file && words && <p class="type">{words}</p>}
      {text && <p class="text">{text}</p>}
      {text === null && <p class="type">{t.erased}</p>}
    </>
  );
}

function File({ message, conversation }: MessageProps) {
  const { file, id, type } = message;
  if (!file) return null;
  const words = t.conversation.types[type] ?? type;
  if (file.state !== "kept") {
    return (
      <p class="type">
        {words}: {t.conversation.file[file.state]}
      </p>
    );
  }
  const address = `/conversations/${conversation.id}/messages/${id}/file`;
  if (type === "image" || type === "sticker") {
    return (
      <a href={address} target="_blank" rel="noreferrer">
        <img class="media" src={address} alt={words} loading="lazy" />
      </a>
    );
  }
  if (type === "video") return <video class="media" src={address} controls preload="none" />;
  if (type === "audio" || type === "voice") return <audio src={address} controls preload="none" />;
  return (
    <a class="document" href={address} target="_blank" rel="noreferrer">
      {file.name ?? words}
    </a>
  );
}

/** One tick: taken; two: delivered; two in colour: read. Beside them stands the word. */
function Ticks({ status }: { status: string }) {
  const ticks = { sent: 1, delivered: 2, read: 2, played: 2 }[status] ?? 0;
  if (!ticks) return null;
  return (
    <svg class="ticks" viewBox="0 0 20 12" aria-hidden="true">
      <path d="M2 6l3 4 6-8" />
      {ticks > 1 && <path d="M8 6l3 4 6-8" />}
    </svg>
  );
}
