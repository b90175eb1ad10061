// Instants and durations as people read them.
import { useEffect, useState } from "preact/hooks";

/** A duration in its two largest units: `4 s`, `3 min`, `2 h 5 min`, `3 d 4 h`. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return minutes < 10 ? pair(minutes, "min", seconds % 60, "s") : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return pair(hours, "h", minutes % 60, "min");
  return pair(Math.floor(hours / 24), "d", hours % 24, "h");
}

function pair(large: number, one: string, small: number, other: string): string {
  return small ? `${large} ${one} ${small} ${other}` : `${large} ${one}`;
}

export function since(instant: string, now: number): string {
  return span(now - Date.parse(instant));
}

export function until(instant: string, now: number): string {
  return span(Date.parse(instant) - now);
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

export function clockTime(instant: string): string {
  return clock.format(new Date(instant));
}

const yearly = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });

/** A day and a time, with the year where it is not this one. */
export function dayTime(instant: string): string {
  const at = new Date(instant);
  const days = at.getFullYear() === new Date().getFullYear() ? day : yearly;
  return `${days.format(at)} ${clock.format(at)}`;
}

/** The present, once a second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
