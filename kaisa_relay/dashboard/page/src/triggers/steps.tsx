import type { Endpoint } from "../api/types";
import { address } from "../page";
import { t } from "../text/en";
import { Field, useWrong } from "../ui/field";
import { Button } from "../ui/parts";
import { KINDS, type Kind } from "./definition";
import { NEW_ACTION, NO_WORDS, ofKind, type ActionDraft, type StepDraft, type Words } from "./draft";
import { WordsField } from "./words";

const words = t.triggers.form;

interface StepsProps {
  steps: StepDraft[];
  endpoints: Endpoint[];
  change: (steps: StepDraft[]) => void;
}

export function Steps({ steps, endpoints, change }: StepsProps) {
  const wrong = useWrong("steps");
  return (
    <>
      {steps.map((step, at) => (
        <fieldset key={at} class="panel step">
          <legend>{t.triggers.step(at + 1)}</legend>
          <OneStep
            path={`steps[${at}]`}
            step={step}
            endpoints={endpoints}
            change={(next) => change(replaced(steps, at, next))}
          />
          {steps.length > 1 && (
            <div>
              <Button kind="danger" onClick={() => change(steps.filter((_, of) => of !== at))}>
                {words.removeStep(at + 1)}
              </Button>
            </div>
          )}
        </fieldset>
      ))}
      <p class="problem">{wrong}</p>
      <div>
        <Button onClick={() => change([...steps, { after: "1d", actions: [NEW_ACTION] }])}>{words.addStep}</Button>
      </div>
    </>
  );
}

interface OneStepProps {
  path: string;
  step: StepDraft;
  endpoints: Endpoint[];
  change: (step: StepDraft) => void;
}

function OneStep({ path, step, endpoints, change }: OneStepProps) {
  const { actions } = step;
  return (
    <>
      <Field path={`${path}.after`} label={words.after} hint={words.afterHint}>
        {(said) => (
          <input
            {...said}
            class="short"
            value={step.after}
            autocomplete="off"
            onInput={(event) => change({ ...step, after: event.currentTarget.value })}
          />
        )}
      </Field>
      {actions.map((action, at) => (
        <div key={at} class="action">
          <OneAction
            path={`${path}.actions[${at}]`}
            action={action}
            endpoints={endpoints}
            change={(next) => change({ ...step, actions: replaced(actions, at, next) })}
          />
          {actions.length > 1 && (
            <div>
              <Button onClick={() => change({ ...step, actions: actions.filter((_, of) => of !== at) })}>
                {words.removeAction}
              </Button>
            </div>
          )}
        </div>
      ))}
      <div>
        <Button onClick={() => change({ ...step, actions: [...actions, NEW_ACTION] })}>{words.addAction}</Button>
      </div>
    </>
  );
}

interface ActionProps {
  path: string;
  action: ActionDraft;
  endpoints: Endpoint[];
  change: (action: ActionDraft) => void;
}

function OneAction(props: ActionProps) {
  const { path, action, change } = props;
  return (
    <>
      <Field path={path} label={words.action}>
        {(said) => (
          <select
            {...said}
            value={action.kind}
            onChange={(event) => change(ofKind(action, event.currentTarget.value as Kind))}
          >
            {KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {words.kinds[kind]}
              </option>
            ))}
          </select>
        )}
      </Field>
      {action.kind === "template" ? <TemplateFields {...props} /> : <EndpointField {...props} />}
      {(action.kind === "email" || action.kind === "sms") && <MessageFields {...props} />}
    </>
  );
}

function EndpointField({ path, action, endpoints, change }: ActionProps) {
  const usable = endpoints.filter((each) => each.kind === action.kind);
  return (
    <Field path={`${path}.${action.kind}`} label={words.endpoint}>
      {(said) => (
        <>
          <select
            {...said}
            required
            value={action.endpoint}
            onChange={(event) => change({ ...action, endpoint: event.currentTarget.value })}
          >
            <option value="">{words.choose}</option>
            {usable.map((each) => (
              <option key={each.id} value={each.id}>
                {each.sender ? `${each.sender}, ${each.url}` : each.url}
              </option>
            ))}
          </select>
          {usable.length === 0 && (
            <p class="hint">
              {words.noEndpoint} <a href={address({ at: "endpoints", id: "new" })}>{words.makeEndpoint}</a>
            </p>
          )}
        </>
      )}
    </Field>
  );
}

function MessageFields({ path, action, change }: ActionProps) {
  const field = (name: "to" | "subject" | "text", lines: number, hint?: string) => (
    <WordsField
      path={`${path}.${name}`}
      label={words[name]}
      lines={lines}
      hint={hint}
      words={action[name]}
      change={(next) => change({ ...action, [name]: next })}
    />
  );
  return (
    <>
      {field("to", 1)}
      {action.kind === "email" && field("subject", 1)}
      {field("text", 3, words.facts)}
      {action.kind === "email" &&
        (action.html ? (
          <WordsField
            path={`${path}.html`}
            label={words.html}
            lines={4}
            words={action.html}
            change={(html) => change({ ...action, html })}
            none={() => change({ ...action, html: null })}
          />
        ) : (
          <div>
            <Button onClick={() => change({ ...action, html: NO_WORDS })}>{words.addHtml}</Button>
          </div>
        ))}
    </>
  );
}

function TemplateFields({ path, action, change }: ActionProps) {
  const { parameters } = action;
  const set = (next: Words[]) => change({ ...action, parameters: next });
  return (
    <>
      <Field path={`${path}.template`} label={words.template}>
        {(said) => (
          <input
            {...said}
            required
            value={action.template}
            autocomplete="off"
            onInput={(event) => change({ ...action, template: event.currentTarget.value })}
          />
        )}
      </Field>
      <WordsField
        path={`${path}.language`}
        label={words.language}
        lines={1}
        words={action.language}
        change={(language) => change({ ...action, language })}
      />
      {parameters.map((each, at) => (
        <WordsField
          key={at}
          path={`${path}.parameters[${at}]`}
          label={words.parameter(at + 1)}
          lines={1}
          words={each}
          change={(next) => set(replaced(parameters, at, next))}
          none={() => set(parameters.filter((_, of) => of !== at))}
        />
      ))}
      <div>
        <Button onClick={() => set([...parameters, NO_WORDS])}>{words.addParameter}</Button>
      </div>
    </>
  );
}

function replaced<T>(of: readonly T[], at: number, next: T): T[] {
  return of.map((each, index) => (index === at ? next : each));
}
