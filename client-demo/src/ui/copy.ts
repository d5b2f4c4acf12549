import { notify } from '../state/notices.js';

/** Puts a text on the clipboard. @returns false where that is refused */
export const copyText = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
};

/** Puts a link on the clipboard; where that is refused, shows it to be copied by hand. */
export const copyLink = async (link: string): Promise<void> => {
  if (await copyText(link)) notify('Link copied. Send it to whom you want here.');
  else notify(`Copy this link: ${link}`, 'lasting');
};
