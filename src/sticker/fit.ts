/** How wide a text is at a font size, both in pixels. */
export type Measure = (text: string, size: number) => number;

export interface FittedText {
  /** Font size in pixels. */
  readonly size: number;
  readonly lines: readonly string[];
}

export interface TextBox {
  readonly width: number;
  readonly largest: number;
  readonly smallest: number;
  /** Lines that are worth a smaller font; at the smallest size a text takes as many as it needs. */
  readonly lines: number;
}

interface Wrapped {
  readonly lines: readonly string[];
  /** A word was wider than the line and had to be broken. */
  readonly broken: boolean;
}

/**
 * The largest size at which a text fits its box, with whole words if any size allows that. Nothing is ever cut: what
 * does not fit at the smallest size takes more lines.
 */
export function fitText(text: string, box: TextBox, measure: Measure): FittedText {
  for (const mayBreak of [false, true]) {
    for (let size = box.largest; size >= box.smallest; size -= 1) {
      const wrapped = wrap(text, box.width, size, measure);
      if (wrapped.lines.length > box.lines || (wrapped.broken && !mayBreak)) continue;
      return { size, lines: balance(wrapped, text, box.width, size, measure) };
    }
  }
  const size = box.smallest;
  return { size, lines: balance(wrap(text, box.width, size, measure), text, box.width, size, measure) };
}

function wrap(text: string, width: number, size: number, measure: Measure): Wrapped {
  const lines: string[] = [];
  let broken = false;
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (measure(joined, size) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const character of word) {
      if (line !== '' && measure(line + character, size) > width) {
        lines.push(line);
        line = '';
        broken = true;
      }
      line += character;
    }
  }
  return { lines: line === '' ? lines : [...lines, line], broken };
}

/** As many lines, as even as they can be: a last line of one syllable looks like a fault. */
function balance(wrapped: Wrapped, text: string, width: number, size: number, measure: Measure): readonly string[] {
  let best = wrapped.lines;
  let [tooNarrow, enough] = [0, Math.ceil(width)];
  while (best.length > 1 && enough - tooNarrow > 1) {
    const middle = (tooNarrow + enough) >> 1;
    const trial = wrap(text, middle, size, measure);
    if (trial.lines.length <= best.length && (wrapped.broken || !trial.broken)) {
      best = trial.lines;
      enough = middle;
    } else {
      tooNarrow = middle;
    }
  }
  return best;
}
