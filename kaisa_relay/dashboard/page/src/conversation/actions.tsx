import { useRef, useState } from "preact/hooks";
import { board, client } from "../session";
import { explain } from "../signin/signin";
import { useStore } from "../store";
import { t } from "../text/en";
import { Button } from "../ui/parts";
import { candidates, type Whole } from "./loading";

/** What ends a conversation or gives it to somebody else. */
export function Actions({ whole }: { whole: Whole }) {
  const { conversation } = whole;
  const [told, setTold] = useState("");
  const [problem, setProblem] = useState("");
  const one = `/conversations/${conversation.id}`;

  async function ask(path: string, body: object, done: string): Promise<void> {
    setTold("");
    setProblem("");
    try {
      await client.post(`${one}/${path}`, body);
      setTold(done);
    } catch (refused) {
      setProblem(explain(refused));
    }
  }

  return (
    <div class="actions">
      {conversation.status === "active" && (
        <Transfer
          among={candidates(whole)}
          to={(to) => void ask("transfer", { to }, t.conversation.transferred)}
        />
      )}
      <Close close={() => void ask("close", {}, t.conversation.closed)} />
      <span class="told" role="status">
        {told}
      </span>
      <span class="problem" role="alert">
        {problem}
      </span>
    </div>
  );
}

type TransferProps = { among: ReadonlySet<string>; to: (agent: string) => void };

function Transfer({ among, to }: TransferProps) {
  const agents = useStore(board).agents.filter((each) => among.has(each.id));

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    to(String(new FormData(event.currentTarget as HTMLFormElement).get("to")));
  }

  return (
    <form class="transfer" onSubmit={submit}>
      <label>
        <span class="unseen">{t.conversation.transferTo}</span>
        <select name="to">
          <option value="next">{t.conversation.nextAgent}</option>
          {agents.map((agent) => (
            <option key={agent.id} value={agent.id} disabled={agent.presence !== "available"}>
              {agent.name ?? t.erased}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button button-plain" title={t.conversation.transferHint}>
        {t.conversation.transfer}
      </button>
    </form>
  );
}

function Close({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <Button kind="danger" onClick={() => dialog.current?.showModal()}>
        {t.conversation.close}
      </Button>
      <dialog ref={dialog} aria-label={t.conversation.close}>
        <p>{t.conversation.closeSure}</p>
        <form method="dialog" class="choice">
          <button type="submit" class="button button-plain">
            {t.conversation.cancel}
          </button>
          <button type="submit" class="button button-danger" onClick={close}>
            {t.conversation.close}
          </button>
        </form>
      </dialog>
    </>
  );
}
