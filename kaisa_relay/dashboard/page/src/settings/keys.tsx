// API keys: made, shown once, revoked after a second look.
import { useEffect, useState } from "preact/hooks";
import type { Key, KeyList, NewKey } from "../api/types";
import { client } from "../session";
import { explain } from "../signin/signin";
import { t } from "../text/en";
import { Once } from "../ui/once";
import { Badge, Button, Empty, Failed, Fact, Loading } from "../ui/parts";
import { dayTime } from "../ui/time";

export function Keys() {
  const [list, setList] = useState<KeyList | null>(null);
  const [made, setMade] = useState<NewKey | null>(null);
  const [failed, setFailed] = useState("");

  async function load(): Promise<void> {
    setFailed("");
    try {
      setList(await client.get<KeyList>("/keys"));
    } catch (refused) {
      setFailed(explain(refused));
    }
  }
  useEffect(() => void load(), []);

  if (failed) return <Failed why={failed} retry={() => void load()} />;
  if (list === null) return <Loading />;
  const living = list.items.filter((each) => each.revoked_at === null);
  return (
    <div class="panel">
      <h2>{t.keys.heading}</h2>
      {made && (
        <Once key={made.text} label={t.keys.made(made.key.name)} text={made.text} done={() => setMade(null)} />
      )}
      {living.length === 0 && <Empty>{t.keys.empty}</Empty>}
      <ul class="keys">
        {living.map((key) => (
          <KeyLine key={key.id} of={key} revoked={() => void load()} />
        ))}
      </ul>
      <NewKeyForm
        scopes={list.scopes}
        made={(key) => {
          setMade(key);
          void load();
        }}
      />
    </div>
  );
}

function KeyLine({ of, revoked }: { of: Key; revoked: () => void }) {
  const [sure, setSure] = useState(false);
  const [problem, setProblem] = useState("");
  const over = of.expires_at !== null && Date.parse(of.expires_at) <= Date.now();

  async function revoke(): Promise<void> {
    try {
      await client.delete(`/keys/${of.id}`);
      revoked();
    } catch (refused) {
      setProblem(explain(refused));
    }
  }

  return (
    <li class="key" data-key={of.id}>
      <div class="agent">
        <span class="agent-name">{of.name || t.keys.nameless}</span>
        {over && <Badge kind="failed">{t.keys.expired}</Badge>}
        {of.scopes.map((scope) => (
          <span key={scope} class="tag">
            {scope}
          </span>
        ))}
      </div>
      <dl class="facts">
        <Fact label={t.keys.lastUsed}>{of.last_used_at ? dayTime(of.last_used_at) : t.keys.never}</Fact>
        <Fact label={t.keys.expires}>{of.expires_at ? dayTime(of.expires_at) : t.keys.never}</Fact>
      </dl>
      <div class="transfer">
        {sure ? (
          <>
            <span>{t.keys.sure}</span>
            <Button kind="danger" onClick={() => void revoke()}>
              {t.keys.revoke}
            </Button>
            <Button onClick={() => setSure(false)}>{t.conversation.cancel}</Button>
          </>
        ) : (
          <Button onClick={() => setSure(true)}>{t.keys.revoke}</Button>
        )}
        <span class="problem" role="alert">
          {problem}
        </span>
      </div>
    </li>
  );
}

function NewKeyForm({ scopes, made }: { scopes: string[]; made: (key: NewKey) => void }) {
  const [problem, setProblem] = useState("");

  async function add(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const filled = new FormData(form);
    const lasts = String(filled.get("lasts") ?? "").trim();
    setProblem("");
    try {
      const body = { name: filled.get("name"), scopes: filled.getAll("scopes") };
      made(await client.post<NewKey>("/keys", lasts ? { ...body, lasts } : body));
      form.reset();
    } catch (refused) {
      setProblem(explain(refused));
    }
  }

  return (
    <form class="new-key" onSubmit={(event) => void add(event)}>
      <h3>{t.keys.add}</h3>
      <label>
        {t.keys.name}
        <input name="name" required autocomplete="off" />
      </label>
      <fieldset>
        <legend>{t.keys.scopes}</legend>
        {scopes.map((scope) => (
          <label key={scope} class="inline">
            <input type="checkbox" name="scopes" value={scope} />
            <span>
              {t.keys.allows[scope] ?? scope} <span class="quiet">{scope}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <label>
        {t.keys.lasts}
        <input name="lasts" class="short" placeholder="90d" autocomplete="off" />
      </label>
      <div class="transfer">
        <button type="submit" class="button button-primary">
          {t.keys.submit}
        </button>
        <span class="problem" role="alert">
          {problem}
        </span>
      </div>
    </form>
  );
}
