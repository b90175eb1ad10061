// An endpoint as a form; a webhook's secret is shown once, when it has been made.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Endpoint } from "../api/types";
import { Refusal } from "../api/client";
import { go } from "../page";
import { client } from "../session";
import { explain } from "../signin/signin";
import { t } from "../text/en";
import { Field, Wrong } from "../ui/field";
import { useLoaded } from "../ui/loaded";
import { Once } from "../ui/once";
import { Empty, Failed, Loading } from "../ui/parts";
import { readEndpoints } from "./list";
import { asked, changeOf, filledOf, NEW, wishOf, type Filled, type Name } from "./wish";

const words = t.endpoints.form;
const FAULTS = { header: words.badHeader, json: words.notJson };

export function EndpointPage({ id }: { id: string }) {
  const { value, failed, again } = useLoaded(readEndpoints);
  if (value === null) return failed ? <Failed why={failed} retry={() => void again()} /> : <Loading />;
  const found = value.find((each) => each.id === id) ?? null;
  if (found === null && id !== "new") return <Empty>{t.endpoints.gone}</Empty>;
  return (
    <>
      <h1>{found ? found.url : t.endpoints.add}</h1>
      <Form saved={found} />
    </>
  );
}

function Form({ saved }: { saved: Endpoint | null }) {
  const [filled, setFilled] = useState<Filled>(() => (saved ? filledOf(saved) : NEW));
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [secret, setSecret] = useState("");
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus(), [wrong]);
  const fill = (part: Partial<Filled>) => setFilled((now) => ({ ...now, ...part }));

  async function send(): Promise<void> {
    const read = saved ? changeOf(saved, filled, FAULTS) : wishOf(filled, FAULTS);
    setWrong("wrong" in read ? read.wrong : {});
    if ("wrong" in read) return;
    const made = saved
      ? await client.patch<Endpoint>(`/endpoints/${saved.id}`, read.wish)
      : await client.post<Endpoint>("/endpoints", read.wish);
    if (made.secret) setSecret(made.secret);
    else go({ at: "endpoints" });
  }

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setProblem("");
    setBusy(true);
    try {
      await send();
    } catch (refused) {
      const fields = refused instanceof Refusal ? refused.fields : {};
      setWrong(fields);
      setProblem(explain(refused));
    }
    setBusy(false);
  }

  if (secret) return <Once label={t.endpoints.secret} text={secret} done={() => go({ at: "endpoints" })} />;
  return (
    <Wrong.Provider value={wrong}>
      <form ref={form} class="panel" aria-label={t.endpoints.add} onSubmit={(event) => void save(event)}>
        {saved === null && <Kind filled={filled} fill={fill} />}
        {asked(filled).map((name) => (
          <Part key={name} name={name} saved={saved} filled={filled} fill={fill} />
        ))}
        <div class="transfer">
          <button type="submit" class="button button-primary" disabled={busy}>
            {busy ? words.saving : words.save}
          </button>
          <span class="problem" role="alert">
            {problem}
          </span>
        </div>
      </form>
    </Wrong.Provider>
  );
}

type FillProps = { filled: Filled; fill: (part: Partial<Filled>) => void };

function Kind({ filled, fill }: FillProps) {
  return (
    <>
      <Field path="kind" label={words.kind}>
        {(said) => (
          <select {...said} value={filled.kind} onChange={(event) => fill({ kind: event.currentTarget.value })}>
            {["webhook", "email", "sms"].map((kind) => (
              <option key={kind} value={kind}>
                {t.triggers.form.kinds[kind]}
              </option>
            ))}
          </select>
        )}
      </Field>
      {filled.kind === "sms" && (
        <Field path="provider" label={words.provider}>
          {(said) => (
            <select {...said} value={filled.provider} onChange={(event) => fill({ provider: event.currentTarget.value })}>
              {Object.entries(words.providers).map(([provider, name]) => (
                <option key={provider} value={provider}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
    </>
  );
}

type PartProps = FillProps & { name: Name; saved: Endpoint | null };

function Part({ name, saved, filled, fill }: PartProps) {
  const lines = name === "headers" ? 2 : name === "request" ? 5 : 1;
  const value = filled[name];
  const onInput = (event: { currentTarget: { value: string } }) => fill({ [name]: event.currentTarget.value });
  return (
    <Field path={name} label={words[name]} hint={hintOf(name, saved, filled)} deep={lines > 1}>
      {(said) => {
        const typed = { ...said, value, onInput };
        if (lines > 1) return <textarea {...typed} class="mono" rows={lines} />;
        if (name === "password") return <input {...typed} type="password" autocomplete="new-password" />;
        return <input {...typed} required={name === "url"} autocomplete="off" />;
      }}
    </Field>
  );
}

function hintOf(name: Name, saved: Endpoint | null, { kind, provider }: Filled): string | undefined {
  switch (name) {
    case "url":
      return words.urlHints[kind];
    case "sender":
      return words.senderHints[kind];
    case "account":
      return words.accountHint;
    case "user":
      return words.userHints[kind === "sms" ? provider : kind];
    case "password":
      return saved ? words.passwordKept : words.passwordHint;
    case "headers":
      return saved ? words.headersKept(saved.header_names?.join(", ") ?? "") : words.headersHint;
    case "request":
      return words.requestHint;
  }
}
