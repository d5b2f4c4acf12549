import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Account, RoomPreview } from '../api/rest.js';
import { type NextStep, sentenceFor } from '../api/sentences.js';
import { Call } from '../call/call.js';
import { forgetCall, lastCall, rememberCall } from '../call/last-call.js';
import { LocalMedia } from '../call/local-media.js';
import { dropInvite, goTo, roomLink } from '../state/route.js';
import { forget } from '../state/session.js';
import { CallScreen } from './call-screen.js';
import { DeviceCheck } from './device-check.js';
import { Failure, Waiting } from './failure.js';
import { Farewell, leaveAsGuest } from './farewell.js';
import { Knocking } from './knocking.js';
import { useRoomAccess } from './use-room-access.js';

type Step = { readonly at: 'check' } | { readonly at: 'call'; readonly call: Call } | { readonly at: 'left' };

/** A visit to a room: the device check, the call, and the screen after it. */
export const Visit = (props: { room: RoomPreview; user: Account; guest: boolean; invite?: string | undefined }) => {
  const { room, user, guest, invite } = props;
  const access = useRoomAccess(room.id, invite);
  const [step, setStep] = useState<Step>({ at: 'check' });
  const [media, setMedia] = useState<LocalMedia>();
  const [visited, setVisited] = useState(false);
  const [interrupted] = useState(() => lastCall(room.id));

  useEffect(() => {
    const opened = new LocalMedia();
    setMedia(opened);
    void opened.start(interrupted);
    return () => opened.close();
  }, [interrupted]);
  const call = step.at === 'call' ? step.call : undefined;
  useEffect(() => {
    if (!call) return;
    const goodbye = () => void call.leave();
    addEventListener('pagehide', goodbye);
    return () => {
      removeEventListener('pagehide', goodbye);
      // Does not run on a reload, so the call is remembered then.
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
    if (inCall) dropInvite(room.id);
  }, [room.id, inCall]);
  useEffect(() => {
    if (over === 'cancelled') setStep({ at: 'check' });
  }, [over]);
  useEffect(() => {
    // Close the camera with the call, unless the next click joins again.
    if (over && sentenceFor(over).next !== 'retry') media?.close();
  }, [over, media]);

  const join = () => {
    if (!media) return;
    const next = new Call(room.id, media, invite);
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
    else if (next === 'rooms') guest ? leaveAsGuest() : goTo('#/');
    else if (media?.mic.track.value || media?.camera.track.value) join();
    else rejoin();
  };

  if (!media || access.state === 'loading') return <Waiting text="Opening the room…" />;
  if (step.at === 'left') return <Farewell room={room} onRejoin={rejoin} />;
  if (!call) {
    if (access.state === 'refused') {
      return (
        <Failure code={access.code} onNext={(next) => (next === 'retry' ? void access.refresh() : onNext(next))} />
      );
    }
    return (
      <DeviceCheck
        user={user}
        roomName={room.name}
        media={media}
        onJoin={join}
        leaveHref={guest ? undefined : '#/'}
        again={interrupted !== undefined && !visited}
        knocks={access.state === 'lobby'}
        locked={room.locked}
      />
    );
  }
  if (over && over !== 'cancelled') return <Failure code={over} onNext={onNext} />;
  if (call.waiting.value && !call.joined.value) {
    return <Knocking user={user} roomName={room.name} media={media} onCancel={() => call.stopWaiting()} />;
  }
  if (!call.joined.value) return <Waiting text={`Joining ${room.name}…`} />;
  return <CallScreen call={call} roomName={room.name} link={roomLink(room.id)} onLeave={onLeave} />;
};
