import { useEffect, useState } from "preact/hooks";
import type { StepCounts, Trigger } from "../api/types";
import { address } from "../page";
import { client, latest } from "../session";
import { explain } from "../signin/signin";
import { useStore } from "../store";
import { t } from "../text/en";
import { useEvery, useLoaded } from "../ui/loaded";
import { Badge, Empty, Failed, Loading } from "../ui/parts";
import { Switch } from "../ui/switch";
import { dayTime } from "../ui/time";
import { Counts } from "./counted";
import { total } from "./counts";

export interface Counted {
  trigger: Trigger;
  counts: StepCounts[];
}

/** Milliseconds: deliveries are counted without an event. */
const EVERY = 15_000;

async function readAll(): Promise<Counted[]> {
  const { items } = await client.get<{ items: Trigger[] }>("/triggers");
  return Promise.all(items.map(async (trigger) => ({ trigger, counts: await countsOf(trigger.id) })));
}

export async function countsOf(trigger: string): Promise<StepCounts[]> {
  return (await client.get<{ items: StepCounts[] }>(`/triggers/${trigger}/recoveries`)).items;
}

/** Read again as soon as somebody has come back by a link. */
export function useRecoveries(again: () => void): void {
  const events = useStore(latest);
  useEffect(() => {
    if (events.some((each) => each.type === "conversation.recovered")) again();
  }, [events]);
  useEvery(EVERY, again);
}

export function Triggers() {
  const { value, failed, again } = useLoaded(readAll);
  useRecoveries(() => void again());
  if (value === null) return failed ? <Failed why={failed} retry={() => void again()} /> : <Loading />;
  const recovered = value.reduce((sum, { counts }) => sum + total(counts).recovered, 0);
  return (
    <>
      <header class="list-head">
        <h1>{t.triggers.heading}</h1>
        <p class="recovered" title={t.triggers.recoveredHint}>
          {t.triggers.recoveredAll(recovered)}
        </p>
        <a class="button button-primary" href={address({ at: "triggers", id: "new" })}>
          {t.triggers.add}
        </a>
      </header>
      {failed && <Failed why={failed} retry={() => void again()} />}
      <p class="hint">{t.triggers.about}</p>
      {value.length === 0 && <Empty>{t.triggers.empty}</Empty>}
      <ul class="triggers">
        {value.map((each) => (
          <Line key={each.trigger.id} of={each} changed={() => void again()} />
        ))}
      </ul>
    </>
  );
}

function Line({ of: { trigger, counts }, changed }: { of: Counted; changed: () => void }) {
  return (
    <li class="panel" data-trigger={trigger.id}>
      <div class="agent">
        <h2 class="agent-name">
          <a href={address({ at: "triggers", id: trigger.id })}>{trigger.name}</a>
        </h2>
        <Badge kind={total(counts).recovered ? "available" : "none"}>
          {total(counts).recovered} {t.triggers.recovered}
        </Badge>
        <span class="quiet" title={t.triggers.changed(dayTime(trigger.changed_at))}>
          {t.triggers.version(trigger.version)}
        </span>
        <Switching trigger={trigger} changed={changed} />
      </div>
      <ul class="chips" aria-label={t.triggers.form.starts}>
        {trigger.on.map((type) => (
          <li key={type} class="tag" title={type}>
            {t.events[type] ?? type}
          </li>
        ))}
      </ul>
      <Counts trigger={trigger} counts={counts} />
      <a href={address({ at: "deliveries", filter: { trigger: trigger.id, state: "dead" } })}>
        {t.triggers.failures}
      </a>
    </li>
  );
}

function Switching({ trigger, changed }: { trigger: Trigger; changed: () => void }) {
  const [told, setTold] = useState("");
  const [problem, setProblem] = useState("");

  async function turn(): Promise<void> {
    setTold("");
    setProblem("");
    try {
      // As it is now, which may not be what is shown.
      const now = await client.get<Trigger>(`/triggers/${trigger.id}`);
      await client.put(`/triggers/${trigger.id}`, { ...now, enabled: !trigger.enabled });
      setTold(trigger.enabled ? t.triggers.switchedOff : t.triggers.switchedOn);
      changed();
    } catch (refused) {
      setProblem(explain(refused));
    }
  }

  return (
    <>
      <Switch on={trigger.enabled} label={t.triggers.switch(trigger.name)} turn={() => void turn()} />
      <span class="told" role="status">
        {told}
      </span>
      <span class="problem" role="alert">
        {problem}
      </span>
    </>
  );
}
