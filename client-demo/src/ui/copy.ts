import { notify } from '../state/notices.js';

/** Copies a text to the clipboard. @returns false if that is denied */
export const copyText = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
};

/** Copies a link to the clipboard or, if that is denied, shows it for copying by hand. */
export const copyLink = async (link: string): Promise<void> => {
  if (await copyText(link)) notify('Link copied.');
  else notify(`Copy this link: ${link}`, 'lasting');
};
