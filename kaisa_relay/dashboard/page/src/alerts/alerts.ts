// What a supervisor should not have to look for.
import type { Board } from "../board/board";
import { inState } from "../board/board";
import { t } from "../text/en";

export interface Alert {
  key: string;
  level: "bad" | "warn";
  text: string;
  to: "channels" | "board";
}

const PAUSED = new Set(["paused", "disabled", "rejected", "PAUSED", "DISABLED", "REJECTED"]);

export function alertsOf(board: Board, queueLimit: number): Alert[] {
  const found: Alert[] = [];
  for (const { id, phone, state, down, quality, draining } of board.channels) {
    const about = (level: Alert["level"], text: string) =>
      found.push({ key: `${id} ${text}`, level, text, to: "channels" });
    if (state === "down") about("bad", t.alerts.down(phone, t.alerts.reasons[down ?? ""] ?? down ?? ""));
    if (state === "limited") about("warn", t.alerts.limited(phone));
    if (quality === "red") about("warn", t.alerts.quality(phone));
    if (draining) about("warn", t.alerts.draining(phone));
  }
  const waiting = inState(board, "seeking").length;
  if (waiting > queueLimit) {
    found.push({ key: "queue", level: "bad", text: t.alerts.queue(waiting), to: "board" });
  }
  return [...found, ...templates(board)];
}

function templates(board: Board): Alert[] {
  const latest = new Map<string, string>();
  for (const { type, data } of board.activity) {
    if (type === "channel.template_changed") latest.set(String(data["name"]), String(data["status"]));
  }
  return [...latest]
    .filter(([, status]) => PAUSED.has(status))
    .map(([name, status]) => ({
      key: `template ${name}`,
      level: "bad" as const,
      text: t.alerts.template(name, status.toLowerCase()),
      to: "channels" as const,
    }));
}
