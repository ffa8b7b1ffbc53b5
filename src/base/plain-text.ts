const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/** A text of at least one character in which every one stays on its line and shows where it stands. */
export const PLAIN_TEXT = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;

/** Text of unknown origin on one line: no line break, escape sequence or reversal of direction reaches a terminal. */
export function plainText(text: string): string {
  return text.replace(UNSAFE, ' ').trim();
}
