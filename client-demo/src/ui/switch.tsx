import type { ComponentChildren } from 'preact';

/** A switch with a hint about its current state. */
export const Switch = (props: {
  label: string;
  hint: string;
  on: boolean;
  testid: string;
  onChange: (on: boolean) => void;
  children: ComponentChildren;
}) => (
  <button
    type="button"
    role="switch"
    class="switch"
    aria-checked={props.on}
    data-testid={props.testid}
    onClick={() => props.onChange(!props.on)}
  >
    {props.children}
    <span class="grow">
      {props.label}
      <span class="hint switch-hint">{props.hint}</span>
    </span>
    <span class="switch-track" aria-hidden="true" />
  </button>
);
