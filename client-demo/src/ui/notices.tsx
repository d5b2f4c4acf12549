import { announcement, dismiss, notices } from '../state/notices.js';
import { IconButton } from './button.js';
import { CloseIcon } from './icons.js';

/** The notices over the page, and the live region for screen readers. */
export const Notices = () => (
  <>
    <div class="notices">
      {notices.value.map(({ id, text, tone, next }) => (
        <div key={id} class={`notice ${tone}`} data-testid="notice">
          <span class="grow">{text}</span>
          {next && (
            <button
              type="button"
              class="button"
              data-testid="notice-next"
              onClick={() => {
                dismiss(id);
                next.run();
              }}
            >
              {next.label}
            </button>
          )}
          <IconButton label="Dismiss" onClick={() => dismiss(id)}>
            <CloseIcon />
          </IconButton>
        </div>
      ))}
    </div>
    <p class="sr" aria-live="polite" data-testid="announcer">
      {announcement.value}
    </p>
  </>
);
