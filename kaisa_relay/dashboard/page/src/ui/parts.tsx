// The small components that the rest is made of.
import type { ComponentChildren, JSX } from "preact";
import type { Person } from "../api/types";
import { t } from "../text/en";
import { dayTime } from "./time";

type Children = { children: ComponentChildren };

export function Badge({ kind, children }: Children & { kind: string }) {
  return <span class={`badge badge-${kind}`}>{children}</span>;
}

export function Empty({ children }: Children) {
  return <p class="empty">{children}</p>;
}

export function Loading() {
  return (
    <div class="loading" role="status">
      <span class="bone" />
      <span class="bone" />
      <span class="bone" />
      <span class="unseen">{t.loading}</span>
    </div>
  );
}

export function Failed({ why, retry }: { why: string; retry: () => void }) {
  return (
    <div class="failed" role="alert">
      <p>
        {t.failed} {why}
      </p>
      <button type="button" onClick={retry}>
        {t.retry}
      </button>
    </div>
  );
}

export function Instant({ at, children }: { at: string; children: ComponentChildren }) {
  return (
    <time dateTime={at} title={dayTime(at)}>
      {children}
    </time>
  );
}

export function name(person: Person | null | undefined): string {
  return person?.name ?? person?.phone ?? t.erased;
}

export function Fact({ label, children }: Children & { label: string }) {
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

type ButtonProps = JSX.IntrinsicElements["button"] & { kind?: "primary" | "danger" | "plain" };

export function Button({ kind = "plain", children, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} class={`button button-${kind}`}>
      {children}
    </button>
  );
}
