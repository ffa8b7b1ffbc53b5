import { describe, expect, it } from 'vitest';
import { SimulatedTime } from '../../src/devices/clock/simulated-time.ts';
import { ScanQueue } from '../../src/kiosk/scan-queue.ts';
import { KioskRig } from '../support/kiosk-rig.ts';

const A_TURN = 8;
const PAUSE_AT = 32;

function queueOf() {
  const time = new SimulatedTime(0);
  const handled: number[] = [];
  const asked: string[] = [];
  const flow = { pause: () => void asked.push('pause'), resume: () => void asked.push('resume') };
  const queue = new ScanQueue<number>(time, flow, (item) => void handled.push(item));
  const push = (count: number): void => {
    for (let item = 0; item < count; item += 1) queue.push(item);
  };
  return { time, handled, asked, queue, push };
}
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, item) => item);

describe('lines that come faster than they are judged', () => {
  it('are judged at once as long as they are few', () => {
    const { handled, push, queue } = queueOf();
    push(A_TURN);
    expect(handled).toEqual(upTo(A_TURN));
    expect(queue.length).toBe(0);
  });

  it('give timers and screens their turn after a few, and none is lost or overtaken', () => {
    const { time, handled, push } = queueOf();
    push(3 * A_TURN + 1);
    expect(handled).toEqual(upTo(A_TURN));
    time.advance(0);
    expect(handled).toEqual(upTo(3 * A_TURN + 1));
  });

  it('make the scanner wait when they pile up, and let it go on when all are judged', () => {
    const { time, asked, push, queue, handled } = queueOf();
    push(A_TURN + PAUSE_AT - 1);
    expect(queue.length).toBe(PAUSE_AT - 1);
    expect(asked).toEqual([]);
    queue.push(A_TURN + PAUSE_AT - 1);
    expect(asked).toEqual(['pause']);
    push(0);
    time.advance(0);
    expect(asked).toEqual(['pause', 'resume']);
    expect(handled).toEqual(upTo(A_TURN + PAUSE_AT));
    push(A_TURN + PAUSE_AT);
    expect(asked).toEqual(['pause', 'resume', 'pause']);
  });

  it('from a whole kiosk’s scanner are judged in order to the last, then the next person is admitted', async () => {
    const rig = await KioskRig.start();
    const burst = Array.from({ length: 200 }, (_, at) => `burst-${at}`);
    rig.scanner.write(Buffer.from(burst.map((line) => `${line}\r`).join('')));
    rig.time.advance(0);
    rig.time.advance(0);
    expect(rig.kiosk.state().door).toMatchObject({ scan: 200 });
    rig.scan(rig.issuer.pass('membership'));
    expect(rig.verdicts.at(-1)).toBe('admit: ok');
    expect(rig.verdicts).toHaveLength(201);
  });

  it('are judged by nobody once the kiosk stops: its journal is closed, and a reader that goes on keeps it from ending', async () => {
    const rig = await KioskRig.start();
    const burst = Array.from({ length: 200 }, (_, at) => `burst-${at}`);
    rig.scanner.write(Buffer.from(burst.map((line) => `${line}\r`).join('')));
    const judged = rig.verdicts.length;
    await rig.kiosk.stop();
    rig.time.advance(0);
    rig.time.advance(0);
    expect(rig.verdicts).toHaveLength(judged);
    expect(rig.kiosk.state().door).not.toMatchObject({ reason: 'journal-fault' });
  });
});
