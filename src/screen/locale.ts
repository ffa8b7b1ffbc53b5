export const LOCALES = ['ko', 'en', 'ja', 'zh'] as const;
export type Locale = (typeof LOCALES)[number];

/** One sentence in every language of the door. */
export type Phrase = Readonly<Record<Locale, string>>;

/** A sentence with the language it is in, for the `lang` attribute: a voice reads it wrongly without. */
export interface Spoken {
  readonly lang: Locale;
  readonly text: string;
}

/** The languages in the order they are shown: the chosen one, then Korean and English, then the others. */
export function inOrder(phrase: Phrase, first: Locale): readonly Spoken[] {
  const order = [first, ...LOCALES.filter((locale) => locale !== first)];
  return order.map((lang) => ({ lang, text: phrase[lang] }));
}

export function isLocale(text: string): text is Locale {
  return LOCALES.some((locale) => locale === text);
}
