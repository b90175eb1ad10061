import { t } from "../text/en";
import { Field, useWrong } from "../ui/field";
import { Button } from "../ui/parts";
import { OPERATORS, type Row, type When } from "./conditions";

const words = t.triggers.form;
const FIELDS = [
  "event.type",
  "event.data.reason",
  "conversation.status",
  "conversation.outcome",
  "conversation.value",
  "conversation.currency",
  "conversation.agent",
  "conversation.channel",
  "metadata.",
];
const NEW_ROW: Row = { field: "event.data.reason", operator: "eq", value: "" };

export function Conditions({ when, change }: { when: When; change: (when: When) => void }) {
  return (
    <fieldset class="group">
      <legend>{words.when}</legend>
      {when.as === "json" ? (
        <Field path="when" label={words.json} hint={words.jsonHint} deep>
          {(said) => (
            <textarea
              {...said}
              rows={6}
              class="mono"
              value={when.text}
              onInput={(event) => change({ as: "json", text: event.currentTarget.value })}
            />
          )}
        </Field>
      ) : (
        <Rows when={when} change={change} />
      )}
    </fieldset>
  );
}

type RowsOf = Extract<When, { as: "rows" }>;

function Rows({ when, change }: { when: RowsOf; change: (when: When) => void }) {
  const wrong = useWrong("when");
  const set = (rows: Row[]) => change({ ...when, rows });
  return (
    <>
      {when.rows.length > 1 && (
        <select
          aria-label={words.when}
          value={when.join}
          onChange={(event) => change({ ...when, join: event.currentTarget.value as RowsOf["join"] })}
        >
          {Object.entries(words.joins).map(([join, says]) => (
            <option key={join} value={join}>
              {says}
            </option>
          ))}
        </select>
      )}
      {when.rows.map((row, at) => (
        <Comparison
          key={at}
          path={`when.${when.join}[${at}]`}
          row={row}
          change={(next) => set(when.rows.map((each, of) => (of === at ? next : each)))}
          remove={() => set(when.rows.filter((_, of) => of !== at))}
        />
      ))}
      <datalist id="condition-fields">
        {FIELDS.map((field) => (
          <option key={field} value={field} />
        ))}
      </datalist>
      <div>
        <Button onClick={() => set([...when.rows, NEW_ROW])}>{words.addCondition}</Button>
      </div>
      <p class={wrong ? "problem" : "hint"}>{wrong || (when.rows.length ? words.valueHint : words.whenHint)}</p>
    </>
  );
}

interface ComparisonProps {
  path: string;
  row: Row;
  change: (row: Row) => void;
  remove: () => void;
}

function Comparison({ path, row, change, remove }: ComparisonProps) {
  const wrong = useWrong(path, true);
  const said = { "aria-describedby": `${path}-said`, "aria-invalid": wrong ? (true as const) : undefined };
  const operator = (chosen: string) => {
    const value = chosen === "exists" ? "true" : row.operator === "exists" ? "" : row.value;
    change({ ...row, operator: chosen, value });
  };
  return (
    <div class="condition">
      <input
        {...said}
        aria-label={words.field}
        list="condition-fields"
        value={row.field}
        autocomplete="off"
        onInput={(event) => change({ ...row, field: event.currentTarget.value })}
      />
      <select aria-label={words.operator} value={row.operator} onChange={(event) => operator(event.currentTarget.value)}>
        {OPERATORS.map((each) => (
          <option key={each} value={each}>
            {words.operators[each]}
          </option>
        ))}
      </select>
      <Value row={row} change={(value) => change({ ...row, value })} />
      <Button aria-label={words.remove(row.field)} onClick={remove}>
        ×
      </Button>
      <p id={`${path}-said`} class="problem">
        {wrong}
      </p>
    </div>
  );
}

function Value({ row, change }: { row: Row; change: (value: string) => void }) {
  if (row.operator === "exists") {
    return (
      <select aria-label={words.value} value={row.value} onChange={(event) => change(event.currentTarget.value)}>
        <option value="true">{words.yes}</option>
        <option value="false">{words.no}</option>
      </select>
    );
  }
  return (
    <input
      aria-label={words.value}
      value={row.value}
      autocomplete="off"
      onInput={(event) => change(event.currentTarget.value)}
    />
  );
}
