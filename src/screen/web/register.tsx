import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { SECOND_MS } from '../../base/time.ts';
import { realTimers } from '../../base/timers.ts';
import type { PublicState } from '../../door/public-state.ts';
import { districtOf, PROVINCES, type Province } from '../districts.ts';
import type { Locale } from '../locale.ts';
import { REGISTER_WORDS, sealedTo } from '../register-phrases.ts';
import { type Heard, listen } from './live.ts';
import { goHome, PageHeader, useLocale } from './page-header.tsx';
import { PATIENCE_MS, TypedNumber } from './typed-number.tsx';

const DONE_MS = 4 * SECOND_MS;
const MAX_DIGITS = 11;

type Words = keyof typeof REGISTER_WORDS;
type Trouble = Extract<Words, 'wrongNumber' | 'busy' | 'shut'>;

/** As people write it: 010-1234-5678, 02-123-4567. */
function spelt(digits: string): string {
  const area = digits.startsWith('02') ? 2 : 3;
  const tail = digits.startsWith('010') || digits.length > area + 7 ? 4 : 3;
  const parts = [digits.slice(0, area), digits.slice(area, area + tail), digits.slice(area + tail)];
  return parts.filter((part) => part !== '').join('-');
}

async function leave(phone: string, district: string): Promise<Trouble | null> {
  try {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch('/api/register', { method: 'POST', headers, body: JSON.stringify({ phone, district }) });
    if (answer.ok) return null;
    const { error } = (await answer.json()) as { readonly error: string };
    if (answer.status === 429) return 'busy';
    return error.startsWith('the telephone number') ? 'wrongNumber' : 'shut';
  } catch {
    return 'shut';
  }
}

function Choices({
  names,
  onChoice,
}: {
  readonly names: readonly string[];
  readonly onChoice: (index: number) => void;
}) {
  return (
    <div class="choices">
      {names.map((name, index) => (
        <button type="button" key={name} onClick={() => onChoice(index)}>
          {name}
        </button>
      ))}
    </div>
  );
}

function Steps({ locale, onDone }: { readonly locale: Locale; readonly onDone: () => void }) {
  const [phone, setPhone] = useState<string | null>(null);
  const [province, setProvince] = useState<Province | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  // While the number is typed, each key shows that somebody is there.
  useEffect(() => (phone === null ? undefined : realTimers.after(PATIENCE_MS, goHome)), [phone, province, trouble]);
  const send = (district: string): void => {
    void leave(spelt(phone ?? ''), district).then((found) => {
      if (found === null) return onDone();
      setTrouble(found);
      setProvince(null);
      if (found === 'wrongNumber') setPhone(null);
    });
  };
  return (
    <>
      {trouble !== null && (
        <p class="refusal" role="alert">
          {REGISTER_WORDS[trouble][locale]}
        </p>
      )}
      {phone === null ? (
        <TypedNumber
          asks={REGISTER_WORDS.askNumber[locale]}
          spelt={spelt}
          mostDigits={MAX_DIGITS}
          erase={REGISTER_WORDS.erase[locale]}
          done={REGISTER_WORDS.next[locale]}
          onDone={setPhone}
        />
      ) : province === null ? (
        <>
          <h2>{REGISTER_WORDS.askProvince[locale]}</h2>
          <Choices
            names={PROVINCES.map(({ name }) => name[locale])}
            onChoice={(index) => setProvince(PROVINCES[index] ?? null)}
          />
        </>
      ) : (
        <>
          <h2>{REGISTER_WORDS.askDistrict[locale]}</h2>
          <Choices
            names={province.districts}
            onChoice={(index) => send(districtOf(province, province.districts[index] ?? null))}
          />
          <button type="button" class="only" onClick={() => send(districtOf(province, null))}>
            {province.name[locale]}: {REGISTER_WORDS.onlyProvince[locale]}
          </button>
        </>
      )}
    </>
  );
}

function Register() {
  const [locale, setLocale] = useLocale();
  const [isDone, setDone] = useState(false);
  const [heard, setHeard] = useState<Heard<PublicState>>({ kind: 'silence', isLong: false });
  useEffect(() => listen<PublicState>(() => new EventSource('/api/events'), 'state', realTimers, setHeard), []);
  useEffect(() => (isDone ? realTimers.after(DONE_MS, goHome) : undefined), [isDone]);
  const state = heard.kind === 'silence' ? null : heard.value;
  // Somebody holds up a pass: the screen is theirs.
  const isWanted = state !== null && (state.door.state === 'checking' || state.door.state === 'showing');
  useEffect(() => {
    if (isWanted) goHome();
  }, [isWanted]);
  const register = state?.register ?? null;
  const isShut = state !== null && (register === null || register.authority === null);
  return (
    <main class="owner register" data-done={isDone}>
      <PageHeader
        title={REGISTER_WORDS.title[locale]}
        locale={locale}
        onLocale={setLocale}
        leave={REGISTER_WORDS.leave[locale]}
        onLeave={goHome}
      />
      {register?.authority != null && (
        <p class="sealed">
          {sealedTo(register.authority)[locale]}
          <br />
          <small>{register.fingerprint}</small>
        </p>
      )}
      {isShut ? (
        <p class="refusal" role="alert">
          {REGISTER_WORDS.shut[locale]}
        </p>
      ) : isDone ? (
        <p class="done" role="status">
          ✓ {REGISTER_WORDS.done[locale]}
        </p>
      ) : (
        <Steps locale={locale} onDone={() => setDone(true)} />
      )}
    </main>
  );
}

render(<Register />, document.body);
