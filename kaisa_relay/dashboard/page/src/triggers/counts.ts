// What a trigger's steps have led to: the version of now by itself, those before in one.
import type { StepCounts } from "../api/types";

export const COUNTS = ["started", "delivered", "links", "recovered", "accepted"] as const;
export type Counted = Record<(typeof COUNTS)[number], number>;

export function total(of: readonly StepCounts[]): Counted {
  const sums = { started: 0, delivered: 0, links: 0, recovered: 0, accepted: 0 };
  for (const each of of) for (const name of COUNTS) sums[name] += each[name];
  return sums;
}

/** Return each step of a version, also those that have led to nothing yet. */
export function bySteps(of: readonly StepCounts[], version: number, steps: number): Counted[] {
  return Array.from({ length: steps }, (_, step) =>
    total(of.filter((each) => each.version === version && each.step === step)),
  );
}

/** Return what the versions before have led to; null where they have led to nothing. */
export function before(of: readonly StepCounts[], version: number): Counted | null {
  const older = of.filter((each) => each.version !== version);
  return older.length ? total(older) : null;
}
