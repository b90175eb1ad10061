// The workspace's settings as a form: everything that is wrong is said at its field.
import { useEffect, useState } from "preact/hooks";
import { Refusal } from "../api/client";
import type { Workspace } from "../api/types";
import { client } from "../session";
import { explain } from "../signin/signin";
import { t } from "../text/en";
import { Failed, Loading } from "../ui/parts";
import { changes, GROUPS, shown, type Field } from "./fields";

type Saving = "" | "saving" | "saved" | "unchanged";

export function WorkspaceSettings() {
  const [workspace, setWorkspace] = useState<Workspace | null>(null);
  const [failed, setFailed] = useState("");

  async function load(): Promise<void> {
    setFailed("");
    try {
      setWorkspace(await client.get<Workspace>("/workspace"));
    } catch (refused) {
      setFailed(explain(refused));
    }
  }
  useEffect(() => void load(), []);

  if (failed) return <Failed why={failed} retry={() => void load()} />;
  if (workspace === null) return <Loading />;
  return <Form workspace={workspace} changed={setWorkspace} />;
}

function Form({ workspace, changed }: { workspace: Workspace; changed: (now: Workspace) => void }) {
  const [saving, setSaving] = useState<Saving>("");
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState("");

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const settings = changes(workspace.settings, (name) => String(form.get(name) ?? ""));
    setWrong({});
    setProblem("");
    if (Object.keys(settings).length === 0) return setSaving("unchanged");
    setSaving("saving");
    try {
      changed(await client.patch<Workspace>("/workspace", { settings }));
      setSaving("saved");
    } catch (refused) {
      setSaving("");
      const fields = refused instanceof Refusal ? refused.fields : {};
      setWrong(fields);
      setProblem(Object.keys(fields).length ? t.settings.wrong : explain(refused));
    }
  }

  return (
    <form class="settings" onSubmit={(event) => void save(event)} onInput={() => setSaving("")}>
      {Object.entries(GROUPS).map(([group, fields]) => (
        <fieldset key={group} class="panel">
          <legend>{t.settings.groups[group]}</legend>
          {group === "hours" && <p class="hint">{t.settings.hoursHint}</p>}
          {fields.map((field) => (
            <Setting
              key={field.name}
              field={field}
              value={shown(workspace.settings, field)}
              wrong={wrong[`settings.${field.name.split(".")[0]}`]}
            />
          ))}
        </fieldset>
      ))}
      <div class="saving">
        <button type="submit" class="button button-primary" disabled={saving === "saving"}>
          {saving === "saving" ? t.settings.saving : t.settings.save}
        </button>
        <span class="told" role="status">
          {saving === "saved" && t.settings.saved}
          {saving === "unchanged" && t.settings.unchanged}
        </span>
        <span class="problem" role="alert">
          {problem}
        </span>
      </div>
      <p class="hint">{t.settings.operator}</p>
    </form>
  );
}

function Setting({ field, value, wrong }: { field: Field; value: string; wrong: string | undefined }) {
  const { name, kind } = field;
  const [label, hint] = t.settings.fields[name] ?? [name, ""];
  const id = `setting-${name}`;
  const said = { "aria-describedby": `${id}-hint`, "aria-invalid": wrong ? true : undefined };
  return (
    <div class={kind === "flag" ? "setting setting-flag" : "setting"}>
      <label for={id}>{label}</label>
      {kind === "lines" ? (
        <textarea id={id} name={name} rows={3} {...said}>
          {value}
        </textarea>
      ) : kind === "flag" ? (
        <input id={id} name={name} type="checkbox" value="true" defaultChecked={value !== ""} {...said} />
      ) : (
        <input
          id={id}
          name={name}
          defaultValue={value}
          inputMode={kind === "number" ? "numeric" : "text"}
          class={kind === "duration" || kind === "number" ? "short" : undefined}
          autocomplete="off"
          {...said}
        />
      )}
      <p id={`${id}-hint`} class={wrong ? "problem" : "hint"} role={wrong ? "alert" : undefined}>
        {wrong ?? hint}
      </p>
    </div>
  );
}
