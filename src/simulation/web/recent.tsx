import { useEffect, useState } from 'preact/hooks';
import type { PublicState } from '../../door/public-state.ts';
import type { ReasonCode, VerdictName } from '../../policy/reasons.ts';
import { REASON_LINES } from '../../screen/reason-phrases.ts';
import { type Language, TEXTS, VERDICTS } from './texts.ts';

const RECENT_LIMIT = 10;

interface RecentVerdict {
  readonly key: string;
  readonly verdict: VerdictName;
  readonly reason: ReasonCode;
  readonly at: string | null;
}

/** The verdicts that this page has seen, newest first. */
export function useRecent(state: PublicState | null): readonly RecentVerdict[] {
  const [recent, setRecent] = useState<readonly RecentVerdict[]>([]);
  useEffect(() => {
    if (state === null || state.door.state !== 'showing') return;
    const { scan, verdict, reason } = state.door;
    if (verdict === null || reason === null) return;
    const key = `${scan} ${verdict}`;
    setRecent((before) =>
      before[0]?.key === key
        ? before
        : [{ key, verdict, reason, at: state.journal.lastAt }, ...before].slice(0, RECENT_LIMIT),
    );
  }, [state]);
  return recent;
}

const clockTime = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});

export function Recent({
  recent,
  language,
}: {
  readonly recent: readonly RecentVerdict[];
  readonly language: Language;
}) {
  return (
    <section class="panel recent">
      <h2>{TEXTS.recent[language]}</h2>
      {recent.length === 0 ? (
        <p class="empty">{TEXTS.noRecent[language]}</p>
      ) : (
        <ol>
          {recent.map(({ key, verdict, reason, at }) => (
            <li key={key} class={verdict}>
              <p>
                <span class="expect">
                  <i class="shape" aria-hidden="true" />
                  {VERDICTS[verdict][language]}
                </span>
                {at === null ? null : <time dateTime={at}>{clockTime.format(Date.parse(at))}</time>}
              </p>
              <div title={reason}>{REASON_LINES[reason][language]}</div>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
