import { ALL_OFF } from '../../base/signal.ts';
import type { PublicState } from '../../door/public-state.ts';
import { CodeMark } from '../../screen/web/shapes.tsx';
import type { WorldState } from '../world-state.ts';
import { type Language, TEXTS } from './texts.ts';

const LAMPS = [
  { line: 'red', shape: 'refuse', path: 'M18 3H42L57 18V42L42 57H18L3 42V18Z' },
  {
    line: 'amber',
    shape: 'assist',
    path: 'M16 4H44A12 12 0 0 1 56 16V44A12 12 0 0 1 44 56H16A12 12 0 0 1 4 44V16A12 12 0 0 1 16 4Z',
  },
  { line: 'green', shape: 'admit', path: 'M30 3A27 27 0 1 1 30 57A27 27 0 1 1 30 3Z' },
] as const;

const MARKS = {
  red: 'M21 21L39 39M39 21L21 39',
  amber: 'M30 17V34M30 42V43',
  green: 'M18 31L27 40L43 22',
} as const;

function Tower({ signal, language }: { readonly signal: PublicState['signal']; readonly language: Language }) {
  return (
    <div class="tower">
      {LAMPS.map(({ line, shape, path }) => (
        <svg key={line} class={`lamp ${shape}${signal[line] ? ' lit' : ''}`} viewBox="0 0 60 60" aria-hidden="true">
          <path class="lens" d={path} />
          <path class="mark" d={MARKS[line]} />
        </svg>
      ))}
      <div class={`buzzer${signal.buzzer ? ' sounding' : ''}`}>
        <i />
        <i />
        <b />
      </div>
      <small>{TEXTS.buzzer[language]}</small>
    </div>
  );
}

function Door({ isReleased, language }: { readonly isReleased: boolean; readonly language: Language }) {
  return (
    <div class={`door${isReleased ? ' released' : ''}`}>
      <div class="frame">
        <div class="inside">
          <i class="glow" />
        </div>
        <div class="leaf">
          <i class="window" />
          <i class="handle" />
        </div>
      </div>
      <p class="strike">
        <i aria-hidden="true" />
        {isReleased ? TEXTS.released[language] : TEXTS.locked[language]}
      </p>
    </div>
  );
}

function Slot({ world, isOutOfPaper }: { readonly world: WorldState | null; readonly isOutOfPaper: boolean }) {
  const newest = world?.stickers[0];
  return (
    <div class={`printer${isOutOfPaper ? ' empty' : ''}`}>
      <i class="slot" />
      {newest === undefined ? null : (
        <img key={newest.id} class="fresh" src={`/simulation/stickers/${newest.id}.png`} alt="" />
      )}
    </div>
  );
}

interface SceneProps {
  readonly state: PublicState | null;
  readonly world: WorldState | null;
  /** Rises with each presentation, so that the card flies again. */
  readonly offers: number;
  readonly language: Language;
}

/** The front of the door as a visitor stands before it. */
export function Scene({ state, world, offers, language }: SceneProps) {
  const signal = state?.signal ?? ALL_OFF;
  const isUnplugged = state?.devices.scanner.state !== 'ready';
  return (
    <section class="scene" aria-label={TEXTS.door[language]}>
      <Tower signal={signal} language={language} />
      <div class="kiosk">
        <div class="glass">
          <iframe title={TEXTS.screenTitle[language]} src={`/?lang=${language}`} />
        </div>
        <div class="chin">
          <div class={`eye${isUnplugged ? ' dark' : ''}`}>
            <i class="beam" />
            {offers === 0 ? null : (
              <svg key={offers} class="offer" viewBox="0 0 60 84" aria-hidden="true">
                <CodeMark x={11} y={21} size={38} />
              </svg>
            )}
          </div>
          <Slot world={world} isOutOfPaper={state?.devices.printer.state === 'fault'} />
        </div>
      </div>
      <Door isReleased={signal.relay} language={language} />
      <i class="floor" aria-hidden="true" />
    </section>
  );
}
