import type { DeviceStatus } from '../base/device.ts';
import { err, type Result } from '../base/result.ts';
import { ALL_OFF, type Levels } from '../base/signal.ts';
import { type Clock, SECOND_MS } from '../base/time.ts';
import type { Timers } from '../base/timers.ts';
import type { Printer } from '../devices/printer/printer.ts';
import type { Scanner, ScannerEvent } from '../devices/scanner/scanner.ts';
import type { Signal } from '../devices/signal/signal.ts';
import type { Supervisor } from '../devices/supervisor/supervisor.ts';
import type { Commands } from '../door/commands.ts';
import type { DoorEvent, TimerName } from '../door/event.ts';
import type { PublicState } from '../door/public-state.ts';
import { reduce } from '../door/reduce.ts';
import { CLOSED_DOOR, type Door } from '../door/state.ts';
import type { DeviceName } from '../journal/entry.ts';
import type { Journal } from '../journal/journal.ts';
import type { Trust } from '../pass/trust.ts';
import type { Policy } from '../policy/policy.ts';
import type { ReasonCode } from '../policy/reasons.ts';
import { NO_REGISTER, type Receipt, type Register } from '../register/register.ts';
import type { Settings } from '../settings/schema.ts';
import { Attendance } from './attendance.ts';
import type { ClockMemoryFile } from './clock-memory.ts';
import { ClockWatch } from './clock-watch.ts';
import { ailmentOf, statusLine, type Vitals } from './health.ts';
import { HealthMinute } from './health-minute.ts';
import { Inbox } from './inbox.ts';
import type { Log } from './log.ts';
import type { LogKeeper } from './log-keeper.ts';
import { performers } from './perform.ts';
import { Records } from './records.ts';
import { reportOf } from './report.ts';
import { Retention } from './retention.ts';
import { ScanQueue } from './scan-queue.ts';
import type { StickerDesk } from './sticker-desk.ts';
import { NamedTimers } from './timers.ts';

const HOUSEKEEPING_MS = 10 * SECOND_MS;

export interface KioskParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly scanner: Scanner;
  readonly signal: Signal;
  /** Null where no printer is configured. */
  readonly printer: Printer | null;
  readonly journal: Journal;
  readonly desk: StickerDesk;
  readonly keeper: LogKeeper;
  /** Null where no visitor register is kept. */
  readonly register: Register | null;
  readonly supervisor: Supervisor;
  /** What is known of the clock over restarts; left out where it is kept nowhere. */
  readonly clockMemory?: ClockMemoryFile;
  /** Free bytes on the disk of the journal; null where nobody can say. */
  readonly freeBytes: () => number | null;
  readonly trust: () => Trust;
  readonly policy: () => Policy;
  readonly settings: () => Settings;
  readonly log: Log;
}

/** What codes of two people's cards look like when they are joined. */
const UNJOINABLE: ReadonlySet<ReasonCode> = new Set(['malformed', 'bad-signature']);

interface Sighting {
  readonly line: Buffer | null;
  readonly atMs: number;
}

const ABSENT: DeviceStatus = { state: 'absent', detail: '' };

/**
 * The loop: takes an event, reduces, performs.
 *
 * INVARIANTS
 * - From a scanned line to its signal everything is synchronous: no await, no callback, no other event between them.
 * - The journal has committed a verdict before `signal.show` is called for it.
 * - Nothing here waits for the printer, the screen or the supervisor.
 */
export class Kiosk implements Commands {
  readonly #parts: KioskParts;
  readonly #inbox = new Inbox();
  readonly #queue: ScanQueue<Sighting>;
  readonly #doorTimers: NamedTimers<TimerName>;
  readonly #upkeep: NamedTimers<'housekeeping' | 'alive'>;
  readonly #perform: ReturnType<typeof performers>;
  readonly #listeners = new Set<(state: PublicState) => void>();
  readonly #statuses: Record<DeviceName, DeviceStatus>;
  #door: Door = CLOSED_DOOR;
  #levels: Levels = ALL_OFF;
  readonly #records: Records;
  #lastLineMs: number;
  readonly #clockWatch: ClockWatch;
  readonly #healthMinute: HealthMinute;
  readonly attendance: Attendance;
  readonly #retention: Retention;
  #heardAll: () => void = () => {};
  /** Resolves when scanner and signal have both reported for the first time. */
  readonly heardFromAll = new Promise<void>((resolve) => {
    this.#heardAll = resolve;
  });

  constructor(parts: KioskParts) {
    this.#parts = parts;
    const { clock, timers } = parts;
    this.#lastLineMs = clock.monotonicMs();
    this.#records = new Records(parts.journal, parts.log);
    this.#clockWatch = new ClockWatch(clock, () => parts.journal.lastTrustedMs(), parts.clockMemory ?? null);
    this.#retention = new Retention({ ...parts, deletesByMs: () => this.#clockWatch.deletesByMs() });
    this.#healthMinute = new HealthMinute(parts);
    this.attendance = new Attendance(parts);
    this.#doorTimers = new NamedTimers(timers);
    this.#upkeep = new NamedTimers(timers);
    this.#queue = new ScanQueue(timers, parts.scanner, (sighting) => this.#take(sighting));
    const starting: DeviceStatus = { state: 'lost', detail: 'starting' };
    this.#statuses = {
      scanner: starting,
      signal: starting,
      printer: parts.printer === null ? ABSENT : starting,
      voice: ABSENT,
    };
    this.#perform = performers({
      ...parts,
      timers: this.#doorTimers,
      attendance: this.attendance,
      clockWatch: this.#clockWatch,
      makeSticker: (pass, of) => parts.desk.makeFor(pass, of),
      dispatch: (event) => this.dispatch(event),
      journalFaulted: (fault) => this.#records.lost(fault),
    });
  }

  start(): void {
    const { scanner, signal, printer } = this.#parts;
    signal.start((event) => {
      if (event.kind === 'status') {
        this.#heard('signal', event.status);
      } else {
        this.#levels = event.levels;
        this.#publish();
      }
    });
    printer?.start((status) => this.#heard('printer', status));
    scanner.start((event) => this.#scannerSaid(event));
    this.#housekeeping();
    void this.heardFromAll.then(() => this.#alive());
  }

  /** Safe levels first, then the last entry; resolves when the devices are closed. */
  async stop(): Promise<void> {
    const { scanner, signal, printer, journal, keeper, register, supervisor } = this.#parts;
    supervisor.stopping();
    this.#queue.stop();
    this.#doorTimers.stopAll();
    this.#upkeep.stopAll();
    await Promise.all([scanner.stop(), signal.stop(), printer?.stop()]);
    this.#settle();
    register?.close();
    this.#records.note({ type: 'stop' });
    this.#records.guarded(() => keeper.close());
    journal.close();
  }

  state(): PublicState {
    const { journal, clock, trust, register } = this.#parts;
    const inside = this.attendance.inside();
    const occupancy = inside === null ? null : { inside: inside.count, limit: inside.limit };
    const house = { occupancy, isClockLate: this.#clockWatch.isLate(), register: register?.status() ?? null };
    return reportOf(this.#door.phase, this.#levels, this.#statuses, journal, clock, trust().list, house);
  }

  async registerVisitor(phone: string, district: string): Promise<Result<Receipt, string>> {
    const { register } = this.#parts;
    return register === null ? err(NO_REGISTER) : register.add(phone, district);
  }

  /** The owner has set the clock by hand. */
  clockWasSet(): void {
    this.#clockWatch.wasSet();
    this.#parts.keeper.clockMoved();
    this.#publish();
  }

  /** Tells every screen: something was changed past the door. */
  refresh(): void {
    this.#publish();
  }

  subscribe(listener: (state: PublicState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes one event to its end: every effect, and every event that an effect answers with. */
  dispatch(event: DoorEvent): void {
    let next: DoorEvent | null = event;
    const answers: DoorEvent[] = [];
    while (next !== null) {
      const { door, effects } = reduce(this.#door, next);
      this.#door = door;
      for (const effect of effects) {
        const answer = this.#perform(effect);
        if (answer !== null) answers.push(answer);
      }
      next = answers.shift() ?? null;
    }
    const { phase } = this.#door;
    if (phase.kind === 'showing' && phase.shown.verdict === 'admit') this.#inbox.admitted(phase.shown.scan);
    if (event.kind === 'timer-fired') this.#settle();
    this.#publish();
  }

  #scannerSaid(event: ScannerEvent): void {
    if (event.kind === 'status') this.#heard('scanner', event.status);
    else this.#queue.push({ line: event.kind === 'line' ? event.line : null, atMs: this.#parts.clock.monotonicMs() });
  }

  #take({ line, atMs }: Sighting): void {
    this.#lastLineMs = this.#parts.clock.monotonicMs();
    // A code that no door could judge is not the one in view: held up until the door is back, it must then count.
    const { kind } = this.#door.phase;
    if (kind === 'starting' || kind === 'out-of-service') return;
    const arrival = this.#inbox.take(line, atMs);
    if (arrival === null) return;
    this.dispatch({ kind: 'scanned', ...arrival });
    this.#healthMinute.served();
    const { phase } = this.#door;
    const isJoined = arrival.presentation.kind === 'code' && arrival.presentation.presented.parts > 1;
    if (isJoined && line !== null && phase.kind === 'showing' && UNJOINABLE.has(phase.shown.reason)) {
      this.#inbox.startCardWith(line, atMs);
    }
  }

  #heard(device: DeviceName, status: DeviceStatus): void {
    const before = this.#statuses[device];
    this.#statuses[device] = status;
    if (before.state !== status.state) {
      this.#parts.log(`device-${status.state}`, { device, detail: status.detail });
      const type =
        status.state === 'ready' ? 'device-ready' : status.state === 'fault' ? 'device-fault' : 'device-lost';
      this.#records.note({ type, device });
    }
    if (device === 'scanner' || device === 'signal') {
      this.dispatch({ kind: 'part', part: device, up: status.state === 'ready' });
      if (this.#door.unheard.length === 0) this.#heardAll();
    } else {
      this.#publish();
    }
  }

  /** Between two people: what may wait until a verdict has been shown. */
  #settle(): void {
    this.#records.settle();
    this.#records.guarded(() => this.#parts.keeper.signIfDue());
  }

  #housekeeping(): void {
    const { journal, keeper } = this.#parts;
    for (const note of this.#clockWatch.look()) {
      this.#records.note(note);
      if (note.type === 'clock-step') keeper.clockMoved();
    }
    const health = this.#healthMinute.look(this.#statuses);
    // One that the disk did not take is missing in the log, and is told by that.
    if (health !== null) this.#records.guarded(() => journal.record(health));
    this.#records.look();
    // An unsure clock is a mark on the screen, though nothing happens at the door.
    this.#publish();
    this.#records.guarded(() => this.attendance.turnDay());
    this.#records.guarded(() => this.#retention.look());
    this.#records.guarded(() => keeper.look());
    this.#upkeep.start('housekeeping', HOUSEKEEPING_MS, () => this.#housekeeping());
  }

  #alive(): void {
    const { supervisor, clock } = this.#parts;
    if (supervisor.aliveEveryMs === null) return;
    const { scanner, signal } = this.#statuses;
    const vitals: Vitals = {
      waitingLines: this.#queue.length,
      sinceLastLineMs: clock.monotonicMs() - this.#lastLineMs,
      troubles: [scanner.detail, signal.detail, ...this.#records.troubles].filter((trouble) => trouble !== ''),
    };
    const ailment = ailmentOf(vitals);
    if (ailment === null) supervisor.alive(statusLine(vitals, this.#door.phase.kind));
    else supervisor.ailing(ailment);
    this.#upkeep.start('alive', supervisor.aliveEveryMs, () => this.#alive());
  }

  #publish(): void {
    if (this.#listeners.size === 0) return;
    const state = this.state();
    for (const listener of this.#listeners) listener(state);
  }
}
