import { signal } from '@preact/signals';
import type { Call } from './call.js';
import type { Person } from './person.js';

/** The panel beside the stage, and the dialog over it. */
export type Panel = 'chat' | 'people' | undefined;
export type Overlay = 'devices' | 'help' | 'more' | 'invites' | 'bans' | 'activity' | undefined;

/** An action on a participant that needs a confirmation. */
export interface Question {
  readonly what: 'kick' | 'ban' | 'transfer';
  readonly person: Person;
}

/** The actions of buttons and keyboard shortcuts in a call. */
export class CallActions {
  readonly panel = signal<Panel>(undefined);
  readonly overlay = signal<Overlay>(undefined);
  readonly numbers = signal(false);
  readonly question = signal<Question | undefined>(undefined);

  constructor(
    readonly call: Call,
    readonly onLeave: () => void,
  ) {}

  toggle(panel: Exclude<Panel, undefined>): void {
    this.show(this.panel.value === panel ? undefined : panel);
  }

  show(panel: Panel): void {
    this.panel.value = panel;
    this.call.chat.show(panel === 'chat');
  }

  ask(question: Question | undefined): void {
    this.question.value = question;
  }

  /** True while a dialog is open over the call. */
  get isCovered(): boolean {
    return this.overlay.value !== undefined || this.question.value !== undefined;
  }

  /** Runs the shortcut of a key. @returns false if the key is no shortcut */
  press(key: string): boolean {
    const action = this.keys[key];
    action?.();
    return action !== undefined;
  }

  private readonly keys: Readonly<Record<string, () => void>> = {
    m: () => void this.call.outgoing.toggleMic(),
    v: () => void this.call.outgoing.toggleCamera(),
    s: () => void this.call.outgoing.toggleScreen(),
    c: () => this.toggle('chat'),
    p: () => this.toggle('people'),
    i: () => {
      this.numbers.value = !this.numbers.value;
    },
    '?': () => {
      this.overlay.value = 'help';
    },
  };
}

/** The keyboard shortcuts, as the help shows them. */
export const SHORTCUTS: readonly (readonly [key: string, what: string])[] = [
  ['M', 'Microphone on or off'],
  ['V', 'Camera on or off'],
  ['S', 'Share your screen, or stop sharing'],
  ['C', 'Chat and files'],
  ['P', 'People'],
  ['I', 'Connection details'],
  ['?', 'This list'],
  ['Esc', 'Close the open panel or dialog'],
];

/** True while keys go to a text field or a list. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
