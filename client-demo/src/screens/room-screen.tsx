import { useCallback, useEffect, useState } from 'preact/hooks';
import { codeOf } from '../api/problem.js';
import { type Account, previewRoom, type RoomPreview } from '../api/rest.js';
import { type NextStep, sentenceFor } from '../api/sentences.js';
import { Call } from '../call/call.js';
import { forgetCall, lastCall, rememberCall } from '../call/last-call.js';
import { LocalMedia } from '../call/local-media.js';
import { goTo, roomLink } from '../state/route.js';
import { forget, session } from '../state/session.js';
import { Hoist } from '../ui/flag.js';
import { ScreenTitle } from '../ui/heading.js';
import { CallScreen } from './call-screen.js';
import { DeviceCheck } from './device-check.js';
import { Door } from './door.js';
import { Failure, Waiting } from './failure.js';
import { TopBar } from './welcome.js';

/** After a guest left: there is no lobby to go back to. */
const Farewell = ({ room, onRejoin }: { room: RoomPreview; onRejoin: () => void }) => (
  <>
    <TopBar />
    <main class="middle" id="main">
      <div class="middle-card" data-testid="farewell">
        <Hoist name="BYE" count={3} />
        <ScreenTitle page="You left">You left {room.name}</ScreenTitle>
        <p>With an account of your own you can make rooms and invite others.</p>
        <div class="row centre">
          <button type="button" class="button" onClick={onRejoin}>
            Join again
          </button>
          <button type="button" class="button quiet" onClick={() => leaveAsGuest()}>
            Make an account
          </button>
        </div>
      </div>
    </main>
  </>
);

const leaveAsGuest = () => {
  forget();
  goTo('#/');
};

type Step = { readonly at: 'check' } | { readonly at: 'call'; readonly call: Call } | { readonly at: 'left' };

/** From the device check through the call to what comes after, for someone who may go in. */
const Visit = ({ room, user, guest }: { room: RoomPreview; user: Account; guest: boolean }) => {
  const [step, setStep] = useState<Step>({ at: 'check' });
  const [media, setMedia] = useState<LocalMedia>();
  const [visited, setVisited] = useState(false);
  const [cutOff] = useState(() => lastCall(room.id));

  useEffect(() => {
    const opened = new LocalMedia();
    setMedia(opened);
    void opened.start(cutOff);
    return () => opened.close();
  }, [cutOff]);
  const call = step.at === 'call' ? step.call : undefined;
  useEffect(() => {
    if (!call) return;
    const goodbye = () => void call.leave();
    addEventListener('pagehide', goodbye);
    return () => {
      removeEventListener('pagehide', goodbye);
      // Not at a reload, which takes the page away without a word.
      forgetCall();
      void call.leave();
    };
  }, [call]);

  const inCall = call?.joined.value === true;
  const mic = media?.mic.on.value === true;
  const camera = media?.camera.on.value === true;
  const over = call?.over.value;
  useEffect(() => {
    if (over) forgetCall();
    else if (inCall) rememberCall(room.id, { mic, camera });
  }, [room.id, inCall, over, mic, camera]);
  useEffect(() => {
    // The camera's light goes out with the call, unless the next press of a button joins again.
    if (over && sentenceFor(over).next !== 'retry') media?.close();
  }, [over, media]);

  const join = () => {
    if (!media) return;
    const next = new Call(room.id, media);
    setVisited(true);
    setStep({ at: 'call', call: next });
    void next.start();
  };
  const onLeave = useCallback(() => {
    media?.close();
    if (guest) setStep({ at: 'left' });
    else goTo('#/');
  }, [media, guest]);
  const rejoin = () => {
    setStep({ at: 'check' });
    void media?.start();
  };
  const onNext = (next: NextStep) => {
    if (next === 'reload') location.reload();
    else if (next === 'sign_in') forget();
    else if (next === 'lobby') guest ? leaveAsGuest() : goTo('#/');
    else if (media?.mic.track.value || media?.camera.track.value) join();
    else rejoin();
  };

  if (!media) return <Waiting text="Opening the room" />;
  if (step.at === 'left') return <Farewell room={room} onRejoin={rejoin} />;
  if (!call) {
    return (
      <DeviceCheck
        user={user}
        roomName={room.name}
        media={media}
        onJoin={join}
        leaveHref={guest ? undefined : '#/'}
        again={cutOff !== undefined && !visited}
      />
    );
  }
  if (over) return <Failure code={over} onNext={onNext} />;
  if (!call.joined.value) return <Waiting text={`Joining ${room.name}…`} />;
  return <CallScreen call={call} roomName={room.name} link={roomLink(room.id)} onLeave={onLeave} />;
};

/** A room's link: finds out what is behind it, lets people say who they are, then lets them in. */
export const RoomScreen = ({ id }: { id: string }) => {
  const [room, setRoom] = useState<RoomPreview>();
  const [problem, setProblem] = useState<string>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let current = true;
    setProblem(undefined);
    previewRoom(id).then(
      (preview) => current && setRoom(preview),
      (error) => {
        const code = codeOf(error);
        if (current) setProblem(code === 'not_found' || code === 'bad_request' ? 'room_not_found' : code);
      },
    );
    return () => {
      current = false;
    };
  }, [id, attempt]);

  if (problem) {
    return (
      <Failure code={problem} onNext={(next) => (next === 'lobby' ? goTo('#/') : setAttempt((count) => count + 1))} />
    );
  }
  if (!room) return <Waiting text="Looking for the room…" />;
  const now = session.value;
  if (now.status === 'starting') return <Waiting text="One moment…" />;
  const fits = now.status === 'in' && (now.guestOf === undefined || now.guestOf === room.id);
  if (!fits) return <Door room={room} why={now.status === 'out' ? now.why : undefined} />;
  return <Visit room={room} user={now.user} guest={now.guestOf !== undefined} />;
};
