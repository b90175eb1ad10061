import { line, tryNow } from "../session";
import { useStore } from "../store";
import { t } from "../text/en";
import { Button } from "./parts";
import { useNow } from "./time";

/** Says whether what is shown is live, and what is done about it where it is not. */
export function LineState() {
  const now = useStore(line);
  return (
    <div class={`line line-${now.state}`} role="status">
      <span class="dot" aria-hidden="true" />
      {now.state === "waiting" ? <Waiting until={now.until} /> : t.line[now.state]}
    </div>
  );
}

function Waiting({ until }: { until: number }) {
  const seconds = Math.max(0, Math.ceil((until - useNow()) / 1000));
  return (
    <span title={t.line.waitingLong}>
      {t.line.waiting(seconds)} <Button onClick={tryNow}>{t.line.tryNow}</Button>
    </span>
  );
}
