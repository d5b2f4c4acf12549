import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { clearNotices } from '../state/notices.js';
import { IconButton } from './button.js';
import { CloseIcon } from './icons.js';

/** A modal dialog. The browser keeps the focus inside, closes it on Escape and restores the focus. */
export const Dialog = (props: { title: string; onClose: () => void; children: ComponentChildren; testid?: string }) => {
  const ref = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => {
    const before = document.activeElement;
    clearNotices();
    ref.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click on the backdrop is a second way beside Escape
    <dialog
      ref={ref}
      class="dialog"
      aria-labelledby={title}
      data-testid={props.testid}
      onClose={props.onClose}
      onClick={(event) => event.target === ref.current && props.onClose()}
    >
      <div class="dialog-head">
        <h2 id={title} class="grow">
          {props.title}
        </h2>
        <IconButton label="Close" onClick={props.onClose}>
          <CloseIcon />
        </IconButton>
      </div>
      <div class="dialog-body">{props.children}</div>
    </dialog>
  );
};
