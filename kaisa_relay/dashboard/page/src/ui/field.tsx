// A field of a form with its label, its hint, and what is wrong with it, which is named by path.
import { createContext, type ComponentChildren } from "preact";
import { useContext } from "preact/hooks";

/** What the server found wrong, by the paths of fields. */
export const Wrong = createContext<Readonly<Record<string, string>>>({});

export interface Said {
  id: string;
  "aria-describedby": string;
  "aria-invalid": true | undefined;
}

interface FieldProps {
  path: string;
  label: string;
  hint?: string | undefined;
  /** Whether what is wrong further in is said here as well. */
  deep?: boolean;
  children: (said: Said) => ComponentChildren;
}

export function Field({ path, label, hint, deep = false, children }: FieldProps) {
  const wrong = useWrong(path, deep);
  const id = `field-${path}`;
  return (
    <div class="setting">
      <label for={id}>{label}</label>
      {children({ id, "aria-describedby": `${id}-said`, "aria-invalid": wrong ? true : undefined })}
      <p id={`${id}-said`} class={wrong ? "problem" : "hint"}>
        {wrong || hint}
      </p>
    </div>
  );
}

export function useWrong(path: string, deep = false): string {
  return wrongAt(useContext(Wrong), path, deep);
}

export function wrongAt(wrong: Readonly<Record<string, string>>, path: string, deep = false): string {
  const here = Object.entries(wrong).filter(
    ([field]) => field === path || (deep && /^[.[]/.test(field.slice(path.length)) && field.startsWith(path)),
  );
  return here.map(([, message]) => message).join("; ");
}
