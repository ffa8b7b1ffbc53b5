import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { SECOND_MS } from '../../base/time.ts';
import { realTimers } from '../../base/timers.ts';
import type { PublicState } from '../../door/public-state.ts';
import { isLocale, type Locale, type Spoken } from '../locale.ts';
import { REGISTER_LINK } from '../register-phrases.ts';
import { type Mark, silentView, type View, view } from '../view.ts';
import { type Heard, listen } from './live.ts';
import { ShapePicture } from './shapes.tsx';
import { wallMs } from './wall-clock.ts';

/** The lamps of the door from top to bottom, drawn at the same places on the screen. */
const PLACES = ['refuse', 'assist', 'admit'] as const;

/** What a visitor decides by who cannot ask the staff. */
const IN_ALL: ReadonlySet<Mark['kind']> = new Set(['register']);
const OWNER_HOLD_MS = 2 * SECOND_MS;

function Languages({
  texts,
  from,
  to,
}: {
  readonly texts: readonly Spoken[];
  readonly from: number;
  readonly to: number;
}) {
  return (
    <>
      {texts.slice(from, to).map(({ lang, text }) => (
        <span key={lang} lang={lang}>
          {text}
        </span>
      ))}
    </>
  );
}

function Place({ condition }: { readonly condition: View['condition'] }) {
  return (
    <div class="places" aria-hidden="true">
      {PLACES.map((place) => (
        <i key={place} class={`place ${place}${place === condition ? ' lit' : ''}`} />
      ))}
    </div>
  );
}

/** The owner's way in: a corner that is held down, and no button that a visitor would press. */
function OwnerCorner() {
  const [isHeld, setHeld] = useState(false);
  useEffect(() => (isHeld ? realTimers.after(OWNER_HOLD_MS, () => location.assign('/owner')) : undefined), [isHeld]);
  const release = (): void => setHeld(false);
  return (
    <i
      class="owner-corner"
      aria-hidden="true"
      onPointerDown={() => setHeld(true)}
      onPointerUp={release}
      onPointerLeave={release}
      onContextMenu={(event) => event.preventDefault()}
    />
  );
}

function Screen({ shown, scan }: { readonly shown: View; readonly scan: number | null }) {
  return (
    <main class={`screen ${shown.tone}`} data-condition={shown.condition}>
      <div class="figure-box" key={`${shown.condition} ${scan}`}>
        <ShapePicture shape={shown.shape} />
      </div>
      <div class="words">
        <div aria-live="assertive" aria-atomic="true">
          <h1 class="title">
            <Languages texts={shown.title} from={0} to={2} />
          </h1>
          <p class="line">
            <Languages texts={shown.line} from={0} to={2} />
          </p>
        </div>
        <p class="others">
          <Languages texts={shown.title} from={2} to={4} />
        </p>
      </div>
      <Place condition={shown.condition} />
      <OwnerCorner />
      <ul class="marks">
        {shown.marks.map((mark) => (
          <li key={mark.kind} class={`${mark.kind}${mark.urgent ? ' urgent' : ''}`}>
            <Languages texts={mark.text} from={0} to={IN_ALL.has(mark.kind) ? 4 : 2} />
          </li>
        ))}
        {shown.marks.some(({ kind }) => kind === 'register-key') && (
          <li class="sign">
            <a href={`/register?lang=${locale}`}>
              {REGISTER_LINK[locale]}
              {locale === 'en' ? null : <span lang="en">{REGISTER_LINK.en}</span>}
            </a>
          </li>
        )}
      </ul>
      <p class={`staff${shown.staff.length === 1 ? ' long' : ''}`}>
        <Languages texts={shown.staff} from={0} to={2} />
      </p>
    </main>
  );
}

function Page({ locale }: { readonly locale: Locale }) {
  const [heard, setHeard] = useState<Heard<PublicState>>({ kind: 'silence', isLong: false });
  useEffect(() => listen<PublicState>(() => new EventSource('/api/events'), 'state', realTimers, setHeard), []);
  return heard.kind === 'silence' ? (
    <Screen shown={silentView(heard.isLong, locale)} scan={null} />
  ) : (
    <Screen shown={view(heard.value, wallMs(), locale)} scan={heard.value.door.scan} />
  );
}

const wanted = new URLSearchParams(location.search).get('lang') ?? '';
const locale: Locale = isLocale(wanted) ? wanted : 'ko';
document.documentElement.lang = locale;
render(<Page locale={locale} />, document.body);
