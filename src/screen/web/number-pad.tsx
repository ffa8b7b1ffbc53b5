import { useLayoutEffect, useRef } from 'preact/hooks';

/** Keys for a screen without a keyboard; they come into view by themselves. */
export function Pad({
  erase,
  done,
  onDigit,
  onErase,
  onDone,
}: {
  readonly erase: string;
  readonly done: string;
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
        {erase}
      </button>
      <button type="button" onClick={() => onDigit('0')}>
        0
      </button>
      <button type="button" class="word done" onClick={onDone}>
        {done}
      </button>
    </div>
  );
}
