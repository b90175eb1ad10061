import { useEffect, useState } from "preact/hooks";
import type { Channel } from "../api/types";
import { explain } from "../signin/signin";
import { board, client, may } from "../session";
import { useStore } from "../store";
import { t } from "../text/en";
import { Badge, Button, Empty, Fact, Loading } from "../ui/parts";

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
            {may("workspace:manage") && <Draining channel={channel} />}
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

function Draining({ channel }: { channel: Channel }) {
  const [problem, setProblem] = useState("");

  async function drain(draining: boolean): Promise<void> {
    setProblem("");
    try {
      await client.patch(`/channels/${channel.id}`, { draining });
      board.update((now) => ({
        ...now,
        channels: now.channels.map((each) => (each.id === channel.id ? { ...each, draining } : each)),
      }));
    } catch (refused) {
      setProblem(explain(refused));
    }
  }

  return (
    <div class="pausing">
      <Button onClick={() => void drain(!channel.draining)}>
        {channel.draining ? t.channels.takeAgain : t.channels.drain}
      </Button>
      <span class="hint">{channel.draining ? t.channels.drainingHint : t.channels.drainHint}</span>
      <span class="problem" role="alert">
        {problem}
      </span>
    </div>
  );
}
