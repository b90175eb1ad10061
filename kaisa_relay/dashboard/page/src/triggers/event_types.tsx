import { t } from "../text/en";
import { useWrong } from "../ui/field";

const words = t.triggers.form;
const TYPES = Object.keys(t.events);
/** What a type begins with, and the star that stands for all such. */
const FAMILIES = [...new Set(TYPES.map((type) => type.split(".")[0]!))];

interface TypesProps {
  path: string;
  label: string;
  hint: string;
  types: string[];
  change: (types: string[]) => void;
}

/** Which types of events: those chosen can be taken out, the others are offered. */
export function EventTypes({ path, label, hint, types, change }: TypesProps) {
  const wrong = useWrong(path, true);
  const id = `field-${path}`;
  return (
    <fieldset class="group">
      <legend>{label}</legend>
      <ul class="chips">
        {types.map((type) => (
          <li key={type} class="chip">
            <span title={type}>{t.events[type] ?? type}</span>
            <button
              type="button"
              aria-label={words.remove(t.events[type] ?? type)}
              onClick={() => change(types.filter((each) => each !== type))}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <label class="unseen" for={id}>
        {label}: {words.addEvent}
      </label>
      <select
        id={id}
        aria-describedby={`${id}-said`}
        aria-invalid={wrong ? true : undefined}
        value=""
        onChange={(event) => {
          const type = event.currentTarget.value;
          event.currentTarget.value = "";
          if (type) change([...types, type]);
        }}
      >
        <option value="">{words.addEvent}</option>
        {FAMILIES.map((family) => (
          <optgroup key={family} label={family}>
            {[`${family}.*`, ...TYPES.filter((type) => type.startsWith(`${family}.`))]
              .filter((type) => !types.includes(type))
              .map((type) => (
                <option key={type} value={type}>
                  {t.events[type] ? `${t.events[type]} (${type})` : type}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      <p id={`${id}-said`} class={wrong ? "problem" : "hint"}>
        {wrong || hint}
      </p>
    </fieldset>
  );
}
