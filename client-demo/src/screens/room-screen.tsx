import { useEffect, useState } from 'preact/hooks';
import { codeOf } from '../api/problem.js';
import { previewRoom, type RoomPreview } from '../api/rest.js';
import { goTo } from '../state/route.js';
import { session } from '../state/session.js';
import { Failure, Waiting } from './failure.js';
import { RoomSignIn } from './room-sign-in.js';
import { Visit } from './visit.js';

/** The screen behind a room's link: reads the room's preview, signs the user in, then starts the visit. */
export const RoomScreen = ({ id, invite }: { id: string; invite?: string | undefined }) => {
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
      <Failure code={problem} onNext={(next) => (next === 'rooms' ? goTo('#/') : setAttempt((count) => count + 1))} />
    );
  }
  if (!room) return <Waiting text="Loading the room…" />;
  const now = session.value;
  if (now.status === 'starting') return <Waiting text="One moment…" />;
  const fits = now.status === 'in' && (now.guestOf === undefined || now.guestOf === room.id);
  if (!fits) return <RoomSignIn room={room} why={now.status === 'out' ? now.why : undefined} />;
  return <Visit room={room} user={now.user} guest={now.guestOf !== undefined} invite={invite} />;
};
