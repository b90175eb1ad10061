import { address } from "../page";
import { board } from "../session";
import { useStore } from "../store";
import { t } from "../text/en";
import { alertsOf } from "./alerts";

export function AlertBar() {
  const alerts = alertsOf(useStore(board));
  return (
    <div class="alerts" role="region" aria-label={t.alerts.heading} aria-live="polite">
      {alerts.map(({ key, level, text, to }) => (
        <a key={key} class={`alert alert-${level}`} href={address({ at: to })}>
          {text}
        </a>
      ))}
    </div>
  );
}
