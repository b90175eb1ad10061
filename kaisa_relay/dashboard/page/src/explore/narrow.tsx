// The conditions of a list or a report: the usual ones, those that are set, and any other.
import { useState } from "preact/hooks";
import type { Agent } from "../api/types";
import { client } from "../session";
import { t } from "../text/en";
import { useLoaded } from "../ui/loaded";
import { Button } from "../ui/parts";
import { conditions, FROM, one, period, put, UNTIL, within, without, written, type Pair } from "./query";

const words = t.explore;
/** Conditions that have a place of their own. */
const USUAL: ReadonlySet<string> = new Set(["status", "outcome", "agent", "text", FROM, UNTIL]);
const FIELDS = [
  "reason", "outcome", "currency", "language", "strategy", "id", "channel", "visitor", "form", "agent", "value",
  "created_at", "started_at", "offered_at", "queued_at", "accepted_at", "replied_at", "ended_at", "last_at",
  "to_message", "to_accept", "to_reply", "duration", "offers", "declined", "missed", "unreached", "transfers",
  "resumed", "links", "recovered", "from_visitor", "from_agent", "from_team", "undelivered",
] as const; // prettier-ignore

interface Narrowing {
  query: string;
  to: (query: string) => void;
}

export function Narrow({ query, to }: Narrowing) {
  const { first, last } = period(query);
  const field = (name: string, says: string) => (
    <label class="setting">
      {says}
      <input
        key={one(query, name)}
        defaultValue={one(query, name)}
        autocomplete="off"
        onChange={(event) => to(put(query, name, event.currentTarget.value))}
      />
    </label>
  );
  return (
    <>
      <form class="pair narrow" role="search" onSubmit={(event) => event.preventDefault()}>
        <label class="setting">
          {words.status}
          <select value={one(query, "status")} onChange={(event) => to(put(query, "status", event.currentTarget.value))}>
            <option value="">{words.any}</option>
            {Object.entries(words.statuses).map(([status, says]) => (
              <option key={status} value={status}>
                {says}
              </option>
            ))}
          </select>
        </label>
        <Day says={words.first} day={first} set={(day) => to(within(query, day, last))} />
        <Day says={words.last} day={last} set={(day) => to(within(query, first, day))} />
        <Agents query={query} to={to} />
        {field("outcome", words.outcome)}
        {field("text", words.text)}
      </form>
      <Chips query={query} to={to} />
    </>
  );
}

function Day({ says, day, set }: { says: string; day: string; set: (day: string) => void }) {
  return (
    <label class="setting">
      {says}
      <input type="date" value={day} onChange={(event) => set(event.currentTarget.value)} />
    </label>
  );
}

function Agents({ query, to }: Narrowing) {
  const { value } = useLoaded(() => client.all<Agent>("/agents"));
  return (
    <label class="setting">
      {words.agent}
      <select value={one(query, "agent")} onChange={(event) => to(put(query, "agent", event.currentTarget.value))}>
        <option value="">{words.any}</option>
        {value?.map((each) => (
          <option key={each.id} value={each.id}>
            {each.name ?? each.phone ?? t.erased}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What is set and has no place of its own, and a way to more. */
function Chips({ query, to }: Narrowing) {
  const all = conditions(query);
  const others = all.filter(([name, value]) => !USUAL.has(name) || one(query, name) !== value);
  return (
    <div class="chips">
      {others.map((each) => (
        <span key={each.join("=")} class="chip">
          {readable(each)}
          <button type="button" aria-label={words.remove(readable(each))} onClick={() => to(without(query, each))}>
            ×
          </button>
        </span>
      ))}
      <Adding query={query} to={to} />
      {all.length > 0 && <Button onClick={() => to("")}>{words.reset}</Button>}
    </div>
  );
}

export function readable([name, value]: Pair): string {
  const [, field = name, operator = ""] = /^(.*?)(\[\w+\])?$/.exec(name) ?? [];
  const whole = operator === "[exists]" ? `${operator}=${value}` : operator;
  const says = words.operators[whole] ?? operator;
  return operator === "[exists]" ? `${field} ${says}` : `${field} ${says} ${value}`;
}

function Adding({ query, to }: Narrowing) {
  const [field, choose] = useState("");
  const [operator, compare] = useState("");
  const exists = operator.startsWith("[exists]");

  function add(event: SubmitEvent): void {
    event.preventDefault();
    const typed = new FormData(event.currentTarget as HTMLFormElement);
    const name = field === "metadata" ? `metadata.${String(typed.get("key")).trim()}` : field;
    const [how = "", fixed] = operator.split("=");
    const value = fixed ?? String(typed.get("value")).trim();
    to(written([...conditions(query), [`${name}${how}`, value]]));
  }

  return (
    <details class="adding">
      <summary class="quiet-button">{words.adding.heading}</summary>
      <form class="transfer" onSubmit={add}>
        <select aria-label={words.adding.field} required value={field} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="" />
          {["metadata", ...FIELDS].map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
        {field === "metadata" && <input name="key" aria-label={words.adding.key} placeholder="car.model" required />}
        <select aria-label={words.adding.operator} value={operator} onChange={(event) => compare(event.currentTarget.value)}>
          {Object.entries(words.operators).map(([each, says]) => (
            <option key={each} value={each}>
              {says}
            </option>
          ))}
        </select>
        {!exists && <input name="value" aria-label={words.adding.value} required autocomplete="off" />}
        <button type="submit" class="button button-plain">
          {words.adding.add}
        </button>
      </form>
    </details>
  );
}
