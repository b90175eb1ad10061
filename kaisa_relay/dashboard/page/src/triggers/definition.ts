// What a trigger is made of, as it travels; `docs/engagement.md` says what each part means.

export const KINDS = ["webhook", "email", "sms", "template"] as const;
export type Kind = (typeof KINDS)[number];

/** One text for everybody, or one per language. */
export type Wording = string | Record<string, string>;
export type Action = Partial<Record<Kind, string>> & {
  to?: Wording;
  subject?: Wording;
  text?: Wording;
  html?: Wording;
  language?: Wording;
  parameters?: Wording[];
};
export interface Step {
  after?: string;
  actions: Action[];
}
export interface TriggerParts {
  steps: Step[];
  when?: Record<string, unknown>;
  hours?: { zone: string; quiet: string };
  limit?: { times: number; per: string };
}
