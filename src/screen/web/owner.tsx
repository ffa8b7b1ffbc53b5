import { Fragment, render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { SECOND_MS } from '../../base/time.ts';
import { realTimers } from '../../base/timers.ts';
import type { CodePicture, OwnerRefusal, OwnerView, ScannedCheckpoint } from '../../door/commands.ts';
import type { Locale } from '../locale.ts';
import { factsOf, isGoodScan, OWNER_WORDS, REFUSAL_WORDS, scannedPhrase } from '../owner-phrases.ts';
import { Pad } from './number-pad.tsx';
import { goHome, PageHeader, useLocale } from './page-header.tsx';
import { TypedNumber } from './typed-number.tsx';

const LOOK_EVERY_MS = SECOND_MS;
const QUIET_MODULES = 4;
const MAX_DIGITS = 12;
/** A code with a long proof fills the screen: its modules would be too small beside words. */
const MOST_COMFORTABLE_MODULES = 89;

type Asked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: OwnerRefusal };

async function ask<T>(action: string, body: object): Promise<Asked<T>> {
  try {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`/api/owner/${action}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (answer.ok) return { ok: true, value: (await answer.json()) as T };
    if (answer.status === 403) return { ok: false, error: (await answer.json()) as OwnerRefusal };
  } catch {
    // The kiosk is being started again: its sessions are over.
  }
  return { ok: false, error: { why: 'ended', waitS: null } };
}

function Code({ code, label }: { readonly code: CodePicture; readonly label: string }) {
  const width = code.modules + 2 * QUIET_MODULES;
  return (
    <svg
      class={code.modules > MOST_COMFORTABLE_MODULES ? 'code dense' : 'code'}
      role="img"
      aria-label={label}
      viewBox={`${-QUIET_MODULES} ${-QUIET_MODULES} ${width} ${width}`}
      shape-rendering="crispEdges"
    >
      <path d={code.path} />
    </svg>
  );
}

function Scanned({ scanned, locale }: { readonly scanned: ScannedCheckpoint; readonly locale: Locale }) {
  return (
    <section class={`scanned ${isGoodScan(scanned) ? 'good' : 'bad'}`} data-outcome={scanned.outcome} role="status">
      <h2>{scannedPhrase(scanned)[locale]}</h2>
      {scanned.other !== null && (
        <p>
          {scanned.other.name}
          <br />
          <strong>{scanned.other.words}</strong>
          <br />
          {OWNER_WORDS.compare[locale]}
        </p>
      )}
      {scanned.code !== null && (
        <>
          <p>{OWNER_WORDS.carryBack[locale]}</p>
          <Code code={scanned.code} label={OWNER_WORDS.carryBack[locale]} />
        </>
      )}
    </section>
  );
}

function Log({
  shown,
  locale,
  onSign,
  onSlip,
}: {
  readonly shown: OwnerView;
  readonly locale: Locale;
  readonly onSign: (since: number) => void;
  readonly onSlip: (day: string) => void;
}) {
  const [since, setSince] = useState<string | null>(null);
  const [isTyping, setTyping] = useState(false);
  const wanted = Number(since ?? shown.since);
  const sign = (): void => {
    setTyping(false);
    onSign(wanted);
  };
  const type = (text: string): void => setSince(text.replace(/\D/g, '').slice(0, 15));
  useEffect(() => scrollTo(0, 0), [shown.scanned?.outcome, shown.scanned?.size]);
  return (
    <>
      {shown.scanned !== null && <Scanned scanned={shown.scanned} locale={locale} />}
      <h2>{OWNER_WORDS.photograph[locale]}</h2>
      {shown.code === null ? (
        <p class="refusal">{OWNER_WORDS.tooLong[locale]}</p>
      ) : (
        <Code code={shown.code} label={OWNER_WORDS.photograph[locale]} />
      )}
      <p>{OWNER_WORDS.why[locale]}</p>
      <dl>
        {factsOf(shown).map(([label, value]) => (
          <Fragment key={label.en}>
            <dt>{label[locale]}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
      {!shown.log.clockTrusted && <p class="refusal">{OWNER_WORDS.unsureClock[locale]}</p>}
      <p>{OWNER_WORDS.witness[locale]}</p>
      <div class="row">
        <label>
          {OWNER_WORDS.since[locale]}{' '}
          <input
            inputMode="numeric"
            value={since ?? String(shown.since)}
            onFocus={() => setTyping(true)}
            onInput={({ currentTarget }) => type(currentTarget.value)}
          />
        </label>
        <button type="button" class="renew" onClick={sign}>
          {OWNER_WORDS.renew[locale]}
        </button>
      </div>
      {isTyping && (
        <Pad
          erase={OWNER_WORDS.erase[locale]}
          done={OWNER_WORDS.enter[locale]}
          onDigit={(digit) => type((since ?? '') + digit)}
          onErase={() => type((since ?? String(shown.since)).slice(0, -1))}
          onDone={sign}
        />
      )}
      {shown.missedSlips.length > 0 && (
        <section>
          <h2>{OWNER_WORDS.missedSlips[locale]}</h2>
          {shown.missedSlips.map((day) => (
            <p key={day} class="row">
              {day}
              {shown.canPrint && (
                <button type="button" onClick={() => onSlip(day)}>
                  {OWNER_WORDS.print[locale]}
                </button>
              )}
            </p>
          ))}
        </section>
      )}
    </>
  );
}

function Owner() {
  const [locale, setLocale] = useLocale();
  const [token, setToken] = useState<string | null>(null);
  const [shown, setShown] = useState<OwnerView | null>(null);
  const [refused, setRefused] = useState<OwnerRefusal | null>(null);

  const take = (answer: Asked<OwnerView>): void => {
    if (answer.ok) setShown(answer.value);
    else if (answer.error.why === 'ended') goHome();
    setRefused(answer.ok ? null : answer.error);
  };
  useEffect(() => {
    if (token === null) return;
    let cancel = (): void => {};
    let isGone = false;
    const look = (): void => {
      cancel = realTimers.after(LOOK_EVERY_MS, () => {
        void ask<OwnerView>('look', { token }).then((answer) => {
          if (isGone) return;
          take(answer);
          look();
        });
      });
    };
    look();
    return () => {
      isGone = true;
      cancel();
    };
  }, [token]);

  const enter = (pin: string): void => {
    void ask<{ token: string; view: OwnerView }>('enter', { pin }).then((answer) => {
      setRefused(answer.ok ? null : answer.error);
      if (!answer.ok) return;
      setShown(answer.value.view);
      setToken(answer.value.token);
    });
  };
  const leave = (): void => {
    void (token === null ? Promise.resolve() : ask('leave', { token })).then(goHome);
  };
  return (
    <main class="owner" data-open={shown !== null}>
      <PageHeader
        title={OWNER_WORDS.title[locale]}
        locale={locale}
        onLocale={setLocale}
        leave={OWNER_WORDS.leave[locale]}
        onLeave={leave}
      />
      {refused !== null && (
        <p class="refusal" role="alert">
          {REFUSAL_WORDS[refused.why][locale]}
          {refused.waitS !== null && ` (${refused.waitS} s)`}
        </p>
      )}
      {shown === null || token === null ? (
        <TypedNumber
          asks={OWNER_WORDS.askPin[locale]}
          spelt={(digits) => '●'.repeat(digits.length)}
          mostDigits={MAX_DIGITS}
          erase={OWNER_WORDS.erase[locale]}
          done={OWNER_WORDS.enter[locale]}
          onDone={enter}
        />
      ) : (
        <Log
          shown={shown}
          locale={locale}
          onSign={(since) => void ask<OwnerView>('sign', { token, since }).then(take)}
          onSlip={(day) => void ask<OwnerView>('slip', { token, day }).then(take)}
        />
      )}
    </main>
  );
}

render(<Owner />, document.body);
