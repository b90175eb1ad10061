import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../text/en";
import { Button } from "./parts";

/** A secret that is shown this once, selected so that it can be copied. */
export function Once({ label, text, done }: { label: string; text: string; done: () => void }) {
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);

  async function copy(): Promise<void> {
    field.current?.select();
    // Not there without https; what is selected can still be copied by hand.
    await navigator.clipboard?.writeText(text).then(
      () => setCopied(true),
      () => {},
    );
  }

  return (
    <div class="made" role="status">
      <label for="made">{label}</label>
      <div class="transfer">
        <input id="made" ref={field} readOnly value={text} />
        <Button onClick={() => void copy()}>{copied ? t.keys.copied : t.keys.copy}</Button>
        <Button onClick={done}>{t.keys.done}</Button>
      </div>
    </div>
  );
}
