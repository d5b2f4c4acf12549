import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { IconButton } from '../ui/button.js';
import { CloseIcon } from '../ui/icons.js';

/** A panel beside the stage, or over the screen on a phone. Takes the focus, restores it, and closes on Escape. */
export const PanelFrame = (props: {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  testid: string;
  class?: string;
  onDragOver?: (event: DragEvent) => void;
  onDragLeave?: (event: DragEvent) => void;
  onDrop?: (event: DragEvent) => void;
}) => {
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const wanted =
      ref.current?.querySelector<HTMLElement>('[data-first-focus]') ?? ref.current?.querySelector('button');
    wanted?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <aside
      ref={ref}
      class={`panel card ${props.class ?? ''}`}
      aria-label={props.title}
      data-testid={props.testid}
      onKeyDown={(event) => {
        if (event.key === 'Escape') props.onClose();
      }}
      onDragOver={props.onDragOver}
      onDragLeave={props.onDragLeave}
      onDrop={props.onDrop}
    >
      <div class="panel-head">
        <h2>{props.title}</h2>
        <IconButton label={`Close ${props.title}`} onClick={props.onClose} testid="panel-close">
          <CloseIcon />
        </IconButton>
      </div>
      {props.children}
    </aside>
  );
};
