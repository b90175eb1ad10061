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
  // No form: it may stand in one, which would hear of its answers.
  const answer = (yes: boolean) => {
    dialog.current?.close();
    if (yes) does();
  };
  return (
    <>
      <Button kind={kind} onClick={() => dialog.current?.showModal()}>
        {label}
      </Button>
      <dialog ref={dialog} aria-label={label}>
        <p>{sure}</p>
        <div class="choice">
          <Button onClick={() => answer(false)}>{t.engagement.cancel}</Button>
          <Button kind={kind} onClick={() => answer(true)}>
            {label}
          </Button>
        </div>
      </dialog>
    </>
  );
}
