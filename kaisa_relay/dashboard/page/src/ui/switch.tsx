import { t } from "../text/en";

interface SwitchProps {
  on: boolean;
  /** What it says of the thing that is on or off. */
  label: string;
  turn: (on: boolean) => void;
}

export function Switch({ on, label, turn }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked={on}
      aria-label={label}
      onClick={() => turn(!on)}
    >
      <span class="knob" aria-hidden="true" />
      {on ? t.triggers.on : t.triggers.off}
    </button>
  );
}
