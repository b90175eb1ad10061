import { useState } from "preact/hooks";
import type { Attempt, Endpoint } from "../api/types";
import { address } from "../page";
import { client } from "../session";
import { explain } from "../signin/signin";
import { t } from "../text/en";
import { Asking } from "../ui/asking";
import { useEvery, useLoaded } from "../ui/loaded";
import { Once } from "../ui/once";
import { Badge, Empty, Fact, Failed, Loading } from "../ui/parts";
import { Switch } from "../ui/switch";
import { clockTime, dayTime } from "../ui/time";

/** Milliseconds: how an endpoint fares changes without an event. */
const EVERY = 15_000;
const words = t.endpoints;

export async function readEndpoints(): Promise<Endpoint[]> {
  return (await client.get<{ items: Endpoint[] }>("/endpoints")).items;
}

export function Endpoints() {
  const { value, failed, again } = useLoaded(readEndpoints);
  useEvery(EVERY, () => void again());
  if (value === null) return failed ? <Failed why={failed} retry={() => void again()} /> : <Loading />;
  return (
    <>
      <header class="list-head">
        <h1>{words.heading}</h1>
        <a class="button button-primary" href={address({ at: "endpoints", id: "new" })}>
          {words.add}
        </a>
      </header>
      {failed && <Failed why={failed} retry={() => void again()} />}
      <p class="hint">{words.about}</p>
      {value.length === 0 && <Empty>{words.empty}</Empty>}
      <ul class="triggers">
        {value.map((each) => (
          <Line key={each.id} of={each} changed={() => void again()} />
        ))}
      </ul>
    </>
  );
}

function Line({ of, changed }: { of: Endpoint; changed: () => void }) {
  const [secret, setSecret] = useState("");
  const [problem, setProblem] = useState("");

  async function ask(does: () => Promise<unknown>): Promise<void> {
    setProblem("");
    try {
      await does();
      changed();
    } catch (refused) {
      setProblem(explain(refused));
    }
  }
  const one = `/endpoints/${of.id}`;
  const rotate = async () => setSecret((await client.post<Endpoint>(`${one}/secret`)).secret ?? "");
  return (
    <li class="panel" data-endpoint={of.id}>
      <div class="agent">
        <h2 class="agent-name">{of.url}</h2>
        <span class="tag">{t.triggers.form.kinds[of.kind]}</span>
        <State of={of} />
        <Switch
          on={of.disabled_at === null}
          label={words.switch(of.url)}
          turn={(enabled) => void ask(() => client.patch(one, { enabled }))}
        />
      </div>
      <Facts of={of} />
      {secret && <Once key={secret} label={words.secret} text={secret} done={() => setSecret("")} />}
      <Test of={of} />
      <div class="transfer">
        <a class="button button-plain" href={address({ at: "endpoints", id: of.id })}>
          {words.edit}
        </a>
        <a class="button button-plain" href={address({ at: "deliveries", filter: { endpoint: of.id } })}>
          {words.deliveries}
        </a>
        {of.kind === "webhook" && (
          <Asking kind="plain" label={words.rotate} sure={words.rotateSure} does={() => void ask(rotate)} />
        )}
        <Asking label={words.delete} sure={words.deleteSure(of.url)} does={() => void ask(() => client.delete(one))} />
        <span class="problem" role="alert">
          {problem}
        </span>
      </div>
    </li>
  );
}

function State({ of }: { of: Endpoint }) {
  const resting = of.rests_until && Date.parse(of.rests_until) > Date.now();
  if (of.disabled_at !== null) {
    const why = of.disabled_by === "gone" ? words.states.gone : words.states.you;
    return <Badge kind={of.disabled_by === "gone" ? "failed" : "none"}>{`${why}, ${words.since(dayTime(of.disabled_at))}`}</Badge>;
  }
  if (!of.failures) return <Badge kind="up">{words.states.on}</Badge>;
  return (
    <>
      <Badge kind={resting ? "failed" : "limited"}>{resting ? words.states.resting : words.states.failing}</Badge>
      <span class="warn">
        {words.failures(of.failures)}
        {resting && `, ${words.restsUntil(clockTime(of.rests_until!))}`}
      </span>
    </>
  );
}

function Facts({ of }: { of: Endpoint }) {
  const { sender, user, provider, account, header_names } = of;
  return (
    <dl class="facts">
      {provider && <Fact label={words.form.provider}>{words.form.providers[provider] ?? provider}</Fact>}
      {sender && <Fact label={words.form.sender}>{sender}</Fact>}
      {account && <Fact label={words.form.account}>{account}</Fact>}
      {user && <Fact label={words.form.user}>{user}</Fact>}
      {header_names && <Fact label={words.headers}>{header_names.join(", ")}</Fact>}
    </dl>
  );
}

function Test({ of }: { of: Endpoint }) {
  const [said, setSaid] = useState<{ sent: boolean; words: string } | null>(null);

  async function send(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const to = String(new FormData(event.currentTarget as HTMLFormElement).get("to") ?? "").trim();
    setSaid(null);
    try {
      const { why, status } = await client.post<Attempt>(`/endpoints/${of.id}/test`, to ? { to } : {});
      setSaid({ sent: why === null, words: why === null ? words.sent(status) : words.notSent(why) });
    } catch (refused) {
      setSaid({ sent: false, words: explain(refused) });
    }
  }

  return (
    <form class="transfer" onSubmit={(event) => void send(event)}>
      {of.kind !== "webhook" && (
        <label>
          <span class="unseen">{words.testTo}</span>
          <input name="to" required placeholder={words.testTo} autocomplete="off" />
        </label>
      )}
      <button type="submit" class="button button-plain">
        {words.test}
      </button>
      <span class={said?.sent ? "told" : "problem"} role="status">
        {said?.words}
      </span>
    </form>
  );
}
