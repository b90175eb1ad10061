import type { StepCounts, Trigger } from "../api/types";
import { t } from "../text/en";
import { before, bySteps, COUNTS, total, type Counted } from "./counts";

/** What each step of a trigger has led to, those of earlier versions together. */
export function Counts({ trigger, counts }: { trigger: Trigger; counts: StepCounts[] }) {
  const older = before(counts, trigger.version);
  if (total(counts).started === 0) return <p class="hint">{t.triggers.nothingYet}</p>;
  return (
    <div class="wide" role="region" aria-label={t.triggers.counted} tabIndex={0}>
      <table class="counts">
        <thead>
          <tr>
            <td />
            {COUNTS.map((name) => (
              <th key={name} scope="col">
                {t.triggers.columns[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bySteps(counts, trigger.version, trigger.steps.length).map((counted, step) => (
            <Row key={step} name={`${t.triggers.step(step + 1)}, ${trigger.steps[step]?.after}`} of={counted} />
          ))}
          {older && <Row name={t.triggers.earlier} of={older} />}
        </tbody>
      </table>
    </div>
  );
}

function Row({ name, of }: { name: string; of: Counted }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {COUNTS.map((count) => (
        <td key={count} data-count={count}>
          {of[count]}
        </td>
      ))}
    </tr>
  );
}
