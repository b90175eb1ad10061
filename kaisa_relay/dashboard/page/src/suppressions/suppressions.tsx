// Whom triggers do not write to. An address that is looked for stays out of the page's own address,
// which a browser remembers.
import { useState } from "preact/hooks";
import type { Suppression } from "../api/types";
import { client } from "../session";
import { explain } from "../signin/signin";
import { t } from "../text/en";
import { Asking } from "../ui/asking";
import { usePaged } from "../ui/paged";
import { Button, Empty, Failed, Instant, Loading } from "../ui/parts";
import { dayTime } from "../ui/time";

const words = t.suppressions;

type Sought = Record<string, string>;

export function Suppressions() {
  const [sought, seek] = useState<Sought>({});
  const { items, failed, more, again, older } = usePaged<Suppression>("/suppressions", sought);
  const seeking = Object.keys(sought).length > 0;
  return (
    <>
      <header class="list-head">
        <h1>{words.heading}</h1>
        <a class="button button-plain" href="/suppressions.csv" download="suppressions.csv">
          {words.download}
        </a>
      </header>
      <p class="hint">{words.about}</p>
      <Address seek={seek} added={() => (seeking ? seek({}) : void again())} />
      {seeking && (
        <div>
          <Button onClick={() => seek({})}>{words.all}</Button>
        </div>
      )}
      {failed && <Failed why={failed} retry={() => void again()} />}
      {!failed && items === null && <Loading />}
      {items?.length === 0 && <Empty>{seeking ? words.nothingFound : words.empty}</Empty>}
      {items && items.length > 0 && (
        <ul class="panel">
          {items.map((each) => (
            <Line key={each.id} of={each} removed={() => void again()} />
          ))}
        </ul>
      )}
      {more && (
        <div>
          <Button onClick={() => void older()}>{t.deliveries.more}</Button>
        </div>
      )}
    </>
  );
}

/** An address to look up, or to put on the list. */
function Address({ seek, added }: { seek: (sought: Sought) => void; added: () => void }) {
  const [told, setTold] = useState("");
  const [problem, setProblem] = useState("");

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const typed = new FormData(form);
    const asked = { way: String(typed.get("way")), address: String(typed.get("address")).trim() };
    setTold("");
    setProblem("");
    if ((event.submitter as HTMLButtonElement | null)?.value === "look") return seek(asked);
    try {
      const made = await client.post<Suppression>("/suppressions", asked);
      setTold(words.added(made.address));
      form.reset();
      added();
    } catch (refused) {
      setProblem(explain(refused));
    }
  }

  return (
    <form class="transfer panel" onSubmit={(event) => void submit(event)}>
      <label class="setting">
        {words.way}
        <select name="way">
          {Object.entries(words.ways).map(([way, says]) => (
            <option key={way} value={way}>
              {says}
            </option>
          ))}
        </select>
      </label>
      <label class="setting">
        {words.address}
        <input name="address" required autocomplete="off" />
      </label>
      <div class="transfer">
        <button type="submit" class="button button-plain" value="look">
          {words.look}
        </button>
        <button type="submit" class="button button-primary" value="add">
          {words.add}
        </button>
        <span class="told" role="status">
          {told}
        </span>
        <span class="problem" role="alert">
          {problem}
        </span>
      </div>
    </form>
  );
}

function Line({ of, removed }: { of: Suppression; removed: () => void }) {
  const [problem, setProblem] = useState("");

  async function remove(): Promise<void> {
    try {
      await client.delete(`/suppressions/${of.id}`);
      removed();
    } catch (refused) {
      setProblem(explain(refused));
    }
  }

  return (
    <li class="agent" data-suppression={of.id}>
      <span class="agent-name">{of.address}</span>
      <span class="tag">{words.ways[of.way] ?? of.way}</span>
      <span class="quiet">{words.sources[of.source] ?? of.source}</span>
      <Instant at={of.at}>{dayTime(of.at)}</Instant>
      <Asking label={words.remove} sure={words.removeSure(of.address)} does={() => void remove()} />
      <span class="problem" role="alert">
        {problem}
      </span>
    </li>
  );
}
