// What a supervisor should not have to look for: what the relay says is wrong, and below it what
// its numbers say of themselves.
import type { Alert } from "../api/types";
import type { Board } from "../board/board";
import { t } from "../text/en";

export interface Shown {
  key: string;
  level: "bad" | "warn";
  text: string;
  to: "channels" | "board";
}

export function alertsOf(board: Board): Shown[] {
  const found = board.alerts.map((alert) => told(alert, board));
  for (const { id, phone, state, quality, draining } of board.channels) {
    const about = (text: string) =>
      found.push({ key: `${id} ${text}`, level: "warn", text, to: "channels" });
    if (state === "limited") about(t.alerts.limited(phone));
    if (quality === "red") about(t.alerts.quality(phone));
    if (draining) about(t.alerts.draining(phone));
  }
  return found;
}

function told({ id, kind, level, subject, reason, count }: Alert, board: Board): Shown {
  const channel = board.channels.find((each) => each.id === subject.channel);
  const phone = channel?.phone ?? subject.channel ?? "";
  const words = t.alerts.kinds[kind];
  const text = words ? words({ phone, reason, count, template: subject.template }) : kind;
  const to = kind === "queue_long" || kind.startsWith("rows_") ? "board" : "channels";
  return { key: id, level: level === "error" ? "bad" : "warn", text, to };
}
