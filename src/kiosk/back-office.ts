import { err, ok, type Result } from '../base/result.ts';
import { type Clock, formatInstant, parseInstant } from '../base/time.ts';
import { parseConsistency } from '../journal/consistency.ts';
import type { Note } from '../journal/entry.ts';
import { type Journal, JournalFault } from '../journal/journal.ts';
import type { LogKey } from '../journal/log-key.ts';
import { sha256 } from '../journal/native-crypto.ts';
import { formatVerifierKey, parseVerifierKey } from '../journal/signed-note.ts';
import { authenticate } from '../pass/authenticate.ts';
import { KINDS, type Pass } from '../pass/pass.ts';
import type { Trust } from '../pass/trust.ts';
import { decide } from '../policy/decide.ts';
import type { Policy } from '../policy/policy.ts';
import { trustAgeAt } from '../policy/trust-age.ts';
import { NO_REGISTER, type Register } from '../register/register.ts';
import type { Settings } from '../settings/schema.ts';
import { STICKER_ORIGINS } from '../sticker/token.ts';
import { adoptRevocations } from './adopt-revocations.ts';
import type { Attendance } from './attendance.ts';
import { type ClockSetParts, setClock } from './clock-set.ts';
import { countersign } from './countersign.ts';
import type { Log } from './log.ts';
import { MAX_COUNT_OUT, type OfficeAnswer, type OfficeRequest } from './office-request.ts';
import { checkNewPin, storePin } from './owner-pin.ts';
import { changeSettings } from './settings-changes.ts';
import type { SettingsStore } from './settings-store.ts';
import type { SlipDesk } from './slip-desk.ts';
import type { StickerDesk } from './sticker-desk.ts';
import type { Stores } from './stores.ts';
import { importTrust } from './trust-imports.ts';

type CountNote = Extract<Note, { type: 'counted-out' | 'counted-reset' }>;

export interface BackOfficeParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly desk: StickerDesk;
  readonly trust: () => Trust;
  readonly importTrust: Stores['importTrust'];
  readonly revocations: Stores['revocations'];
  readonly logKey: LogKey;
  readonly policy: () => Policy;
  readonly settings: () => Settings;
  readonly settingsStore: SettingsStore;
  readonly clockSetting: ClockSetParts;
  readonly attendance: Attendance;
  readonly register: Register | null;
  readonly slips: Pick<SlipDesk, 'print'>;
  /** The folder of other kiosks' checkpoints. */
  readonly witnessed: string;
  readonly log: Log;
  /** Where the owner's PIN is stored. */
  readonly pinPath: string;
  /** Another PIN than before is the owner's. */
  readonly pinWasSet: () => void;
  /** Tells the screens what was changed here. */
  readonly changed: () => void;
}

/** What changes a kiosk from the shell, through the control socket or on a folder that no kiosk holds. */
export class BackOffice {
  readonly #parts: BackOfficeParts;

  constructor(parts: BackOfficeParts) {
    this.#parts = parts;
  }

  /** Carries out one request; a refusal is one sentence and has changed nothing. */
  async carryOut(request: OfficeRequest): Promise<Result<OfficeAnswer, string>> {
    try {
      switch (request.command) {
        case 'sticker-issue':
          return await this.#issueSticker(request);
        case 'sticker-revoke':
          return this.#revokeSticker(request.id);
        case 'journal-checkpoint':
          return this.#checkpoint(request);
        case 'journal-cosign':
          return this.#cosign(request.proof, request.key);
        case 'journal-witness':
          return this.#adopt(request.note, request.key);
        case 'journal-forget':
          return this.#forget(request.log);
        case 'journal-slip':
          return await this.#parts.slips.print(request.day ?? null);
        case 'owner-pin-set':
          return await this.#setPin(request.pin);
        case 'trust-import':
        case 'trust-list-import':
          return await importTrust(request, this.#parts);
        case 'revocations-adopt':
          return adoptRevocations(this.#parts, request.sha256);
        case 'settings-set':
        case 'settings-restore':
        case 'policy-import':
          return changeSettings(request, this.#parts);
        case 'clock-set':
          return setClock(request.to, this.#parts.clockSetting, this.#parts.journal);
        case 'register-add':
          return await this.#register(request.phone, request.district);
        case 'register-export':
          return this.#exportRegister(request);
        case 'count-out':
          return this.#count({ type: 'counted-out', count: request.count });
        case 'count-reset':
          return this.#count({ type: 'counted-reset' });
      }
    } catch (thrown) {
      if (!(thrown instanceof JournalFault)) throw thrown;
      return err(`the journal cannot be written (${thrown.message}): free some space, then try again`);
    }
  }

  async #issueSticker(
    request: Extract<OfficeRequest, { command: 'sticker-issue' }>,
  ): Promise<Result<OfficeAnswer, string>> {
    const found = request.pass === undefined ? ok(null) : this.#passFor(request.pass);
    if (!found.ok) return found;
    const pass = found.value;
    const kind = pass?.kind ?? KINDS.find((known) => known === request.kind);
    if (kind === undefined) return err(`kind must be one of ${KINDS.join(', ')}`);
    const via = STICKER_ORIGINS.find((known) => known === (request.via ?? (pass === null ? 'paper' : 'pass')));
    if (via === undefined) return err(`via must be one of ${STICKER_ORIGINS.join(', ')}`);
    const until = request.until === undefined ? ok(null) : parseInstant(request.until);
    if (!until.ok) return until;
    const issued = await this.#parts.desk.issue({
      pass,
      of: null,
      kind,
      via,
      untilMs: until.value,
      print: request.print === true,
    });
    if (!issued.ok) return issued;
    const { id, token, untilMs, face, printFault } = issued.value;
    return ok({
      id,
      token,
      validUntil: formatInstant(untilMs),
      venue: face.venue,
      face: JSON.stringify(face),
      printFault,
    });
  }

  /** A sticker stands for a pass only if the door would open for that pass now. */
  #passFor(base64: string): Result<Pass, string> {
    const { trust, clock, policy, settings, journal } = this.#parts;
    const now = clock.wall();
    const outcome = authenticate({ line: Buffer.from(base64, 'base64'), parts: 1 }, trust(), now);
    if (!outcome.ok) return err(`the pass is not accepted: ${outcome.error.reason} (${outcome.error.detail})`);
    if (outcome.value.format === 'sticker') return err('this is a sticker already: it needs no other');
    const { zone, venueKind } = settings();
    const around = { now, zone, venueKind, trustAge: trustAgeAt(trust().list, now.atMs) };
    const history = this.#parts.attendance.historyOf(outcome.value, journal.historyOf(outcome.value));
    const decision = decide(outcome.value, policy(), history, around);
    if (decision.verdict === 'admit') return ok(outcome.value);
    return err(
      `the pass is genuine but not enough here: ${decision.reason}${decision.rule === null ? '' : ` (${decision.rule})`}`,
    );
  }

  #revokeSticker(id: string): Result<OfficeAnswer, string> {
    if (this.#parts.journal.revokeSticker(id)) return ok({ id });
    return err(`no valid sticker '${id}' was issued here; see 'munjigi journal tail' for the ids`);
  }

  #count(note: CountNote): Result<OfficeAnswer, string> {
    const { attendance, journal, changed } = this.#parts;
    if (attendance.inside() === null)
      return err('nobody counts at this door: set occupancyLimit in settings.json first');
    if (note.type === 'counted-out' && (note.count < 1 || note.count > MAX_COUNT_OUT)) {
      return err(`count out 1 to ${MAX_COUNT_OUT} people, not ${note.count}`);
    }
    journal.record(note);
    changed();
    return ok({ inside: journal.occupancy().inside });
  }

  async #register(phone: string, district: string): Promise<Result<OfficeAnswer, string>> {
    const added = (await this.#parts.register?.add(phone, district)) ?? err(NO_REGISTER);
    return added.ok ? ok({ ...added.value }) : added;
  }

  /** Also where the register has been switched off meanwhile: the authority may still ask for what is left. */
  #exportRegister(request: Extract<OfficeRequest, { command: 'register-export' }>): Result<OfficeAnswer, string> {
    const { fromMs, toMs, visits, sha256 } = request;
    return ok({ seq: this.#parts.journal.record({ type: 'register-exported', fromMs, toMs, visits, sha256 }) });
  }

  #checkpoint(request: Extract<OfficeRequest, { command: 'journal-checkpoint' }>): Result<OfficeAnswer, string> {
    const { exportFrom: from, damaged } = request;
    const { journal, logKey, register } = this.#parts;
    if (from !== undefined) {
      journal.record({ type: 'log-exported', from, ...(damaged === undefined ? {} : { damaged }) });
    }
    return ok({ note: journal.checkpoint(logKey, register?.checkpointLines()), key: logKey.verifierText });
  }

  #cosign(text: string, keyText: string): Result<OfficeAnswer, string> {
    const { logKey, witnessed } = this.#parts;
    const proof = parseConsistency(text);
    if (!proof.ok) return proof;
    const log = parseVerifierKey(sha256, keyText);
    if (!log.ok) return log;
    const signed = countersign({ key: log.value, proof: proof.value }, logKey, { ...this.#parts, folder: witnessed });
    if (!signed.ok) return err(signed.error.sentence);
    return ok({ note: signed.value.note, key: formatVerifierKey(logKey.cosigner) });
  }

  async #setPin(pin: string): Promise<Result<OfficeAnswer, string>> {
    const checked = checkNewPin(pin);
    if (!checked.ok) return checked;
    // The log may tell of one that the disk then refused, but no PIN is new without it.
    this.#parts.journal.record({ type: 'owner-pin-set' });
    const stored = await storePin(this.#parts.pinPath, checked.value);
    if (!stored.ok) return stored;
    this.#parts.pinWasSet();
    return ok({});
  }

  #adopt(note: string, keyText: string): Result<OfficeAnswer, string> {
    const { journal, logKey, clock } = this.#parts;
    const witness = parseVerifierKey(sha256, keyText);
    if (!witness.ok) return witness;
    const adopted = journal.witness((book) => book.adopt(note, witness.value, logKey, clock.wall()));
    return adopted.ok ? ok({ ...adopted.value }) : err(adopted.error.sentence);
  }

  #forget(log: string): Result<OfficeAnswer, string> {
    if (this.#parts.journal.witness((book) => book.forget(log))) return ok({ log });
    return err(`this kiosk has met no log named '${log}': 'munjigi journal known' lists those that it has met`);
  }
}
