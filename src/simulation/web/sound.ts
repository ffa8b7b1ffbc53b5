import { useEffect, useRef, useState } from 'preact/hooks';

/** The pitch of a small piezo buzzer, in hertz, and a loudness that does not startle. */
const PITCH_HZ = 2_050;
const LOUDNESS = 0.07;
/** Softens the edges of a tone: a step in loudness clicks. */
const EDGE_S = 0.006;

export interface Sound {
  readonly isOn: boolean;
  toggle(): void;
}

/** Sounds exactly while the buzzer line is on. A browser gives sound only after a press: hence the toggle. */
export function useBuzzer(isBuzzing: boolean): Sound {
  const [isOn, setOn] = useState(false);
  const loudness = useRef<GainNode | null>(null);

  useEffect(() => {
    const gain = loudness.current;
    gain?.gain.setTargetAtTime(isOn && isBuzzing ? LOUDNESS : 0, gain.context.currentTime, EDGE_S);
  }, [isOn, isBuzzing]);

  return {
    isOn,
    toggle() {
      if (loudness.current === null) {
        const context = new AudioContext();
        const tone = new OscillatorNode(context, { type: 'triangle', frequency: PITCH_HZ });
        const gain = new GainNode(context, { gain: 0 });
        tone.connect(gain).connect(context.destination);
        tone.start();
        loudness.current = gain;
      }
      setOn(!isOn);
    },
  };
}
