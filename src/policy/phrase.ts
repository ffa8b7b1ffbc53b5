/** One text in the four languages of the screen. */
export interface Phrase4 {
  readonly ko: string;
  readonly en: string;
  readonly ja: string;
  readonly zh: string;
}

export type Locale = keyof Phrase4;
export const LOCALES: readonly Locale[] = ['ko', 'en', 'ja', 'zh'];

/** A phrase whose text in each language is made by one function. */
export function phrase(make: (locale: Locale) => string): Phrase4 {
  return { ko: make('ko'), en: make('en'), ja: make('ja'), zh: make('zh') };
}

/** Phrases one after the other, a space between them. */
export function joined(phrases: readonly Phrase4[]): Phrase4 {
  return phrase((locale) => phrases.map((each) => each[locale]).join(' '));
}
