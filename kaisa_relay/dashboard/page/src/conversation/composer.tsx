import { useState } from "preact/hooks";
import type { Conversation, Message } from "../api/types";
import { client } from "../session";
import { explain } from "../signin/signin";
import { t } from "../text/en";

type To = "note" | "agent" | "visitor";

const LABELS: Record<To, [string, string]> = {
  agent: [t.conversation.toAgent, t.conversation.toAgentHint],
  visitor: [t.conversation.toVisitor, t.conversation.toVisitorHint],
  note: [t.conversation.note, t.conversation.noteHint],
};

/** Writes to one side, or keeps a note: which of them is always to be seen. */
export function Composer({ conversation }: { conversation: Conversation }) {
  const open = targets(conversation);
  const [chosen, choose] = useState<To>(open[0] ?? "note");
  const [text, setText] = useState("");
  const [told, setTold] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const to = open.includes(chosen) ? chosen : "note";

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    if (!text.trim() || busy) return;
    setBusy(true);
    setProblem("");
    try {
      const done = await post(conversation.id, to, text);
      setText("");
      setTold(`${t.conversation.sent[to]} ${done.status === "held" ? t.conversation.held : ""}`);
    } catch (refused) {
      setProblem(explain(refused));
    }
    setBusy(false);
  }

  return (
    <form class={`composer to-${to}`} onSubmit={(event) => void send(event)}>
      <div class="targets" role="radiogroup" aria-label={t.conversation.write}>
        {open.map((each) => (
          <label key={each} title={LABELS[each][1]}>
            <input
              type="radio"
              name="to"
              value={each}
              checked={each === to}
              onChange={() => choose(each)}
            />
            <span>{LABELS[each][0]}</span>
          </label>
        ))}
        <span class="hint">{LABELS[to][1]}</span>
      </div>
      <div class="write">
        <textarea
          rows={2}
          maxLength={4000}
          aria-label={LABELS[to][0]}
          placeholder={LABELS[to][0]}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.isComposing) void send(event);
          }}
        />
        <button type="submit" class="button button-primary" disabled={busy || !text.trim()}>
          {busy ? t.conversation.sending : t.conversation.send}
        </button>
      </div>
      <p class="told" role="status">
        {told}
      </p>
      <p class="problem" role="alert">
        {problem}
      </p>
    </form>
  );
}

function targets({ status, ended_at }: Conversation): To[] {
  if (ended_at !== null || status === "reserved") return ["note"];
  return status === "active" ? ["agent", "visitor", "note"] : ["visitor", "note"];
}

function post(id: string, to: To, text: string): Promise<Message> {
  if (to === "note") return client.post<Message>(`/conversations/${id}/notes`, { text });
  return client.post<Message>(`/conversations/${id}/messages`, { to, text });
}
