// A call and a chat over PeerJS, unchanged but for where its server is. `?server=` names the server for this example;
// an application writes it down: new Peer({ host: 'parley.example', path: '/peerjs', secure: true }).
const server = new URL(new URLSearchParams(location.search).get('server') ?? 'http://localhost:3000');
const peer = new Peer({
  host: server.hostname,
  port: Number(server.port) || (server.protocol === 'https:' ? 443 : 80),
  path: '/peerjs',
  secure: server.protocol === 'https:',
});

const find = (id) => document.getElementById(id);
const say = (status) => {
  find('status').textContent = status;
};
let chat;

const note = (text) => {
  const item = document.createElement('li');
  item.textContent = text;
  find('messages').append(item);
};

peer.on('open', (id) => {
  say('Connected');
  find('id').textContent = id;
});
// PeerJS does not come back by itself. With a pause, so that a server that is away is not hammered.
peer.on('disconnected', () => {
  if (peer.destroyed) return;
  say('Lost the server. Calls go on; connecting again …');
  setTimeout(() => peer.disconnected && !peer.destroyed && peer.reconnect(), 500 + Math.random() * 1500);
});
peer.on('error', ({ type, message }) => {
  if (type !== 'network') say(message);
});

const camera = async () => {
  find('mine').srcObject ??= await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
  return find('mine').srcObject;
};
const show = (call) => {
  find('other').textContent = call.peer;
  call.on('stream', (stream) => {
    find('theirs').srcObject = stream;
  });
  call.on('close', () => {
    find('other').textContent = 'Nobody yet';
    find('theirs').srcObject = null;
  });
};
const talk = (connection) => {
  chat = connection;
  connection.on('open', () => {
    find('text').disabled = false;
  });
  connection.on('data', (text) => note(`Other: ${text}`));
};

peer.on('call', async (call) => {
  show(call);
  call.answer(await camera());
});
peer.on('connection', talk);

find('dial').addEventListener('submit', async (event) => {
  event.preventDefault();
  const whom = find('whom').value.trim();
  talk(peer.connect(whom));
  show(peer.call(whom, await camera()));
});
find('chat').addEventListener('submit', (event) => {
  event.preventDefault();
  const { value } = find('text');
  if (value === '' || !chat?.open) return;
  chat.send(value);
  note(`You: ${value}`);
  find('text').value = '';
});
