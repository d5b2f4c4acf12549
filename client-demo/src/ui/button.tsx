import type { ComponentChildren } from 'preact';

/** A round button with an icon. The label is for screen readers and the tooltip. */
export const IconButton = (props: {
  label: string;
  onClick: () => void;
  children: ComponentChildren;
  class?: string;
  testid?: string;
  disabled?: boolean;
  expanded?: boolean;
  /** Id of what it opens. */
  controls?: string;
}) => (
  <button
    type="button"
    class={`icon-button ${props.class ?? ''}`}
    aria-label={props.label}
    title={props.label}
    aria-expanded={props.expanded}
    aria-controls={props.controls}
    data-testid={props.testid}
    disabled={props.disabled ?? false}
    onClick={props.onClick}
  >
    {props.children}
  </button>
);
