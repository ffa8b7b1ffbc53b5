import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Locale } from '../locale.ts';
import { OWNER_WORDS } from '../owner-phrases.ts';

/** Keys for a screen without a keyboard; they come into view by themselves. */
export function Pad({
  locale,
  onDigit,
  onErase,
  onDone,
}: {
  readonly locale: Locale;
  readonly onDigit: (digit: string) => void;
  readonly onErase: () => void;
  readonly onDone: () => void;
}) {
  const pad = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => pad.current?.scrollIntoView({ block: 'nearest' }), []);
  return (
    <div class="pad" ref={pad}>
      {['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((digit) => (
        <button type="button" key={digit} onClick={() => onDigit(digit)}>
          {digit}
        </button>
      ))}
      <button type="button" class="word" onClick={onErase}>
        {OWNER_WORDS.erase[locale]}
      </button>
      <button type="button" onClick={() => onDigit('0')}>
        0
      </button>
      <button type="button" class="word" onClick={onDone}>
        {OWNER_WORDS.enter[locale]}
      </button>
    </div>
  );
}
