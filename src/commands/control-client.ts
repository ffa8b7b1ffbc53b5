import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { err, type Result } from '../base/result.ts';
import { realTimers } from '../base/timers.ts';
import { RELEASED_AT_MS } from '../base/version.ts';
import { HandSetClock } from '../devices/clock/hand-set-clock.ts';
import { systemClock } from '../devices/clock/system-clock.ts';
import { Attendance } from '../kiosk/attendance.ts';
import { BackOffice } from '../kiosk/back-office.ts';
import { restoreHandSetting } from '../kiosk/clock-set.ts';
import { dataFolderAt, readDataFolder } from '../kiosk/data-folder.ts';
import { stderrLog } from '../kiosk/log.ts';
import type { OfficeAnswer, OfficeRequest } from '../kiosk/office-request.ts';
import { StickerDesk } from '../kiosk/sticker-desk.ts';
import { openStores } from '../kiosk/stores.ts';
import { registerOf } from '../kiosk/visitor-register.ts';
import { clockSettingOf } from '../kiosk/wire-kiosk.ts';
import { bootId } from '../main.ts';
import { drawSticker } from '../sticker/draw.ts';
import { prepareFolder } from './prepare-folder.ts';

const ANSWER_WITHIN_MS = 60_000;
const UNANSWERED = "the kiosk stopped before it answered: look at 'munjigi journal tail' for what was done";

const NO_PRINTER = 'no kiosk is running on this folder, and the printer is its own: start it, or use --out FILE.png';

/** What prepares a kiosk before its first start. All else is about a kiosk that is there: without its folder, a wrong path. */
const PREPARING: ReadonlySet<OfficeRequest['command']> = new Set([
  'trust-import',
  'trust-list-import',
  'revocations-adopt',
  'settings-set',
  'policy-import',
  'owner-pin-set',
  'sticker-issue',
] as const);

/** Carries out a writing command: by the kiosk that holds the folder, else here, with the folder locked. */
export async function carryOut(dataPath: string, request: OfficeRequest): Promise<Result<OfficeAnswer, string>> {
  if (!existsSync(dataPath) && !PREPARING.has(request.command)) {
    const folder = readDataFolder(dataPath);
    if (!folder.ok) return folder;
  }
  const asked = await askKiosk(dataFolderAt(dataPath).controlSocket, request);
  return asked ?? carryOutHere(dataPath, request);
}

/** The kiosk's answer, or null where no kiosk listens. */
function askKiosk(path: string, request: OfficeRequest): Promise<Result<OfficeAnswer, string> | null> {
  if (!existsSync(path)) return Promise.resolve(null);
  return new Promise((resolve) => {
    const socket = createConnection(path);
    const received: Buffer[] = [];
    const cancel = realTimers.after(ANSWER_WITHIN_MS, () => {
      socket.destroy();
      resolve(err('the kiosk does not answer: look at its log, then try again'));
    });
    let isHeard = false;
    socket.on('connect', () => {
      isHeard = true;
      socket.write(`${JSON.stringify(request)}\n`);
    });
    socket.on('data', (bytes: Buffer) => received.push(bytes));
    socket.on('error', () => {
      cancel();
      // A socket file that nobody serves was left by a kiosk that was killed.
      resolve(isHeard ? err(UNANSWERED) : null);
    });
    socket.on('end', () => {
      cancel();
      const text = Buffer.concat(received).toString('utf8');
      if (text.endsWith('\n')) resolve(JSON.parse(text) as Result<OfficeAnswer, string>);
      else resolve(err(UNANSWERED));
    });
  });
}

async function carryOutHere(dataPath: string, request: OfficeRequest): Promise<Result<OfficeAnswer, string>> {
  prepareFolder(dataPath);
  const clock = new HandSetClock(systemClock({ floorMs: RELEASED_AT_MS }));
  const stores = await openStores(dataPath, clock, bootId(), null, 'command');
  if (!stores.ok) return stores;
  clock.machine.setFloor(stores.value.clockFloorMs());
  restoreHandSetting(clock, stores.value.folder, stores.value.bootId);
  const { settingsStore } = stores.value;
  const around = {
    clock,
    journal: stores.value.journal,
    trust: stores.value.trust,
    policy: () => settingsStore.policy(),
    settings: () => settingsStore.settings(),
    log: stderrLog,
  };
  try {
    const desk = new StickerDesk({ ...around, printer: null, key: stores.value.stickerKey, draw: drawSticker });
    const register = registerOf({ ...around, stores: stores.value, timers: realTimers });
    const office = new BackOffice({
      ...around,
      logKey: stores.value.logKey,
      desk,
      attendance: new Attendance(around),
      register,
      slips: { print: () => Promise.resolve(err(NO_PRINTER)) },
      witnessed: stores.value.folder.witnessed,
      pinPath: stores.value.folder.ownerPin,
      pinWasSet: () => {},
      changed: () => {},
      importTrust: stores.value.importTrust,
      revocations: stores.value.revocations,
      settingsStore,
      clockSetting: clockSettingOf(stores.value, clock, () => {}),
    });
    try {
      return await office.carryOut(request);
    } finally {
      register.close();
    }
  } finally {
    stores.value.close();
  }
}
