// Keys for people who do not reach for the mouse; none works while something is being typed.
import { useEffect } from "preact/hooks";
import { go, place, type Place } from "./page";

const GO: Record<string, Place> = {
  b: { at: "board" },
  a: { at: "agents" },
  c: { at: "channels" },
  e: { at: "triggers" },
  s: { at: "settings" },
};

export function useShortcuts(): void {
  useEffect(() => {
    let going = false;
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape") return leave(event);
      if (isTyping(event.target)) return;
      const to = going ? GO[event.key] : undefined;
      going = event.key === "g";
      if (to) go(to);
      else if (event.key === "/") search(event);
      else if (event.key === "j") step(1);
      else if (event.key === "k") step(-1);
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches("input, textarea, select");
}

function leave(event: KeyboardEvent): void {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (isTyping(event.target)) (event.target as HTMLElement).blur();
  else if (place.get().at === "conversation") go({ at: "board" });
}

function search(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLInputElement>("#search");
  if (!field) return;
  event.preventDefault();
  field.focus();
}

function step(by: number): void {
  const cards = [...document.querySelectorAll<HTMLElement>("a.card")];
  if (!cards.length) return;
  const at = cards.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? (by > 0 ? 0 : cards.length - 1) : (at + by + cards.length) % cards.length;
  cards[next]?.focus();
}
