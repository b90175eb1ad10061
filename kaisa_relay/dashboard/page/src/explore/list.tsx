// Every conversation, narrowed and ordered by what stands in the address.
import type { Explored } from "../api/types";
import { address, go } from "../page";
import { t } from "../text/en";
import { usePaged } from "../ui/paged";
import { Badge, Button, Empty, Failed, Instant, Loading } from "../ui/parts";
import { dayTime, span } from "../ui/time";
import { Export } from "./export";
import { Narrow } from "./narrow";
import { conditions, one, pairs, sorted } from "./query";

const words = t.explore;
const SORTABLE: ReadonlySet<string> = new Set(["created_at", "accepted_at", "last_at", "value"]);
const NUMBERS: ReadonlySet<string> = new Set(["value", "to_reply", "duration", "messages"]);
const BADGES: Record<string, string> = { closed: "none", failed: "failed", active: "up" };

export function List({ query }: { query: string }) {
  const { items, failed, more, again, older, total } = usePaged<Explored>("/explore/conversations", pairs(query));
  const narrowed = conditions(query).length > 0;
  return (
    <>
      <header class="list-head">
        <h1>{words.heading}</h1>
        <span class="quiet" role="status">
          {total && words.found(total.number, total.exact)}
        </span>
        <Export query={query} />
      </header>
      <p class="hint">{words.about}</p>
      <Narrow query={query} to={(next) => go({ at: "explore", query: next })} />
      {failed && <Failed why={failed} retry={() => void again()} />}
      {!failed && items === null && <Loading />}
      {items?.length === 0 && <Empty>{narrowed ? words.nothingFound : words.empty}</Empty>}
      {items && items.length > 0 && <Table items={items} query={query} />}
      {more && (
        <div>
          <Button onClick={() => void older()}>{words.more}</Button>
        </div>
      )}
    </>
  );
}

function Table({ items, query }: { items: Explored[]; query: string }) {
  return (
    <div class="wide panel" role="region" aria-label={words.heading} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {Object.entries(words.columns).map(([name, says]) => (
              <Head key={name} name={name} says={says} query={query} />
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((each) => (
            <Line key={each.id} of={each} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head({ name, says, query }: { name: string; says: string; query: string }) {
  const kind = NUMBERS.has(name) ? "number" : undefined;
  if (!SORTABLE.has(name)) {
    return (
      <th scope="col" class={kind}>
        {says}
      </th>
    );
  }
  const by = one(query, "sort") || "-created_at";
  const order = by === name ? "ascending" : by === `-${name}` ? "descending" : undefined;
  return (
    <th scope="col" class={kind} aria-sort={order}>
      <a href={address({ at: "explore", query: sorted(query, name) })} title={order && words.sortedBy[order]}>
        {says}
        {order && <span aria-hidden="true">{order === "ascending" ? " ↑" : " ↓"}</span>}
      </a>
    </th>
  );
}

function Line({ of }: { of: Explored }) {
  const called = of.visitor.name ?? of.visitor.phone ?? t.erased;
  return (
    <tr data-conversation={of.id}>
      <td>
        <a href={address({ at: "conversation", id: of.id })}>
          <At instant={of.created_at} />
        </a>
      </td>
      <td class="person">{called}</td>
      <td>
        <Badge kind={BADGES[of.status] ?? of.status}>{words.statuses[of.status] ?? of.status}</Badge>
      </td>
      <td>{of.outcome}</td>
      <td class="number">{of.value !== null && `${of.value.toLocaleString()} ${of.currency ?? ""}`}</td>
      <td class="person">{of.agent ? (of.agent.name ?? of.agent.phone ?? t.erased) : words.nobody}</td>
      <td>{of.accepted_at && <At instant={of.accepted_at} />}</td>
      <td class="number">{lasted(of.to_reply)}</td>
      <td class="number">{lasted(of.duration)}</td>
      <td class="number">{words.messages(of.from_visitor, of.from_agent)}</td>
      <td>
        <At instant={of.last_at} />
      </td>
    </tr>
  );
}

function At({ instant }: { instant: string }) {
  return <Instant at={instant}>{dayTime(instant)}</Instant>;
}

function lasted(seconds: number | null): string {
  return seconds === null ? "" : span(1000 * seconds);
}
