interface PadProps {
  readonly erase: string;
  readonly done: string;
  readonly onDigit: (digit: string) => void;
  readonly onErase: () => void;
  readonly onDone: () => void;
}

/** Keys for a screen without a keyboard. */
export function Pad({ erase, done, onDigit, onErase, onDone }: PadProps) {
  return (
    <div class="pad">
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
