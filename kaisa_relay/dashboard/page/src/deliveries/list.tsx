import { useState } from "preact/hooks";
import type { Delivery, Endpoint, Trigger } from "../api/types";
import { address, go, type Filter } from "../page";
import { client } from "../session";
import { explain } from "../signin/signin";
import { t } from "../text/en";
import { Asking } from "../ui/asking";
import { useEvery, useLoaded } from "../ui/loaded";
import { usePaged } from "../ui/paged";
import { Badge, Button, Empty, Failed, Instant, Loading } from "../ui/parts";
import { dayTime } from "../ui/time";

/** Milliseconds: deliveries go on without an event. */
const EVERY = 15_000;
const words = t.deliveries;
const STATES = ["waiting", "delivered", "cancelled", "dead"] as const;
const BADGES: Record<string, string> = { waiting: "seeking", delivered: "up", dead: "failed" };
const FILTERS = ["state", "trigger", "endpoint", "conversation"] as const;

/** What the ids in a delivery are called. */
export interface Named {
  triggers: Trigger[];
  endpoints: Endpoint[];
}

export async function readNames(): Promise<Named> {
  const [triggers, endpoints] = await Promise.all([
    client.get<{ items: Trigger[] }>("/triggers"),
    client.get<{ items: Endpoint[] }>("/endpoints"),
  ]);
  return { triggers: triggers.items, endpoints: endpoints.items };
}

export function Deliveries({ filter }: { filter: Filter }) {
  const known = Object.fromEntries(FILTERS.flatMap((name) => (filter[name] ? [[name, filter[name]]] : [])));
  const names = useLoaded(readNames);
  const { items, failed, more, first, again, older } = usePaged<Delivery>("/deliveries", known);
  useEvery(EVERY, () => void (first && again()));
  const why = failed || names.failed;
  const retry = () => void Promise.all([again(), names.again()]);
  return (
    <>
      <header class="list-head">
        <h1>{words.heading}</h1>
        {known.state && known.state in words.replaySure && (
          <ReplayAll filter={known} done={() => void again()} />
        )}
      </header>
      <p class="hint">{words.about}</p>
      {names.value && <Narrow filter={known} names={names.value} />}
      {why && <Failed why={why} retry={retry} />}
      {!why && (items === null || names.value === null) && <Loading />}
      {items?.length === 0 && <Empty>{Object.keys(known).length ? words.nothingFound : words.empty}</Empty>}
      {items && names.value && items.length > 0 && <Table items={items} names={names.value} />}
      {more && (
        <div>
          <Button onClick={() => void older()}>{words.more}</Button>
        </div>
      )}
    </>
  );
}

function Narrow({ filter, names }: { filter: Filter; names: Named }) {
  const set = (name: string, value: string) => {
    const { [name]: _, ...rest } = filter;
    go({ at: "deliveries", filter: value.trim() ? { ...rest, [name]: value.trim() } : rest });
  };
  const choice = (name: "state" | "trigger" | "endpoint", any: string, options: [string, string][]) => (
    <label class="setting">
      {words[name]}
      <select value={filter[name] ?? ""} onChange={(event) => set(name, event.currentTarget.value)}>
        <option value="">{any}</option>
        {options.map(([value, says]) => (
          <option key={value} value={value}>
            {says}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <form class="pair" onSubmit={(event) => event.preventDefault()}>
      {choice("state", words.anyState, STATES.map((state) => [state, words.states[state] ?? state]))}
      {choice("trigger", words.anyTrigger, names.triggers.map((each) => [each.id, each.name]))}
      {choice("endpoint", words.anyEndpoint, names.endpoints.map((each) => [each.id, each.url]))}
      <label class="setting">
        {words.conversation}
        <input
          value={filter.conversation ?? ""}
          placeholder="cnv_…"
          autocomplete="off"
          onChange={(event) => set("conversation", event.currentTarget.value)}
        />
      </label>
    </form>
  );
}

function Table({ items, names }: { items: Delivery[]; names: Named }) {
  return (
    <div class="wide panel" role="region" aria-label={words.heading} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {Object.entries(words.columns).map(([name, says]) => (
              <th key={name} scope="col">
                {says}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((each) => (
            <Line key={each.id} of={each} names={names} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ of, names }: { of: Delivery; names: Named }) {
  const at = of.done_at ?? of.due_at;
  return (
    <tr data-delivery={of.id}>
      <td>
        <State of={of} />
      </td>
      <td>
        <a href={address({ at: "deliveries", id: of.id })}>{triggerOf(of, names)}</a>
      </td>
      <td class="url">{endpointOf(of, names)}</td>
      <td>{of.attempts}</td>
      <td>
        <Instant at={at}>{of.done_at ? dayTime(at) : words.due(dayTime(at))}</Instant>
      </td>
    </tr>
  );
}

export function State({ of }: { of: Delivery }) {
  return <Badge kind={BADGES[of.state] ?? "none"}>{words.states[of.state]}</Badge>;
}

export function triggerOf(of: Delivery, { triggers }: Named): string {
  const name = triggers.find((each) => each.id === of.trigger)?.name ?? words.removed;
  return words.step(name, of.step + 1);
}

export function endpointOf(of: Delivery, { endpoints }: Named): string {
  if (of.endpoint === null) return words.onChannel;
  return endpoints.find((each) => each.id === of.endpoint)?.url ?? words.removed;
}

function ReplayAll({ filter, done }: { filter: Filter; done: () => void }) {
  const [told, setTold] = useState("");
  const [problem, setProblem] = useState("");

  async function replay(): Promise<void> {
    setTold("");
    setProblem("");
    try {
      const { count } = await client.post<{ count: number }>("/deliveries/replay", filter);
      setTold(words.replayedAll(count));
      done();
    } catch (refused) {
      setProblem(explain(refused));
    }
  }

  const sure = words.replaySure[filter.state ?? ""] ?? "";
  return (
    <>
      <span class="told" role="status">
        {told}
      </span>
      <span class="problem" role="alert">
        {problem}
      </span>
      <Asking kind="plain" label={words.replayAll} sure={sure} does={() => void replay()} />
    </>
  );
}
