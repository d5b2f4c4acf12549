import { useEffect, useRef } from 'preact/hooks';

type SinkElement = HTMLVideoElement & { setSinkId?: (id: string) => Promise<void> };

/** Plays a stream. `onBlocked` is called when the browser requires a click before it plays sound. */
export const Video = (props: {
  stream: MediaStream | undefined;
  muted: boolean;
  hidden?: boolean;
  speaker?: string | undefined;
  label: string;
  onBlocked?: (play: () => Promise<void>) => void;
  /** Called with the aspect ratio (width over height), first and on each change, as when a phone is rotated. */
  onShape?: (shape: number) => void;
}) => {
  const { stream, speaker, onBlocked } = props;
  const ref = useRef<SinkElement>(null);
  useEffect(() => {
    const video = ref.current;
    if (!video) return;
    video.srcObject = stream ?? null;
    if (!stream) return;
    const play = () => video.play();
    play().catch((error: DOMException) => {
      if (error.name === 'NotAllowedError') onBlocked?.(play);
    });
    return () => {
      video.srcObject = null;
    };
  }, [stream, onBlocked]);
  useEffect(() => {
    if (!props.muted && speaker !== undefined) void ref.current?.setSinkId?.(speaker).catch(() => undefined);
  }, [speaker, props.muted]);
  const tellShape = ({ currentTarget: { videoWidth, videoHeight } }: { currentTarget: HTMLVideoElement }) => {
    if (videoWidth > 0 && videoHeight > 0) props.onShape?.(videoWidth / videoHeight);
  };
  return (
    <video
      ref={ref}
      class={props.hidden ? 'hidden' : ''}
      aria-label={props.label}
      playsInline
      autoPlay
      muted={props.muted}
      onLoadedMetadata={tellShape}
      onResize={tellShape}
      disablePictureInPicture={props.hidden ?? false}
    />
  );
};
