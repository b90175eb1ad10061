import { useEffect } from "preact/hooks";
import type { Channel } from "../api/types";
import { board, client } from "../session";
import { useStore } from "../store";
import { t } from "../text/en";
import { Badge, Empty, Fact, Loading } from "../ui/parts";

const EVERY = 15_000;
/** Milliseconds: throughput changes without an event. */

export function useThroughput(): void {
  useEffect(() => {
    const read = async () => {
      const page = await client.get<{ items: Channel[] }>("/channels");
      board.update((now) => ({ ...now, channels: page.items }));
    };
    const timer = setInterval(() => void read().catch(() => {}), EVERY);
    return () => clearInterval(timer);
  }, []);
}

export function Channels() {
  useThroughput();
  const { channels, loaded } = useStore(board);
  if (!loaded) return <Loading />;
  return (
    <section class="list-page">
      <h1>{t.channels.heading}</h1>
      {channels.length === 0 && <Empty>{t.channels.empty}</Empty>}
      <ul class="people">
        {channels.map((channel) => (
          <li key={channel.id} class="panel">
            <ChannelHead channel={channel} />
            <ChannelFacts channel={channel} />
          </li>
        ))}
      </ul>
    </section>
  );
}

export function ChannelLine({ channel }: { channel: Channel }) {
  return (
    <li class="strip">
      <ChannelHead channel={channel} />
    </li>
  );
}

function ChannelHead({ channel }: { channel: Channel }) {
  const { state, phone, draining, throughput, conversations } = channel;
  return (
    <div class="agent">
      <span class="agent-name">{phone}</span>
      <Badge kind={state}>{t.channels[state as "up" | "limited" | "down"]}</Badge>
      {draining && <span class="tag">{t.channels.draining}</span>}
      <span class="quiet">
        {t.board.found(conversations)} · {throughput.last_minute}/min
      </span>
    </div>
  );
}

function ChannelFacts({ channel }: { channel: Channel }) {
  const { down, limited, quality, tier, throughput, conversations } = channel;
  return (
    <dl class="facts">
      {down && <Fact label={t.channels.down}>{t.alerts.reasons[down] ?? down}</Fact>}
      {limited && <Fact label={t.channels.limited}>{limited.reason}</Fact>}
      <Fact label={t.channels.quality}>{quality}</Fact>
      <Fact label={t.channels.tier}>{tier ?? t.none}</Fact>
      <Fact label={t.channels.throughput}>
        {t.channels.messages(throughput.last_minute)}, {t.channels.limit(throughput.per_second)}
      </Fact>
      <Fact label={t.channels.waiting}>{throughput.waiting}</Fact>
      <Fact label={t.channels.live}>{conversations}</Fact>
    </dl>
  );
}
