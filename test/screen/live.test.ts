import { beforeEach, describe, expect, it } from 'vitest';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { BEAT_MS } from '../../src/screen/event-stream.ts';
import { type Heard, LONG_SILENCE_MS, listen, type Source } from '../../src/screen/web/live.ts';

interface PlayedSource extends Source {
  readyState: number;
  readonly isClosed: boolean;
  emit(event: string, data?: string): void;
}

function playedSource(): PlayedSource {
  const listeners = new Map<string, (message: { readonly data: string }) => void>();
  let isClosed = false;
  return {
    readyState: 0,
    get isClosed() {
      return isClosed;
    },
    addEventListener: (event, listener) => listeners.set(event, listener),
    close() {
      isClosed = true;
    },
    emit: (event, data = '') => listeners.get(event)?.({ data }),
  };
}

let time: SimulatedTime;
let opened: PlayedSource[];
let heard: Heard<string>[];
let stop: () => void;

const latest = (): PlayedSource => {
  const source = opened.at(-1);
  if (source === undefined) throw new Error('nothing was opened');
  return source;
};

beforeEach(() => {
  time = new SimulatedTime(0);
  opened = [];
  heard = [];
  stop = listen<string>(
    () => {
      const source = playedSource();
      opened.push(source);
      return source;
    },
    'state',
    time,
    (next) => heard.push(next),
  );
});

describe('a page that listens', () => {
  it('a green does not outlive the connection that brought it', () => {
    latest().emit('state', '"green"');
    latest().emit('error');
    expect(heard).toEqual([
      { kind: 'value', value: 'green' },
      { kind: 'silence', isLong: false },
    ]);
  });

  it('a green does not outlive a kiosk that hangs with its connection open', () => {
    latest().emit('state', '"green"');
    time.advance(LONG_SILENCE_MS - 1);
    expect(heard.at(-1)?.kind).toBe('value');
    time.advance(1);
    expect(heard.at(-1)).toEqual({ kind: 'silence', isLong: true });
  });

  it('two lost beats are not yet a dead kiosk', () => {
    expect(2 * BEAT_MS).toBeLessThan(LONG_SILENCE_MS);
    for (let beat = 0; beat < 5; beat += 1) {
      latest().emit('state', '"quiet"');
      time.advance(2 * BEAT_MS);
    }
    expect(heard.every(({ kind }) => kind === 'value')).toBe(true);
  });

  it('a kiosk that never starts is said after the same time', () => {
    time.advance(LONG_SILENCE_MS);
    expect(heard).toEqual([{ kind: 'silence', isLong: true }]);
  });

  it('comes back after the browser itself gave up', () => {
    latest().readyState = 2;
    latest().emit('error');
    time.advance(1_000);
    expect(opened).toHaveLength(2);
    latest().emit('state', '"back"');
    expect(heard.at(-1)).toEqual({ kind: 'value', value: 'back' });
  });

  it('leaves reconnecting to a browser that is at it', () => {
    latest().emit('error');
    time.advance(LONG_SILENCE_MS - 1);
    expect(opened).toHaveLength(1);
  });

  it('a connection that stays open and says nothing is opened anew, again and again, with one open at a time', () => {
    time.advance(3 * LONG_SILENCE_MS);
    expect(opened).toHaveLength(4);
    expect(opened.filter((source) => !source.isClosed)).toHaveLength(1);
  });

  it('stops for good', () => {
    stop();
    time.advance(10 * LONG_SILENCE_MS);
    expect(opened).toHaveLength(1);
    expect(latest().isClosed).toBe(true);
  });
});
