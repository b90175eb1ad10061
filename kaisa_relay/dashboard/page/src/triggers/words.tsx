import { t } from "../text/en";
import { Field } from "../ui/field";
import { Button } from "../ui/parts";
import { wordsPath, type Words } from "./draft";

const said = t.triggers.form;

interface WordsProps {
  path: string;
  label: string;
  lines: number;
  hint?: string | undefined;
  words: Words;
  change: (words: Words) => void;
  /** Takes all of it out, where it may be left out. */
  none?: () => void;
}

/** One text for everybody, or one per language. */
export function WordsField({ path, label, lines, hint, words, change, none }: WordsProps) {
  const single = words.length === 1 && words[0]?.language === "";
  const set = (at: number, part: Partial<Words[number]>) =>
    change(words.map((each, of) => (of === at ? { ...each, ...part } : each)));
  return (
    <div class="wording">
      {words.map((each, at) => (
        <div key={at} class={single ? "translation" : "translation translation-named"}>
          {!single && (
            <label>
              <span class="unseen">{said.language_of(label)}</span>
              <input
                class="short"
                required
                value={each.language}
                placeholder="sv"
                autocomplete="off"
                onInput={(event) => set(at, { language: event.currentTarget.value.trim() })}
              />
            </label>
          )}
          <Translation
            path={wordsPath(path, words, at)}
            label={each.language ? `${label} (${each.language})` : label}
            lines={lines}
            hint={at === words.length - 1 ? hint : undefined}
            text={each.text}
            change={(text) => set(at, { text })}
          />
          {(words.length > 1 || none) && (
            <Button
              aria-label={said.remove(each.language ? `${label} (${each.language})` : label)}
              onClick={() => (words.length > 1 ? change(without(words, at)) : none?.())}
            >
              ×
            </Button>
          )}
        </div>
      ))}
      <button type="button" class="quiet-button" onClick={() => change([...words, { language: "", text: "" }])}>
        {said.addLanguage}
        <span class="unseen">: {label}</span>
      </button>
    </div>
  );
}

/** A text that is the only one left is for everybody. */
function without(words: Words, at: number): Words {
  const left = words.filter((_, of) => of !== at);
  return left.length === 1 ? left.map(({ text }) => ({ language: "", text })) : left;
}

interface TranslationProps {
  path: string;
  label: string;
  lines: number;
  hint: string | undefined;
  text: string;
  change: (text: string) => void;
}

function Translation({ path, label, lines, hint, text, change }: TranslationProps) {
  return (
    <Field path={path} label={label} hint={hint}>
      {(field) =>
        lines > 1 ? (
          <textarea
            {...field}
            required
            rows={lines}
            maxLength={10_000}
            value={text}
            onInput={(event) => change(event.currentTarget.value)}
          />
        ) : (
          <input
            {...field}
            required
            value={text}
            autocomplete="off"
            onInput={(event) => change(event.currentTarget.value)}
          />
        )
      }
    </Field>
  );
}
