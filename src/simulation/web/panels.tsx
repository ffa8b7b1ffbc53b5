import { useState } from 'preact/hooks';
import type { DeviceStatus } from '../../base/device.ts';
import type { PublicState } from '../../door/public-state.ts';
import { STAFF_REASONS, type StaffReason } from '../../policy/staff-reasons.ts';
import { FAULTS, STAFF_BUTTONS } from '../world.ts';
import type { WorldState } from '../world-state.ts';
import { holdUpText, leave, press, setFault } from './ask.ts';
import { BECAUSE, BUTTONS, CONDITIONS, FAULT_NAMES, type Language, TEXTS } from './texts.ts';

interface StaffPanelProps {
  readonly language: Language;
  readonly scan: number | null;
  readonly occupancy: PublicState['occupancy'];
}

const reasonOf = (text: string): StaffReason => STAFF_REASONS.find((known) => known === text) ?? 'not-said';

export function StaffPanel({ language, scan, occupancy }: StaffPanelProps) {
  const [because, choose] = useState<StaffReason>('not-said');
  return (
    <section class="panel">
      <h2>{TEXTS.staff[language]}</h2>
      <label class="because">
        {TEXTS.because[language]}{' '}
        <select value={because} onChange={(event) => choose(reasonOf(event.currentTarget.value))}>
          {STAFF_REASONS.map((reason) => (
            <option key={reason} value={reason}>
              {BECAUSE[reason][language]}
            </option>
          ))}
        </select>
      </label>
      <div class="buttons">
        {STAFF_BUTTONS.map((button) => (
          <button
            key={button}
            type="button"
            class={`staff-${button}`}
            onClick={() => void press(button, scan, because)}
          >
            {BUTTONS[button][language]}
          </button>
        ))}
        {occupancy === null ? null : (
          <button type="button" class="staff-leave" onClick={() => void leave()}>
            {TEXTS.oneLeaves[language]} ({occupancy.inside}/{occupancy.limit})
          </button>
        )}
      </div>
    </section>
  );
}

export function FaultPanel({
  faults,
  language,
}: {
  readonly faults: WorldState['faults'] | null;
  readonly language: Language;
}) {
  return (
    <section class="panel">
      <h2>{TEXTS.faults[language]}</h2>
      <div class="switches">
        {FAULTS.map((fault) => {
          const isOn = faults?.[fault] ?? false;
          return (
            <button
              key={fault}
              type="button"
              role="switch"
              aria-checked={isOn}
              data-fault={fault}
              onClick={() => void setFault(fault, !isOn)}
            >
              <i aria-hidden="true" />
              {FAULT_NAMES[fault][language]}
            </button>
          );
        })}
      </div>
    </section>
  );
}

export function AnythingPanel({ language, offered }: { readonly language: Language; offered(): void }) {
  const [text, setText] = useState('');
  return (
    <section class="panel">
      <h2>{TEXTS.anything[language]}</h2>
      <form
        class="anything"
        onSubmit={(event) => {
          event.preventDefault();
          if (text === '') return;
          offered();
          void holdUpText(text);
        }}
      >
        <input
          value={text}
          spellcheck={false}
          autocomplete="off"
          aria-label={TEXTS.anything[language]}
          placeholder={TEXTS.anythingHint[language]}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit">{TEXTS.holdUp[language]}</button>
      </form>
    </section>
  );
}

interface StickerPanelProps {
  readonly stickers: WorldState['stickers'];
  readonly language: Language;
  holdUp(id: string): void;
}

export function StickerPanel({ stickers, language, holdUp }: StickerPanelProps) {
  return (
    <section class="panel stickers">
      <h2>{TEXTS.stickers[language]}</h2>
      {stickers.length === 0 ? (
        <p class="empty">{TEXTS.noStickers[language]}</p>
      ) : (
        <ul>
          {stickers.map(({ id }) => (
            <li key={id}>
              <img src={`/simulation/stickers/${id}.png`} alt={id} />
              <button type="button" data-sticker={id} onClick={() => holdUp(id)}>
                {TEXTS.holdUp[language]}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The parts of the kiosk and what they rest on, one line. */
export function Health({ state, language }: { readonly state: PublicState; readonly language: Language }) {
  const devices: readonly (readonly [string, DeviceStatus])[] = [
    [TEXTS.reader[language], state.devices.scanner],
    [TEXTS.lamps[language], state.devices.signal],
    [TEXTS.printer[language], state.devices.printer],
    [TEXTS.voice[language], state.devices.voice],
  ];
  return (
    <ul class="health">
      {devices.map(([name, status]) => (
        <li key={name} class={status.state} title={status.detail}>
          {name} <b>{CONDITIONS[status.state][language]}</b>
        </li>
      ))}
      <li class={state.clock.trusted ? 'ready' : 'fault'}>
        {TEXTS.clock[language]} <b>{state.clock.trusted ? TEXTS.sure[language] : TEXTS.unsure[language]}</b>
      </li>
      <li>
        {TEXTS.journal[language]} <b>{state.journal.size}</b>
      </li>
      <li>
        {TEXTS.trust[language]} <b>v{state.trust.version}</b>
      </li>
    </ul>
  );
}
