import { useState } from "preact/hooks";
import type { Agent } from "../api/types";
import { explain } from "../signin/signin";
import { board, client, may } from "../session";
import { useStore } from "../store";
import { t } from "../text/en";
import { Badge, Button, Empty, Loading } from "../ui/parts";
import { clockTime, until, useNow } from "../ui/time";

export function Agents() {
  const { agents, loaded } = useStore(board);
  if (!loaded) return <Loading />;
  return (
    <section class="list-page">
      <h1>{t.agents.heading}</h1>
      {agents.length === 0 && <Empty>{t.agents.empty}</Empty>}
      <ul class="people">
        {agents.map((agent) => (
          <li key={agent.id} class="panel" data-agent={agent.id}>
            <AgentHead agent={agent} />
            <Windows agent={agent} />
            {may("conversations:write") && <Pausing agent={agent} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

export function AgentLine({ agent }: { agent: Agent }) {
  return (
    <li class="strip">
      <AgentHead agent={agent} />
    </li>
  );
}

function AgentHead({ agent }: { agent: Agent }) {
  const { presence, paused_until, load, capacity, missed, on_call } = agent;
  return (
    <div class="agent">
      <span class="agent-name">{agent.name ?? t.erased}</span>
      <Badge kind={presence}>
        {t.agents[presence]}
        {paused_until && ` ${t.agents.until(clockTime(paused_until))}`}
      </Badge>
      <span class="quiet">{t.agents.load(load, capacity)}</span>
      {missed > 0 && <span class="warn">{t.agents.missed(missed)}</span>}
      {on_call && <span class="tag">{t.agents.onCall}</span>}
    </div>
  );
}

function Windows({ agent }: { agent: Agent }) {
  const now = useNow();
  const { channels } = useStore(board);
  const phone = (id: string) => channels.find((each) => each.id === id)?.phone ?? id;
  return (
    <dl class="windows">
      {agent.channels.map((each) => (
        <div key={each.channel} class="fact">
          <dt>{phone(each.channel)}</dt>
          <dd>{windowText(each.window_closes_at, now)}</dd>
        </div>
      ))}
    </dl>
  );
}

export function windowText(closes: string | null, now: number): string {
  if (closes === null) return t.agents.windowNever;
  if (Date.parse(closes) <= now) return t.agents.windowClosed;
  return t.agents.windowOpen(until(closes, now));
}

function Pausing({ agent }: { agent: Agent }) {
  const [problem, setProblem] = useState("");

  async function ask(wish: "pause" | "resume", body: object): Promise<void> {
    setProblem("");
    try {
      const now = await client.post<Agent>(`/agents/${agent.id}/${wish}`, body);
      board.update((shown) => ({
        ...shown,
        agents: shown.agents.map((each) => (each.id === now.id ? now : each)),
      }));
    } catch (refused) {
      setProblem(explain(refused));
    }
  }

  function pause(event: SubmitEvent): void {
    event.preventDefault();
    const duration = new FormData(event.currentTarget as HTMLFormElement).get("duration");
    void ask("pause", duration ? { duration } : {});
  }

  return (
    <div class="pausing">
      {agent.presence === "paused" ? (
        <Button onClick={() => void ask("resume", {})}>{t.agents.resume}</Button>
      ) : (
        <form onSubmit={pause}>
          <label>
            <span class="unseen">{t.agents.pauseFor}</span>
            <select name="duration">
              {Object.entries(t.agents.pauses).map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          </label>
          <button type="submit" class="button button-plain">
            {t.agents.pause}
          </button>
        </form>
      )}
      <span class="problem" role="alert">
        {problem}
      </span>
    </div>
  );
}
