import { useEffect, useRef, useState } from "preact/hooks";
import { Mark } from "../app";
import { Refusal } from "../api/client";
import { signIn } from "../session";
import { t } from "../text/en";

export function SignIn({ ended }: { ended: boolean }) {
  const [problem, setProblem] = useState(ended ? t.signIn.ended : "");
  const [busy, setBusy] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setProblem("");
    try {
      await signIn(String(form.get("name")), String(form.get("password")));
    } catch (refused) {
      setProblem(explain(refused));
      setBusy(false);
    }
  }

  return (
    <main class="sign-in">
      <form onSubmit={(event) => void submit(event)}>
        <Mark />
        <h1>{t.signIn.heading}</h1>
        <label>
          {t.signIn.name}
          <input ref={first} name="name" autocomplete="username" autocapitalize="none" required />
        </label>
        <label>
          {t.signIn.password}
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <p class="problem" role="alert">
          {problem}
        </p>
        <button type="submit" class="button button-primary" disabled={busy}>
          {busy ? t.signIn.busy : t.signIn.submit}
        </button>
        <p class="hint">{t.signIn.help}</p>
      </form>
    </main>
  );
}

export function explain(refused: unknown): string {
  if (!(refused instanceof Refusal)) return t.unreachable;
  if (refused.kind === "locked-out") return t.signIn.locked(refused.retryAfter ?? 0);
  return refused.message;
}
