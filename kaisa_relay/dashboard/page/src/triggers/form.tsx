// A trigger as a form: everything that is wrong is said at its field.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Endpoint, Trigger } from "../api/types";
import { Refusal } from "../api/client";
import { go } from "../page";
import { client } from "../session";
import { explain } from "../signin/signin";
import { t } from "../text/en";
import { Asking } from "../ui/asking";
import { Field, Wrong } from "../ui/field";
import { Conditions } from "./conditions_form";
import { draftOf, isWish, NEW_DRAFT, wishOf, type Draft } from "./draft";
import { EventTypes } from "./event_types";
import { Steps } from "./steps";
import { Trying } from "./trying";
import { where } from "./where";

const words = t.triggers.form;

interface FormProps {
  saved: Trigger | null;
  endpoints: Endpoint[];
  changed: () => void;
}

export function TriggerForm({ saved, endpoints, changed }: FormProps) {
  const [draft, setDraft] = useState<Draft>(() => (saved ? draftOf(saved) : NEW_DRAFT));
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState("");
  const [saving, setSaving] = useState<"" | "saving" | "saved">("");
  const [touched, setTouched] = useState(saved === null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus(), [wrong]);

  function change(part: Partial<Draft>): void {
    setDraft((now) => ({ ...now, ...part }));
    setSaving("");
    setTouched(true);
  }

  function refused(fields: Record<string, string>, why: string): void {
    const [first, ...others] = Object.entries(fields);
    setSaving("");
    setWrong(fields);
    setProblem(first ? words.refused(where(first[0]), first[1], others.length) : why);
  }

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const wish = wishOf(draft, words.twice, words.notJson);
    if (!isWish(wish)) return refused(wish, "");
    refused({}, "");
    setSaving("saving");
    try {
      const made = saved
        ? await client.put<Trigger>(`/triggers/${saved.id}`, wish)
        : await client.post<Trigger>("/triggers", wish);
      setSaving("saved");
      setTouched(false);
      if (saved) changed();
      else go({ at: "triggers", id: made.id });
    } catch (failed) {
      refused(failed instanceof Refusal ? failed.fields : {}, explain(failed));
    }
  }

  return (
    <Wrong.Provider value={wrong}>
      <form ref={form} class="trigger" aria-label={saved?.name ?? words.add} onSubmit={(event) => void save(event)}>
        <Fields draft={draft} change={change} />
        <Steps steps={draft.steps} endpoints={endpoints} change={(steps) => change({ steps })} />
        <div class="saving">
          <button type="submit" class="button button-primary" disabled={saving === "saving"}>
            {saving === "saving" ? words.saving : words.save}
          </button>
          {saved && <Delete of={saved} failed={(why) => setProblem(explain(why))} />}
          <span class="told" role="status">
            {saving === "saved" && words.saved}
          </span>
          <span class="problem" role="alert">
            {problem}
          </span>
        </div>
      </form>
      <Trying draft={draft} saved={touched ? null : saved} wrong={setWrong} />
    </Wrong.Provider>
  );
}

function Delete({ of, failed }: { of: Trigger; failed: (why: unknown) => void }) {
  async function remove(): Promise<void> {
    try {
      await client.delete(`/triggers/${of.id}`);
      go({ at: "triggers" });
    } catch (refused) {
      failed(refused);
    }
  }
  return <Asking label={words.delete} sure={words.deleteSure(of.name)} does={() => void remove()} />;
}

function Fields({ draft, change }: PartProps) {
  return (
      <div class="panel">
        <Field path="name" label={words.name}>
          {(said) => (
            <input
              {...said}
              value={draft.name}
              required
              maxLength={100}
              autocomplete="off"
              onInput={(event) => change({ name: event.currentTarget.value })}
            />
          )}
        </Field>
        <label class="inline">
          <input
            type="checkbox"
            checked={draft.enabled}
            onChange={(event) => change({ enabled: event.currentTarget.checked })}
          />
          {words.enabled}
        </label>
        <EventTypes path="on" label={words.starts} hint={words.startsHint} types={draft.on} change={(on) => change({ on })} />
        <Conditions when={draft.when} change={(when) => change({ when })} />
        <EventTypes
          path="unless"
          label={words.unless}
          hint={words.unlessHint}
          types={draft.unless}
          change={(unless) => change({ unless })}
        />
        <Quiet draft={draft} change={change} />
        <Limit draft={draft} change={change} />
      </div>
  );
}

type PartProps = { draft: Draft; change: (part: Partial<Draft>) => void };

function Quiet({ draft, change }: PartProps) {
  return (
    <fieldset class="group">
      <legend>{words.quiet}</legend>
      <div class="pair">
        <Typed path="hours.quiet" label={words.hours} hint={words.quietHint} placeholder="21:00-08:00" value={draft.quiet} change={(quiet) => change({ quiet })} />
        <Typed path="hours.zone" label={words.zone} placeholder="Europe/Stockholm" value={draft.zone} change={(zone) => change({ zone })} />
      </div>
    </fieldset>
  );
}

function Limit({ draft, change }: PartProps) {
  return (
    <fieldset class="group">
      <legend>{words.limit}</legend>
      <div class="pair">
        <Typed path="limit.times" label={words.times} hint={words.limitHint} placeholder="1" value={draft.times} change={(times) => change({ times })} />
        <Typed path="limit.per" label={words.per} placeholder="7d" value={draft.per} change={(per) => change({ per })} />
      </div>
    </fieldset>
  );
}

interface TypedProps {
  path: string;
  label: string;
  hint?: string;
  placeholder: string;
  value: string;
  change: (typed: string) => void;
}

function Typed({ path, label, hint, placeholder, value, change }: TypedProps) {
  return (
    <Field path={path} label={label} hint={hint}>
      {(said) => (
        <input
          {...said}
          value={value}
          placeholder={placeholder}
          autocomplete="off"
          onInput={(event) => change(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
