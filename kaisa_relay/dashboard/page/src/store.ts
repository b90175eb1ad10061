// A value that components watch: nothing more is needed here.
import { useLayoutEffect, useState } from "preact/hooks";

export class Store<T> {
  private readonly watchers = new Set<() => void>();

  constructor(private now: T) {}

  get(): T {
    return this.now;
  }

  set(next: T): void {
    if (next === this.now) return;
    this.now = next;
    for (const watcher of [...this.watchers]) watcher();
  }

  update(change: (now: T) => T): void {
    this.set(change(this.now));
  }

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }
}

/** Show what a store holds, and show it anew when that changes.
 *
 * Watched before the browser paints: what changed until a later effect would be seen by nobody. */
export function useStore<T>(store: Store<T>): T {
  const [, again] = useState({});
  const shown = store.get();
  useLayoutEffect(() => {
    if (store.get() !== shown) again({});
    return store.watch(() => again({}));
  }, [store]);
  return shown;
}
