// A trigger as its form has it, and back. Rule: what was read is written the same again.
import type { Trigger, TriggerWish } from "../api/types";
import { ALWAYS, NotJson, shownCondition, writtenCondition, type When } from "./conditions";
import { KINDS, type Action, type Kind, type Step, type Wording } from "./definition";

/** Texts by language; a single one without a language is for everybody. */
export type Words = { language: string; text: string }[];

export interface ActionDraft {
  kind: Kind;
  endpoint: string;
  to: Words;
  subject: Words;
  text: Words;
  html: Words | null;
  template: string;
  language: Words;
  parameters: Words[];
}
export interface StepDraft {
  after: string;
  actions: ActionDraft[];
}
export interface Draft {
  name: string;
  enabled: boolean;
  on: string[];
  when: When;
  unless: string[];
  zone: string;
  quiet: string;
  /** How often for one visitor; as typed. */
  times: string;
  per: string;
  steps: StepDraft[];
  /** What this form does not know is sent back as it came. */
  rest: Record<string, unknown>;
}
/** What is wrong with a trigger, by the paths of its fields. */
export type Wrong = Record<string, string>;

export const NO_WORDS: Words = [{ language: "", text: "" }];
/** Whom an action of a kind is usually for. */
const USUAL_TO: Partial<Record<Kind, string>> = {
  sms: "{{ visitor.phone }}",
  email: "{{ metadata.email }}",
};
export const NEW_ACTION: ActionDraft = {
  kind: "sms",
  endpoint: "",
  to: [{ language: "", text: USUAL_TO.sms! }],
  subject: NO_WORDS,
  text: NO_WORDS,
  html: null,
  template: "",
  language: NO_WORDS,
  parameters: [],
};
export const NEW_DRAFT: Draft = {
  name: "",
  enabled: true,
  on: ["conversation.abandoned"],
  when: ALWAYS,
  unless: ["conversation.started"],
  zone: "",
  quiet: "",
  times: "",
  per: "",
  rest: {},
  steps: [{ after: "30m", actions: [NEW_ACTION] }],
};

export function draftOf(trigger: Trigger): Draft {
  const { id, version, changed_at, name, enabled, on, when, unless, hours, limit, steps, ...rest } = trigger;
  return {
    name,
    enabled,
    on,
    when: shownCondition(when),
    unless: unless ?? [],
    zone: hours?.zone ?? "",
    quiet: hours?.quiet ?? "",
    times: limit ? String(limit.times) : "",
    per: limit?.per ?? "",
    steps: steps.map((step) => ({ after: step.after ?? "0s", actions: step.actions.map(shownAction) })),
    rest,
  };
}

/** Return the trigger as the API takes it, or what is wrong with it before it is asked. */
export function wishOf(draft: Draft, twice: string, notJson: string): TriggerWish | Wrong {
  const wrong: Wrong = {};
  for (const [path, words] of everyWords(draft)) {
    const seen = words.map((each) => each.language);
    const again = seen.find((each, at) => seen.indexOf(each) !== at);
    if (again !== undefined) wrong[`${path}.${again}`] = twice;
  }
  try {
    const when = writtenCondition(draft.when);
    if (Object.keys(wrong).length) return wrong;
    const { name, enabled, on, unless, steps, rest } = draft;
    const optional = { ...(when ? { when } : {}), ...(unless.length ? { unless } : {}), ...bounds(draft) };
    return { ...rest, name, enabled, on, ...optional, steps: steps.map(writtenStep) };
  } catch (failed) {
    if (failed instanceof NotJson) return { ...wrong, when: notJson };
    throw failed;
  }
}

/** Quiet hours and the limit, where there are any. */
function bounds({ zone, quiet, times, per }: Draft): Pick<TriggerWish, "hours" | "limit"> {
  const often = /^\d+$/.test(times.trim()) ? Number(times) : (times.trim() as unknown as number);
  return {
    ...(zone || quiet ? { hours: { zone: zone.trim(), quiet: quiet.replace(/\s/g, "") } } : {}),
    ...(times || per ? { limit: { times: often, per: per.trim() } } : {}),
  };
}

export function isWish(made: TriggerWish | Wrong): made is TriggerWish {
  return Array.isArray(made.steps);
}

/** Have an action be of another kind, with an address where that kind usually finds one. */
export function ofKind(action: ActionDraft, kind: Kind): ActionDraft {
  const usual = USUAL_TO[kind];
  const mayFill = action.to.every((each) => !each.text || Object.values(USUAL_TO).includes(each.text));
  const to = usual && mayFill ? [{ language: "", text: usual }] : action.to;
  return { ...action, kind, endpoint: "", to };
}

/** The path of one text among a wording's, as the API names it. */
export function wordsPath(path: string, words: Words, at: number): string {
  const language = words[at]?.language ?? "";
  return words.length === 1 && language === "" ? path : `${path}.${language}`;
}

function shownAction(action: Action): ActionDraft {
  const kind = KINDS.find((each) => each in action) ?? "webhook";
  return {
    kind,
    endpoint: kind === "template" ? "" : (action[kind] ?? ""),
    to: shownWords(action.to),
    subject: shownWords(action.subject),
    text: shownWords(action.text),
    html: action.html === undefined ? null : shownWords(action.html),
    template: action.template ?? "",
    language: shownWords(action.language),
    parameters: (action.parameters ?? []).map(shownWords),
  };
}

function shownWords(wording: Wording | undefined): Words {
  if (wording === undefined) return NO_WORDS;
  if (typeof wording === "string") return [{ language: "", text: wording }];
  return Object.entries(wording).map(([language, text]) => ({ language, text }));
}

function writtenStep({ after, actions }: StepDraft): Step {
  return { after: after.trim() || "0s", actions: actions.map(writtenAction) };
}

function writtenAction(action: ActionDraft): Action {
  const { kind, endpoint } = action;
  const [to, text] = [written(action.to), written(action.text)];
  switch (kind) {
    case "webhook":
      return { webhook: endpoint };
    case "sms":
      return { sms: endpoint, to, text };
    case "email": {
      const html = action.html && { html: written(action.html) };
      return { email: endpoint, to, subject: written(action.subject), text, ...html };
    }
    case "template": {
      const parameters = action.parameters.map(written);
      const filled = parameters.length ? { parameters } : {};
      return { template: action.template.trim(), language: written(action.language), ...filled };
    }
  }
}

function written(words: Words): Wording {
  const [first] = words;
  if (words.length === 1 && first?.language === "") return first.text;
  return Object.fromEntries(words.map(({ language, text }) => [language, text]));
}

function everyWords(draft: Draft): [string, Words][] {
  return draft.steps.flatMap((step, at) =>
    step.actions.flatMap((action, number) =>
      wordsOf(action).map(([name, words]): [string, Words] => [`steps[${at}].actions[${number}].${name}`, words]),
    ),
  );
}

function wordsOf({ kind, to, subject, text, html, language, parameters }: ActionDraft): [string, Words][] {
  switch (kind) {
    case "webhook":
      return [];
    case "sms":
      return [["to", to], ["text", text]];
    case "email":
      return [["to", to], ["subject", subject], ["text", text], ["html", html ?? []]];
    case "template":
      return [["language", language], ...parameters.map((each, at): [string, Words] => [`parameters[${at}]`, each])];
  }
}
