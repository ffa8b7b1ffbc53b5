import { render } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { MINUTE_MS, SECOND_MS } from '../../base/time.ts';
import { realTimers } from '../../base/timers.ts';
import type { PublicState } from '../../door/public-state.ts';
import { districtOf, PROVINCES, type Province } from '../districts.ts';
import { isLocale, LOCALES, type Locale } from '../locale.ts';
import { REGISTER_WORDS, sealedTo } from '../register-phrases.ts';
import { type Heard, listen } from './live.ts';
import { Pad } from './number-pad.tsx';

/** Whoever walked away must not leave a number on the screen. */
const PATIENCE_MS = MINUTE_MS;
const DONE_MS = 4 * SECOND_MS;
const MAX_DIGITS = 11;
const LANGUAGES: Readonly<Record<Locale, string>> = { ko: '한국어', en: 'English', ja: '日本語', zh: '中文' };

type Words = keyof typeof REGISTER_WORDS;
type Trouble = Extract<Words, 'wrongNumber' | 'busy' | 'shut'>;

const goHome = (): void => location.replace('/');

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

function NumberPad({ locale, onNumber }: { readonly locale: Locale; readonly onNumber: (digits: string) => void }) {
  const [shown, setShown] = useState('');
  // Keys come faster than the page is drawn.
  const typed = useRef('');
  const change = (digits: string): void => {
    typed.current = digits.slice(0, MAX_DIGITS);
    setShown(typed.current);
  };
  const press = (digit: string): void => change(typed.current + digit);
  const erase = (): void => change(typed.current.slice(0, -1));
  const done = (): void => {
    if (typed.current !== '') onNumber(typed.current);
  };
  useLayoutEffect(() => {
    const onKey = ({ key }: KeyboardEvent): void => {
      if (/^\d$/.test(key)) press(key);
      else if (key === 'Backspace') erase();
      else if (key === 'Enter') done();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <h2>{REGISTER_WORDS.askNumber[locale]}</h2>
      <p class="typed" data-digits={shown.length}>
        {spelt(shown)}
      </p>
      <Pad
        erase={REGISTER_WORDS.erase[locale]}
        done={REGISTER_WORDS.next[locale]}
        onDigit={press}
        onErase={erase}
        onDone={done}
      />
    </>
  );
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
  useEffect(() => realTimers.after(PATIENCE_MS, goHome), [phone, province, trouble]);
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
        <NumberPad locale={locale} onNumber={setPhone} />
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

function Register({ first }: { readonly first: Locale }) {
  const [locale, setLocale] = useState(first);
  const [isDone, setDone] = useState(false);
  const [heard, setHeard] = useState<Heard<PublicState>>({ kind: 'silence', isLong: false });
  useEffect(() => listen<PublicState>(() => new EventSource('/api/events'), 'state', realTimers, setHeard), []);
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
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
      <header>
        <h1>{REGISTER_WORDS.title[locale]}</h1>
        <div class="row">
          {LOCALES.map((lang) => (
            <button type="button" key={lang} lang={lang} aria-pressed={lang === locale} onClick={() => setLocale(lang)}>
              {LANGUAGES[lang]}
            </button>
          ))}
        </div>
        <button type="button" class="leave" onClick={goHome}>
          {REGISTER_WORDS.leave[locale]}
        </button>
      </header>
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

const wanted = new URLSearchParams(location.search).get('lang') ?? '';
render(<Register first={isLocale(wanted) ? wanted : 'ko'} />, document.body);
