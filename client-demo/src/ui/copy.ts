import { notify } from '../state/notices.js';

/** Puts a link on the clipboard; where that is refused, shows it to be copied by hand. */
export const copyLink = async (link: string): Promise<void> => {
  try {
    await navigator.clipboard.writeText(link);
    notify('Link copied. Send it to whom you want here.');
  } catch {
    notify(`Copy this link: ${link}`, 'lasting');
  }
};
