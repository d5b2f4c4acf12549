"""A Parley client written from protocol/PROTOCOL.md alone, with Python's standard library alone.

Two of it in one room exchange an offer, an answer and three `data` signals each way, exactly once and in order.
It prints a JSON line an event, and exits with 0 when all of it came and went; with 1 if not so after 20 s.
Left out: coming back after a break, hurrying at a `back`; four signals in 20 s need no window and no `unknown`."""
import argparse, asyncio, base64, hashlib, json, os, secrets, sys
from urllib import parse, request

PATIENCE_S, WINDOW, TEXT, CLOSE, PING, PONG = 20, 64, 1, 8, 9, 10
DATA = [("data", 1), ("data", 2), ("data", 3)]
OFFER, ANSWER = [(kind, {"type": kind, "sdp": "v=0"}) for kind in ("offer", "answer")]
REPLIES = {"offer": [ANSWER, *DATA], "answer": DATA}

def say(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)

def post(url, body, **headers):
    headers["Content-Type"] = "application/json"
    return json.load(request.urlopen(request.Request(url, json.dumps(body).encode(), headers), timeout=PATIENCE_S))

class WebSocket:
    """As much of RFC 6455 as text messages of one frame each need."""
    async def open(self, origin, path, protocol):
        url, key = parse.urlsplit(origin), base64.b64encode(os.urandom(16)).decode()
        port, tls = (443, True) if url.scheme in ("https", "wss") else (80, None)
        self.reader, self.writer = await asyncio.open_connection(url.hostname, url.port or port, ssl=tls)
        self.writer.write((f"GET {path} HTTP/1.1\r\nHost: {url.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                           f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
                           f"Sec-WebSocket-Protocol: {protocol}\r\n\r\n").encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        accept = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        if not head.startswith(b"HTTP/1.1 101 ") or base64.b64encode(accept) not in head:
            sys.exit(f"the upgrade was answered {head.splitlines()[0].decode()}")

    async def messages(self):
        """Every text message until the server closes."""
        while True:
            first, size = await self.reader.readexactly(2)
            if size > 125:
                size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
            payload, opcode = await self.reader.readexactly(size), first & 0x0F
            if opcode == TEXT:
                yield payload.decode()
            elif opcode == PING:
                self.send(payload, PONG)
            elif opcode == CLOSE:
                self.send(payload, CLOSE)
                sys.exit(f"closed with {int.from_bytes(payload[:2], 'big')} {payload[2:].decode()}")

    def send(self, payload, opcode=TEXT):
        mask, size = os.urandom(4), len(payload)
        masked_size = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + size.to_bytes(2, "big")
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.writer.write(bytes([0x80 | opcode]) + masked_size + mask + masked)

class Channel:
    """Section 5 with one peer: `unsettled` is what was sent and has no result, `held` what came too early."""
    def __init__(self, peer, send):
        self.peer, self.send, self.last, self.unsettled = peer, send, 0, {}
        self.upto, self.base, self.held, self.missed, self.received = 0, 1, {}, [], []

    def signal(self, kind, value):
        self.last += 1
        self.unsettled[self.last] = kind, json.dumps(value)
        self.transmit(self.last, 2)

    def transmit(self, seq, pause_s):
        if seq in self.unsettled:
            kind, body = self.unsettled[seq]
            self.send(dict(type="signal", to=self.peer, seq=seq, base=min(self.unsettled), kind=kind), body)
            asyncio.get_running_loop().call_later(pause_s, self.transmit, seq, min(pause_s * 1.5, 8))

    def settle(self, upto, missed):
        for seq in [seq for seq in self.unsettled if seq <= upto]:
            say("rejected" if seq in missed else "delivered", to=self.peer, seq=seq, kind=self.unsettled.pop(seq)[0])

    def take(self, frame, body):
        """Holds a signal, yields those whose turn it is now, and acknowledges."""
        if frame["seq"] > self.upto and len(self.held) < WINDOW:
            self.held[frame["seq"]] = frame, body
        self.base = max(self.base, frame.get("base", 1))
        while self.upto + 1 in self.held or self.upto + 1 < self.base:
            # Only the last 64 can be named as missed: a base far ahead must not cost a step for each number.
            self.upto = max(self.upto + 1, min([self.base, *self.held]) - WINDOW)
            header, text = self.held.pop(self.upto, ({"denied": "it never comes"}, ""))
            if "denied" in header:
                self.missed.append(self.upto)
            else:
                yield header["kind"], json.loads(text)
        self.missed = [seq for seq in self.missed if seq > self.upto - WINDOW]
        ack = dict(type="ack", to=self.peer, upto=self.upto)
        if self.upto > 0:
            self.send({**ack, "missed": self.missed} if self.missed else ack)

class Stranger:
    def __init__(self, url, room, name):
        account = dict(username="s" + secrets.token_hex(8), password=secrets.token_hex(12), displayName=name)
        self.url, self.token = url, post(f"{url}/v1/auth/register", account)["accessToken"]
        self.room = room or post(f"{url}/v1/rooms", {"name": name}, Authorization=f"Bearer {self.token}")["id"]
        self.socket, self.channels = WebSocket(), {}

    async def run(self):
        await self.socket.open(self.url, "/v1/signaling", "parley.v1")
        self.send(dict(type="hello", id="hello", token=self.token, key=secrets.token_urlsafe(32), attempt=1))
        async for message in self.socket.messages():
            header, _, body = message.partition("\n")
            self.handle(json.loads(header), body)
            if any(channel.received[1:] == DATA and not channel.unsettled for channel in self.channels.values()):
                self.socket.send((1000).to_bytes(2, "big"), CLOSE)
                return await self.socket.reader.read()

    def send(self, header, *body):
        self.socket.send("\n".join([json.dumps(header), *body]).encode())

    def channel(self, peer):
        return self.channels.setdefault(peer, Channel(peer, self.send))

    def handle(self, frame, body):
        if frame["type"] == "joined":
            say("joined", room=self.room, peer=frame["peer"])
            self.order = next(one["order"] for one in frame["participants"] if one["peer"] == frame["peer"])
        if frame["type"] in ("joined", "roster"):
            self.follow(frame, frame.get("events", []))
        elif frame["type"] == "welcome":
            self.send(dict(type="join", id="join", room=self.room))
        elif frame["type"] == "ack":
            self.channel(frame["from"]).settle(frame["upto"], frame.get("missed", []))
        elif frame["type"] == "error" and not frame["retryable"]:
            sys.exit(json.dumps(frame))
        elif frame["type"] == "signal" and "seq" in frame:
            channel = self.channel(frame["from"])
            for kind, value in channel.take(frame, body):
                say("received", sender=channel.peer, kind=kind, value=value)
                channel.received.append((kind, value))
                for reply in REPLIES.get(kind, []):
                    channel.signal(*reply)

    def follow(self, frame, events):
        if events and (frame["epoch"], frame["version"] - len(events)) != self.roster:
            return self.send(dict(type="join", id="join", room=self.room))
        self.roster = frame["epoch"], frame["version"]
        for one in frame.get("participants") or [one["participant"] for one in events if one["event"] == "joined"]:
            if one["order"] > self.order and one["peer"] not in self.channels:
                self.channel(one["peer"]).signal(*OFFER)

parser = argparse.ArgumentParser(description=__doc__)
for option in ("--url", "--room", "--name"):
    parser.add_argument(option, required=option != "--room")
asyncio.run(asyncio.wait_for(Stranger(**vars(parser.parse_args())).run(), PATIENCE_S))
