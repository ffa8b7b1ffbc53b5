import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { MINUTE_MS } from '../../base/time.ts';
import { realTimers } from '../../base/timers.ts';
import { Pad } from './number-pad.tsx';
import { goHome } from './page-header.tsx';

/** Whoever walked away, or touched the corner by accident, must not leave the visitors without their screen. */
export const PATIENCE_MS: number = MINUTE_MS;

/** A number that a person types, on the pad or on a keyboard; a minute without a key leads home. */
export function TypedNumber({
  asks,
  spelt,
  mostDigits,
  erase,
  done,
  onDone,
}: {
  readonly asks: string;
  /** How the digits are shown. */
  readonly spelt: (digits: string) => string;
  readonly mostDigits: number;
  readonly erase: string;
  readonly done: string;
  /** Takes the digits, at least one, and the pad is empty again. */
  readonly onDone: (digits: string) => void;
}) {
  const [shown, setShown] = useState('');
  // Keys come faster than the page is drawn.
  const typed = useRef('');
  const change = (digits: string): void => {
    typed.current = digits.slice(0, mostDigits);
    setShown(typed.current);
  };
  const press = (digit: string): void => change(typed.current + digit);
  const eraseOne = (): void => change(typed.current.slice(0, -1));
  const finish = (): void => {
    const digits = typed.current;
    change('');
    if (digits !== '') onDone(digits);
  };
  useEffect(() => realTimers.after(PATIENCE_MS, goHome), [shown]);
  useLayoutEffect(() => {
    const onKey = ({ key }: KeyboardEvent): void => {
      if (/^\d$/.test(key)) press(key);
      else if (key === 'Backspace') eraseOne();
      else if (key === 'Enter') finish();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <h2>{asks}</h2>
      <p class="typed" data-digits={shown.length}>
        {spelt(shown)}
      </p>
      <Pad erase={erase} done={done} onDigit={press} onErase={eraseOne} onDone={finish} />
    </>
  );
}
