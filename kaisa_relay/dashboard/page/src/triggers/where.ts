import { t } from "../text/en";

const NAMES: Record<string, string> = {
  name: t.triggers.form.name,
  on: t.triggers.form.starts,
  when: t.triggers.form.when,
  unless: t.triggers.form.unless,
  hours: t.triggers.form.quiet,
  limit: t.triggers.form.limit,
};

/** Say where in the form a path such as `steps[0].actions[1].text.sv` leads. */
export function where(path: string): string {
  const [, step, action, rest] = /^steps\[(\d+)\](?:\.actions\[(\d+)\])?\.?(.*)$/.exec(path) ?? [];
  if (step === undefined) return NAMES[/^\w*/.exec(path)![0]] ?? path;
  const parts = [t.triggers.step(Number(step) + 1)];
  if (action !== undefined) parts.push(`${t.triggers.form.action} ${Number(action) + 1}`);
  if (rest) parts.push(rest);
  return parts.join(", ");
}
