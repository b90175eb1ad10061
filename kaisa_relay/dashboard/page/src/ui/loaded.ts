// What a page reads from the server when it is opened, and again when it is asked to.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { explain } from "../signin/signin";

export interface Loaded<T> {
  value: T | null;
  /** Why there is nothing to show; what was shown before stays when a later reading fails. */
  failed: string;
  again: () => Promise<void>;
}

/** Read with `load`, again for every other `key`; what an older reading brings late is dropped. */
export function useLoaded<T>(load: () => Promise<T>, key = ""): Loaded<T> {
  const [shown, setShown] = useState<{ key: string; value: T } | null>(null);
  const [failed, setFailed] = useState("");
  const last = useRef(0);
  const how = useRef(load);
  how.current = load;

  const again = useCallback(async () => {
    const mine = ++last.current;
    try {
      const value = await how.current();
      if (mine !== last.current) return;
      setShown({ key, value });
      setFailed("");
    } catch (refused) {
      if (mine === last.current) setFailed(explain(refused));
    }
  }, [key]);

  useEffect(() => {
    void again();
    return () => void ++last.current;
  }, [again]);
  return { value: shown?.key === key ? shown.value : null, failed, again };
}

/** Do something every so many milliseconds while the page is looked at. */
export function useEvery(milliseconds: number, does: () => void): void {
  const latest = useRef(does);
  latest.current = does;
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && latest.current(), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds]);
}
