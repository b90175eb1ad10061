import { useRef } from "preact/hooks";
import { t } from "../text/en";
import { Button } from "./parts";

interface AskingProps {
  label: string;
  /** What is about to happen, as a question's answer needs it. */
  sure: string;
  does: () => void;
  kind?: "danger" | "plain";
}

/** A button that asks before it does what cannot be taken back. */
export function Asking({ label, sure, does, kind = "danger" }: AskingProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <Button kind={kind} onClick={() => dialog.current?.showModal()}>
        {label}
      </Button>
      <dialog ref={dialog} aria-label={label}>
        <p>{sure}</p>
        <form method="dialog" class="choice">
          <button type="submit" class="button button-plain">
            {t.engagement.cancel}
          </button>
          <button type="submit" class={`button button-${kind}`} onClick={does}>
            {label}
          </button>
        </form>
      </dialog>
    </>
  );
}
