import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Person, PHONE, startBrowser } from '../support/browser.js';
import { LOOKS } from '../support/drawn-person.js';
import { type Cluster, startCluster } from '../support/start-cluster.js';

let browser: Browser;
let cluster: Cluster;
const people: Person[] = [];
const url = (node: number) => cluster.nodes[node]?.url as string;

const at = async (address: string, name: string, viewport?: { width: number; height: number }): Promise<Person> => {
  const person = await Person.at(browser, address, name, viewport, name === 'Bela' ? LOOKS.Bela : LOOKS.Ada);
  people.push(person);
  return person;
};

beforeAll(async () => {
  [browser, cluster] = await Promise.all([startBrowser(), startCluster({ nodes: 2 })]);
}, 120_000);
afterAll(() => Promise.all([browser?.close(), cluster?.stop()]));
afterEach(async () => {
  const faults = people.flatMap((person) => person.faults.map((fault) => `${person.name}: ${fault}`));
  await Promise.all(people.splice(0).map((person) => person.close()));
  expect(faults).toEqual([]);
});

/** Ada owns a room and is in it, on the first node. */
const ownRoom = async (access: 'open' | 'lobby' | 'invite'): Promise<{ ada: Person; room: string }> => {
  const ada = await at(url(0), 'Ada');
  await ada.signUp();
  await ada.get('room-create').click();
  await ada.screenshot('room-create-1440');
  await ada.page.keyboard.press('Escape');
  const room = await ada.makeRoom('Captain’s table', access);
  await ada.join();
  return { ada, room };
};

/** A guest on the other node who has entered a name and is at the device check of the room. */
const guest = async (room: string, name: string, viewport?: typeof PHONE): Promise<Person> => {
  const person = await at(`${url(1)}/#/rooms/${room}`, name, viewport);
  await person.get('guest-name').fill(name);
  await person.get('guest-submit').click();
  return person;
};

const member = async (room: string, name: string): Promise<Person> => {
  const person = await at(url(1), name);
  await person.signUp();
  await person.get('room-list').waitFor();
  await person.openRoom(url(1), room);
  return person;
};

const failed = async (person: Person, code: string): Promise<string> => {
  await person.page.locator(`[data-testid="failure"][data-code="${code}"]`).waitFor();
  return (await person.get('failure').textContent()) ?? '';
};

describe('a room with a lobby, on two nodes that only Redis joins', () => {
  it('shows who is waiting, admits and denies them, and can be locked', async () => {
    const { ada, room } = await ownRoom('lobby');
    const gusta = await guest(room, 'Gusta', PHONE);
    await gusta.get('device-join').click();
    await gusta.get('knocking').waitFor();
    await ada.get('knock-banner').filter({ hasText: 'Gusta' }).waitFor();
    await ada.screenshot('knock-1440');
    await gusta.screenshot('knocking-390');

    const bela = await guest(room, 'Bela');
    await bela.get('device-join').click();
    await bela.get('knocking').waitFor();
    await ada.page.locator('[data-testid="knock-banner"][data-count="2"]').waitFor();
    await bela.screenshot('knocking-1440');
    await ada.page.setViewportSize(PHONE);
    await ada.screenshot('knock-390');
    await ada.openPeople();
    await ada.screenshot('people-knocks-390');
    await ada.page.setViewportSize({ width: 1440, height: 900 });
    await ada.screenshot('people-knocks-1440');
    await ada.page.emulateMedia({ colorScheme: 'dark' });
    await ada.screenshot('people-knocks-dark-1440');
    await ada.page.emulateMedia({ colorScheme: 'light' });

    await ada.get('knock').filter({ hasText: 'Gusta' }).getByTestId('knock-admit').click();
    await gusta.get('call').waitFor();
    await Promise.all([ada.seesPlaying(1), gusta.seesPlaying(1)]);
    await ada.get('knock').filter({ hasText: 'Bela' }).getByTestId('knock-deny').click();
    expect(await failed(bela, 'denied')).toContain('A moderator declined your request');
    await bela.screenshot('denied-1440');

    // Ask again, then cancel: no one is waiting in the lobby.
    await bela.get('failure-next').click();
    await ada.get('knock').filter({ hasText: 'Bela' }).waitFor();
    await bela.get('knocking-cancel').click();
    await bela.get('device-check').waitFor();
    await ada.get('knocks').waitFor({ state: 'detached' });

    await ada.get('lock-toggle').click();
    await Promise.all([ada.get('locked-badge').waitFor(), gusta.get('locked-badge').waitFor()]);
    await gusta.screenshot('locked-390');
    await bela.get('device-join').click();
    expect(await failed(bela, 'room_locked')).toContain('The room is locked');
    await bela.screenshot('room-locked-1440');
    await ada.get('lock-toggle').click();
    await gusta.get('locked-badge').waitFor({ state: 'detached' });
    await bela.get('failure-next').click();
    await bela.get('knocking').waitFor();
  }, 180_000);

  it('asks to mute, revokes and restores permissions, kicks and bans', async () => {
    const { ada, room } = await ownRoom('lobby');
    const bela = await member(room, 'Bela');
    await bela.get('device-join').click();
    await ada.get('knock-admit').click();
    await bela.get('call').waitFor();
    await Promise.all([ada.seesPlaying(1), bela.seesPlaying(1)]);

    await ada.act('mute', 'Bela');
    await bela.get('notice').filter({ hasText: 'Ada asks you to mute' }).waitFor();
    await bela.screenshot('mute-asked-1440');
    await bela.get('notice-next').click();
    await ada.page.locator('[data-testid="tile"]:not([data-self])[data-audio="off"]').waitFor();

    await ada.act('publish', 'Bela');
    await ada.page.locator('[data-testid="person"][data-publish="no"]').waitFor();
    await ada.page.locator('[data-testid="tile"]:not([data-self])[data-video="off"]').waitFor();
    await bela.get('banner-media-revoked').waitFor();
    // Whatever Bela's client sends, Ada's shows none of it.
    await ada.page.waitForFunction(() => {
      const video = document.querySelector('[data-testid="tile"]:not([data-self]) video') as HTMLVideoElement | null;
      return video !== null && video.srcObject === null;
    });
    await bela.get('camera-toggle').click();
    await bela.get('notice').filter({ hasText: 'mic and camera are turned off' }).waitFor();
    await ada.act('chat', 'Bela');
    await bela.get('chat-toggle').click();
    await bela.page.locator('[data-testid="chat-input"][disabled]').waitFor();
    await bela.screenshot('taken-1440');
    await ada.act('chat', 'Bela');
    await ada.act('publish', 'Bela');
    await bela.page.locator('[data-testid="chat-input"]:not([disabled])').waitFor();
    await bela.get('banner-media-revoked').waitFor({ state: 'detached' });
    await bela.get('camera-toggle').click();
    await ada.page.locator('[data-testid="tile"]:not([data-self])[data-video="on"]').waitFor();
    await ada.seesPlaying(1);

    await ada.act('kick', 'Bela');
    await ada.screenshot('kick-asked-1440');
    await ada.get('question-yes').click();
    expect(await failed(bela, 'removed')).toContain('You were removed from the room');
    await bela.screenshot('removed-1440');
    await ada.page.locator('[data-testid="tile"]:not([data-self])').waitFor({ state: 'detached' });

    // After a removal, a user must be admitted again.
    await bela.get('failure-next').click();
    await bela.get('room-list').waitFor();
    await bela.openRoom(url(1), room);
    await bela.get('device-join').click();
    await ada.get('knocks').getByTestId('knock-admit').click();
    await bela.get('call').waitFor();

    await ada.act('ban', 'Bela');
    await ada.get('question-reason').fill('Sang sea shanties');
    await ada.screenshot('ban-asked-1440');
    await ada.get('question-yes').click();
    await failed(bela, 'removed');
    await bela.get('failure-next').click();
    await bela.get('room-list').waitFor();
    await bela.openRoom(url(1), room);
    expect(await failed(bela, 'banned')).toContain('You are banned from this room');
    await bela.screenshot('banned-1440');
    await bela.openRoom(url(0), room);
    await bela.logIn();
    await failed(bela, 'banned');

    await ada.get('bans-open').click();
    await ada.get('ban').filter({ hasText: 'Sang sea shanties' }).waitFor();
    await ada.screenshot('bans-1440');
    await ada.get('ban-lift').click();
    await ada.get('ban').waitFor({ state: 'detached' });
    await ada.page.keyboard.press('Escape');
    await ada.get('activity-open').click();
    await ada.get('activity-line').filter({ hasText: 'Ada banned Bela: Sang sea shanties' }).waitFor();
    await ada.get('activity-line').filter({ hasText: 'Ada unbanned Bela' }).waitFor();
    await ada.screenshot('activity-1440');
    await ada.page.setViewportSize(PHONE);
    await ada.screenshot('activity-390');
    await bela.get('failure-next').click();
    await bela.get('room-list').waitFor();
    await bela.openRoom(url(0), room);
    await bela.get('device-check').waitFor();
  }, 180_000);
});

describe('a room that requires an invite, on two nodes', () => {
  it('admits as many users as the invite allows, and none with the plain link', async () => {
    const { ada, room } = await ownRoom('invite');
    await ada.openPeople();
    await ada.get('invites-open').click();
    await ada.get('invite-make').click();
    const link = await ada.get('invite-link').inputValue();
    await ada.get('invite').filter({ hasText: 'One more person' }).waitFor();
    await ada.screenshot('invites-1440');
    await ada.page.setViewportSize(PHONE);
    await ada.screenshot('invites-390');

    const gusta = await guest(room, 'Gusta', PHONE);
    expect(await failed(gusta, 'invite_required')).toContain('An invite is required');
    await gusta.screenshot('invite-required-390');
    await gusta.page.goto(link.replace(url(0), url(1)));
    await gusta.get('device-join').click();
    await gusta.get('call').waitFor();
    expect(gusta.page.url()).not.toContain('invite');

    const bela = await at(link, 'Bela');
    await bela.get('guest-name').fill('Bela');
    await bela.get('guest-submit').click();
    await bela.get('device-join').click();
    expect(await failed(bela, 'invite_invalid')).toContain('no longer valid');
  }, 120_000);

  it('is transferred, with moderators that the owner appoints', async () => {
    const { ada, room } = await ownRoom('open');
    const bela = await member(room, 'Bela');
    await bela.join();
    // With the keyboard only; the focus stays where it was.
    await ada.page.keyboard.press('p');
    await ada.rowOf('Bela').getByTestId('person-more').press('Enter');
    await ada.get('action-role').press('Enter');
    const focused = () => ada.page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    expect(await focused()).toBe('Actions for Bela');
    await ada.page.locator('[data-testid="person"][data-role="moderator"]').waitFor();
    await bela.openPeople();
    await bela.get('room-tools').waitFor();
    await bela.screenshot('moderator-1440');
    expect(await bela.get('person-more').count()).toBe(0);
    await ada.rowOf('Bela').getByTestId('person-more').press('Enter');
    await ada.get('action-transfer').press('Enter');
    await ada.get('question').waitFor();
    await ada.page.keyboard.press('Escape');
    expect(await focused()).toBe('Actions for Bela');
    await ada.act('transfer', 'Bela');
    await ada.get('question-yes').click();
    await bela.get('offer-accept').click();
    await bela.rowOf('Bela').and(bela.page.locator('[data-role="owner"]')).waitFor();
    expect(await bela.get('offer-banner').count()).toBe(0);
    await ada.rowOf('Ada').and(ada.page.locator('[data-role="moderator"]')).waitFor();
    await bela.get('person-more').click();
    await bela.screenshot('person-actions-1440');
    await bela.page.setViewportSize(PHONE);
    await bela.screenshot('person-actions-390');
  }, 120_000);
});

describe('an account on two nodes', () => {
  it('is logged out everywhere at once, also in a call on the other node', async () => {
    const { ada } = await ownRoom('open');
    const elsewhere = await at(url(1), 'Ada');
    await elsewhere.logIn(ada);
    await elsewhere.get('account-open').click();
    await elsewhere.screenshot('account-1440');
    await elsewhere.page.setViewportSize(PHONE);
    await elsewhere.screenshot('account-390');
    await elsewhere.get('account-logout-all').click();
    await elsewhere.get('tab-login').waitFor();
    expect(await failed(ada, 'token_invalid')).toContain('You were signed out');
    await ada.get('failure-next').click();
    await ada.get('tab-login').waitFor();
  }, 90_000);

  it('creates rooms that end automatically, and shows that in the room list', async () => {
    const ada = await at(url(0), 'Ada');
    await ada.signUp();
    await ada.get('room-create').click();
    await ada.get('room-create-name').fill('Dog watch');
    await ada.get('room-create-capacity').fill('0');
    await ada.get('room-create-submit').click();
    await ada.page.getByText('Enter a number from 1 to 10000.').waitFor();
    await ada.get('room-create-capacity').fill('12');
    await ada.get('room-create-ending').selectOption({ label: 'In a day' });
    await ada.page.setViewportSize(PHONE);
    await ada.screenshot('room-create-390');
    await ada.get('room-create-submit').click();
    await ada.get('device-check').waitFor();
    await ada.page.goto(`${url(0)}/#/`);
    await ada.get('room-item').filter({ hasText: 'Dog watch' }).filter({ hasText: 'Ends in 1 day' }).waitFor();
    await ada.screenshot('lobby-390');
  }, 60_000);
});
