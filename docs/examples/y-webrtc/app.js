import { WebrtcProvider } from 'y-webrtc';
import * as Y from 'yjs';

// ?signaling=wss://parley.example/y-webrtc&room=minutes&password=…&token=…
const parameters = new URLSearchParams(location.search);
const signaling = new URL(parameters.get('signaling') ?? 'ws://localhost:3000/y-webrtc');
const roomName = parameters.get('room') ?? 'notes';
const token = parameters.get('token');
if (token !== null) signaling.searchParams.set('token', token);

const doc = new Y.Doc();
const text = doc.getText('notes');
const provider = new WebrtcProvider(roomName, doc, {
  // One URL, that of the load balancer. With two of one cluster every signal comes twice, and nobody connects.
  signaling: [signaling.href],
  // With a password the server sees the room's name and nothing else.
  password: parameters.get('password'),
  // Name your STUN and TURN servers here; inside one network none is needed.
  peerOpts: { config: { iceServers: [] } },
});

const get = (id) => document.getElementById(id);
const notes = get('notes');
const nameOf = get('name');

// The textarea is the text, as it is typed: what is equal at both ends stays, the middle is replaced.
notes.addEventListener('input', () => {
  const [before, after] = [text.toString(), notes.value];
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  doc.transact(() => {
    text.delete(start, before.length - start - end);
    text.insert(start, after.slice(start, after.length - end));
  });
});

// What others type before the cursor moves it along.
text.observe((event) => {
  if (event.transaction.local) return;
  const [from, to] = [notes.selectionStart, notes.selectionEnd].map((at) => moved(at, event.changes.delta));
  notes.value = text.toString();
  notes.setSelectionRange(from, to);
});

const moved = (at, delta) => {
  let place = 0;
  let cursor = at;
  for (const { retain = 0, insert = '', delete: gone = 0 } of delta) {
    if (place >= cursor) break;
    cursor += insert.length - Math.min(gone, cursor - place);
    place += retain + insert.length;
  }
  return cursor;
};

const { awareness } = provider;
nameOf.value = `Guest ${doc.clientID % 1000}`;
const sayName = () => awareness.setLocalState({ name: nameOf.value });
nameOf.addEventListener('input', sayName);
sayName();

const show = () => {
  const people = [...awareness.getStates()].map(([id, { name }]) => {
    const item = document.createElement('li');
    item.textContent = id === doc.clientID ? `${name} (you)` : name;
    return item;
  });
  get('people').replaceChildren(...people);
  const others = people.length - 1;
  get('status').textContent = others > 0 ? `Connected to ${others}` : 'Waiting for somebody else';
};
awareness.on('change', show);
get('room').textContent = roomName;
show();
