import type { ComponentChildren } from 'preact';

/** Something that is on or off, with a word of what that means now. */
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
