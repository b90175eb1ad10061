// A trigger tried out: what it would send, and one of it sent to whoever tries it.
import { useState } from "preact/hooks";
import type { Attempt, Preview, Previewed, Trigger } from "../api/types";
import { Refusal } from "../api/client";
import { client } from "../session";
import { explain } from "../signin/signin";
import { t } from "../text/en";
import { Fact } from "../ui/parts";
import { isWish, wishOf, type Draft, type Wrong } from "./draft";

const words = t.triggers.trying;
/** What a preview is asked beside the trigger. */
const SCENE = ["language", "metadata", "conversation"];

interface TryingProps {
  draft: Draft;
  /** The trigger, where nothing of it has been changed since. */
  saved: Trigger | null;
  /** Told what is wrong with the fields. */
  wrong: (wrong: Wrong) => void;
}

export function Trying({ draft, saved, wrong }: TryingProps) {
  const [shown, setShown] = useState<Preview | null>(null);
  const [scene, setScene] = useState<Record<string, unknown>>({});
  const [problem, setProblem] = useState("");

  function refused(fields: Wrong, why: string): void {
    wrong(fields);
    const outside = Object.keys(fields).filter((field) => SCENE.includes(field));
    setProblem(outside.length || !Object.keys(fields).length ? why : words.refused);
  }

  async function preview(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const about = readScene(new FormData(event.currentTarget as HTMLFormElement));
    const wish = wishOf(draft, t.triggers.form.twice, t.triggers.form.notJson);
    setShown(null);
    setProblem(about === null ? words.badMetadata : "");
    if (about === null) return;
    if (!isWish(wish)) return refused(wish, words.refused);
    setScene(about);
    try {
      setShown(await client.post<Preview>("/triggers/preview", { ...wish, ...about }));
      refused({}, "");
    } catch (failed) {
      refused(failed instanceof Refusal ? failed.fields : {}, explain(failed));
    }
  }

  return (
    <section class="panel trying">
      <h2>{words.heading}</h2>
      <form class="pair" onSubmit={(event) => void preview(event)}>
        <label class="setting">
          {words.language}
          <input name="language" class="short" placeholder="sv" autocomplete="off" />
        </label>
        <label class="setting">
          {words.metadata}
          <input name="metadata" placeholder='{"car": "V60"}' autocomplete="off" />
        </label>
        <label class="setting">
          {words.conversation}
          <input name="conversation" placeholder="cnv_…" autocomplete="off" />
        </label>
        <div class="saving">
          <button type="submit" class="button button-plain">
            {words.preview}
          </button>
          <span class="problem" role="alert">
            {problem}
          </span>
        </div>
      </form>
      {shown && <Shown preview={shown} saved={saved} scene={scene} />}
    </section>
  );
}

/** Return what a preview is about; null where the metadata is none. */
function readScene(form: FormData): Record<string, unknown> | null {
  const typed = (name: string) => String(form.get(name) ?? "").trim();
  const scene: Record<string, unknown> = {};
  for (const name of ["language", "conversation"]) if (typed(name)) scene[name] = typed(name);
  if (!typed("metadata")) return scene;
  try {
    return { ...scene, metadata: JSON.parse(typed("metadata")) as unknown };
  } catch {
    return null;
  }
}

interface ShownProps {
  preview: Preview;
  saved: Trigger | null;
  scene: Record<string, unknown>;
}

function Shown({ preview, saved, scene }: ShownProps) {
  const type = preview.event.type ?? "";
  return (
    <div class="previews" role="status">
      <p class={preview.starts ? "told" : "warn"}>
        {preview.starts ? words.starts : words.notStarts} {words.about(t.events[type] ?? type)}
      </p>
      {preview.actions.map((each) => (
        <article key={`${each.step}.${each.action}`} class="preview">
          <h3>
            {t.triggers.step(each.step + 1)}, {words.after(each.after)}: {t.triggers.form.kinds[each.kind]}
          </h3>
          <Words of={each} />
          {saved ? <Test of={saved} action={each} scene={scene} /> : <p class="hint">{words.testSaved}</p>}
        </article>
      ))}
    </div>
  );
}

function Words({ of }: { of: Previewed }) {
  const { to, subject, text, html, body, template, language, parameters } = of;
  return (
    <>
      {of.problem && (
        <p class="problem">
          {words.problem}: {of.problem}
        </p>
      )}
      <dl class="facts">
        {to && <Fact label={t.triggers.form.to}>{to}</Fact>}
        {subject && <Fact label={t.triggers.form.subject}>{subject}</Fact>}
        {template && <Fact label={t.triggers.form.template}>{template}</Fact>}
        {language && <Fact label={t.triggers.form.language}>{language}</Fact>}
      </dl>
      {text && <p class="text sheet">{text}</p>}
      {html && <pre class="sheet">{html}</pre>}
      {body && <pre class="sheet">{JSON.stringify(body, null, 2)}</pre>}
      {parameters && <p class="sheet">{parameters.join(" · ")}</p>}
    </>
  );
}

interface TestProps {
  of: Trigger;
  action: Previewed;
  scene: Record<string, unknown>;
}

function Test({ of, action: { step, action, kind }, scene }: TestProps) {
  const [said, setSaid] = useState<{ sent: boolean; words: string } | null>(null);
  const [busy, setBusy] = useState(false);

  async function send(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const to = String(new FormData(event.currentTarget as HTMLFormElement).get("to") ?? "").trim();
    setSaid(null);
    setBusy(true);
    try {
      const body = { step, action, ...scene, ...(to ? { to } : {}) };
      const { why, status } = await client.post<Attempt>(`/triggers/${of.id}/test`, body);
      setSaid({ sent: why === null, words: why === null ? words.sent(status) : words.notSent(why) });
    } catch (refused) {
      setSaid({ sent: false, words: explain(refused) });
    }
    setBusy(false);
  }

  return (
    <form class="transfer" onSubmit={(event) => void send(event)}>
      {kind !== "webhook" && (
        <label>
          <span class="unseen">{words.testTo}</span>
          <input name="to" required placeholder={words.testTo} autocomplete="off" title={words.testHint} />
        </label>
      )}
      <button type="submit" class="button button-plain" disabled={busy} title={words.testHint}>
        {words.test}
      </button>
      <span class={said?.sent ? "told" : "problem"} role="status">
        {said?.words}
      </span>
    </form>
  );
}
