// One trigger: what it has led to, its form, and trying it out.
import type { Endpoint, StepCounts, Trigger } from "../api/types";
import { Refusal } from "../api/client";
import { client } from "../session";
import { t } from "../text/en";
import { useLoaded } from "../ui/loaded";
import { Empty, Failed, Loading } from "../ui/parts";
import { Counts } from "./counted";
import { TriggerForm } from "./form";
import { countsOf, useRecoveries } from "./list";

interface Opened {
  /** None where it is to be made; `gone` where there is none any more. */
  trigger: Trigger | null | "gone";
  endpoints: Endpoint[];
  counts: StepCounts[];
}

async function open(id: string): Promise<Opened> {
  const endpoints = (await client.get<{ items: Endpoint[] }>("/endpoints")).items;
  if (id === "new") return { trigger: null, endpoints, counts: [] };
  try {
    const [trigger, counts] = await Promise.all([client.get<Trigger>(`/triggers/${id}`), countsOf(id)]);
    return { trigger, endpoints, counts };
  } catch (refused) {
    if (refused instanceof Refusal && refused.status === 404) return { trigger: "gone", endpoints, counts: [] };
    throw refused;
  }
}

export function TriggerPage({ id }: { id: string }) {
  const { value, failed, again } = useLoaded(() => open(id));
  useRecoveries(() => void again());
  if (value === null) return failed ? <Failed why={failed} retry={() => void again()} /> : <Loading />;
  const { trigger, endpoints, counts } = value;
  if (trigger === "gone") return <Empty>{t.triggers.gone}</Empty>;
  return (
    <>
      <header class="list-head">
        <h1>{trigger?.name ?? t.triggers.form.add}</h1>
        {trigger && <span class="quiet">{t.triggers.version(trigger.version)}</span>}
      </header>
      {trigger && (
        <div class="panel">
          <Counts trigger={trigger} counts={counts} />
        </div>
      )}
      <TriggerForm saved={trigger} endpoints={endpoints} changed={() => void again()} />
    </>
  );
}
