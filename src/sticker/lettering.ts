import type { FontMetrics } from './font.ts';

/** A text as the font can draw it, and which of its characters it lacks. */
export interface Lettering {
  readonly text: string;
  readonly missing: readonly string[];
}

/** The geta mark: what Korean and Japanese printers set where a letter is not in the case. */
const MISSING_LETTER = '〓';
const PICTOGRAPH = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\p{Me})$/u;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Variation_Selector}]/gu;
const COMBINING = /\p{M}/gu;

/**
 * A text in characters that the font has: composed (NFC), on one line, without controls. A character that is not in
 * the font is drawn as its plain relative where it has one (NFKC, then without accents); a pictograph is left out;
 * any other becomes a geta mark. The last two are named in `missing`.
 */
export function letter(text: string, font: FontMetrics): Lettering {
  const missing = new Set<string>();
  let drawn = '';
  for (const character of text.replace(/\s+/gu, ' ').replace(INVISIBLE, '').normalize('NFC')) {
    const relative = [character, character.normalize('NFKC'), character.normalize('NFKD').replace(COMBINING, '')].find(
      (candidate) => candidate !== '' && [...candidate].every((part) => font.has(part.codePointAt(0) ?? 0)),
    );
    if (relative === undefined) missing.add(character);
    drawn += relative ?? (PICTOGRAPH.test(character) ? '' : MISSING_LETTER);
  }
  return { text: drawn.replace(/ +/gu, ' ').trim(), missing: [...missing] };
}
