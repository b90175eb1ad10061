// One delivery, and how it was tried.
import { useState } from "preact/hooks";
import type { Attempt, DeliveryDetail } from "../api/types";
import { Refusal } from "../api/client";
import { address } from "../page";
import { client } from "../session";
import { explain } from "../signin/signin";
import { t } from "../text/en";
import { useEvery, useLoaded } from "../ui/loaded";
import { Button, Empty, Fact, Failed, Loading } from "../ui/parts";
import { dayTime } from "../ui/time";
import { endpointOf, readNames, State, triggerOf, type Named } from "./list";

/** Milliseconds between two looks at one that waits. */
const EVERY = 5_000;
const words = t.deliveries;

async function open(id: string): Promise<{ detail: DeliveryDetail | null; names: Named }> {
  const names = await readNames();
  try {
    return { detail: await client.get<DeliveryDetail>(`/deliveries/${id}`), names };
  } catch (refused) {
    if (refused instanceof Refusal && refused.status === 404) return { detail: null, names };
    throw refused;
  }
}

export function DeliveryPage({ id }: { id: string }) {
  const { value, failed, again } = useLoaded(() => open(id));
  useEvery(EVERY, () => void (value?.detail?.delivery.state === "waiting" && again()));
  if (value === null) return failed ? <Failed why={failed} retry={() => void again()} /> : <Loading />;
  if (value.detail === null) return <Empty>{words.gone}</Empty>;
  return (
    <>
      <header class="list-head">
        <h1>{words.one}</h1>
        <State of={value.detail.delivery} />
        <Replay detail={value.detail} done={() => void again()} />
      </header>
      {failed && <Failed why={failed} retry={() => void again()} />}
      <Facts detail={value.detail} names={value.names} />
      <div class="panel">
        <h2>{words.tries}</h2>
        {value.detail.tries.length === 0 ? <Empty>{words.notTried}</Empty> : <Tries of={value.detail.tries} />}
      </div>
    </>
  );
}

function Replay({ detail: { delivery }, done }: { detail: DeliveryDetail; done: () => void }) {
  const [told, setTold] = useState("");
  const [problem, setProblem] = useState("");

  async function replay(): Promise<void> {
    setProblem("");
    try {
      await client.post(`/deliveries/${delivery.id}/replay`);
      setTold(words.replayed);
      done();
    } catch (refused) {
      setProblem(explain(refused));
    }
  }

  return (
    <>
      {(delivery.state === "dead" || delivery.state === "delivered") && (
        <Button onClick={() => void replay()}>{words.replay}</Button>
      )}
      <span class="told" role="status">
        {told}
      </span>
      <span class="problem" role="alert">
        {problem}
      </span>
    </>
  );
}

function Facts({ detail: { delivery }, names }: { detail: DeliveryDetail; names: Named }) {
  const { conversation, trigger, version, event, done_at, due_at } = delivery;
  return (
    <div class="panel">
      <dl class="facts">
        <Fact label={words.trigger}>
          <a href={address({ at: "triggers", id: trigger })}>{triggerOf(delivery, names)}</a>
        </Fact>
        <Fact label={words.version}>{version}</Fact>
        <Fact label={words.endpoint}>{endpointOf(delivery, names)}</Fact>
        <Fact label={words.event}>{event}</Fact>
        {conversation && (
          <Fact label={words.conversation}>
            <a href={address({ at: "conversation", id: conversation })}>{conversation}</a>
          </Fact>
        )}
        <Fact label={done_at ? words.done_at : words.due_at}>{dayTime(done_at ?? due_at)}</Fact>
      </dl>
    </div>
  );
}

function Tries({ of }: { of: readonly Attempt[] }) {
  return (
    <ol class="tries">
      {of.map((each) => (
        <li key={each.number}>
          <dl class="facts">
            <Fact label={words.try.number}>{each.number}</Fact>
            <Fact label={words.try.at}>{dayTime(each.at)}</Fact>
            <Fact label={words.try.took}>{words.milliseconds(each.took_ms)}</Fact>
            {each.status !== null && <Fact label={words.try.status}>{each.status}</Fact>}
            {each.why && (
              <Fact label={words.try.why}>
                <span class="bad">{each.why}</span>
              </Fact>
            )}
          </dl>
          {each.answer && (
            <>
              <h3>{words.try.answer}</h3>
              <pre class="sheet">{each.answer}</pre>
            </>
          )}
        </li>
      ))}
    </ol>
  );
}
