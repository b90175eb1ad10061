import type { FeedEvent } from "../feed/frames";
import { address } from "../page";
import { board } from "../session";
import { t } from "../text/en";
import { Empty, Instant, name } from "../ui/parts";
import { clockTime } from "../ui/time";

const SHOWN = 60;

/** What happened last, the latest first; ticks are in the conversations themselves. */
export function Activity({ events }: { events: readonly FeedEvent[] }) {
  const told = events.filter((event) => event.type !== "message.status");
  return (
    <section class="activity" aria-labelledby="activity-heading">
      <h2 id="activity-heading">{t.board.activity}</h2>
      {told.length === 0 && <Empty>{t.board.noActivity}</Empty>}
      <ol>
        {told
          .slice(-SHOWN)
          .reverse()
          .map((event) => (
            <li key={event.id} data-event={event.id}>
              <Instant at={event.time}>{clockTime(event.time)}</Instant>
              <Words event={event} />
            </li>
          ))}
      </ol>
    </section>
  );
}

function Words({ event }: { event: FeedEvent }) {
  const words = t.events[event.type] ?? event.type;
  const of = event.subject;
  if (!of?.startsWith("cnv_")) return <span>{words}</span>;
  const known = board.get().conversations.get(of);
  return (
    <a href={address({ at: "conversation", id: of })}>
      {words}
      {known && <span class="quiet"> {name(known.visitor)}</span>}
    </a>
  );
}
