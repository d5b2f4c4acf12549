import { useEffect, useRef } from 'preact/hooks';

/** Loudness from 0 to 1, on a logarithmic scale that fits speech. */
const loudness = (samples: Float32Array): number => {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 20 * Math.log10(Math.sqrt(sum / samples.length) + 1e-6);
  return Math.min(1, Math.max(0, (decibels + 60) / 48));
};

/** The microphone's level as a bar, to check it before the call. */
export const MicMeter = ({ track }: { track: MediaStreamTrack | undefined }) => {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (!track || !element || typeof AudioContext === 'undefined') return;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const wake = () => void context.resume();
    addEventListener('pointerdown', wake);
    addEventListener('keydown', wake);
    let shown = 0;
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const level = loudness(samples);
      shown = level > shown ? level : shown * 0.85 + level * 0.15;
      element.style.setProperty('--level', shown.toFixed(3));
      element.setAttribute('aria-valuenow', String(Math.round(shown * 100)));
    }, 50);
    return () => {
      clearInterval(timer);
      removeEventListener('pointerdown', wake);
      removeEventListener('keydown', wake);
      element.style.removeProperty('--level');
      void context.close();
    };
  }, [track]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers do not let a <meter> be painted like this
    <div
      ref={ref}
      class="meter"
      role="meter"
      aria-label="Microphone level"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
      data-testid="mic-meter"
    >
      <span />
    </div>
  );
};
