import { useEffect, useState } from 'preact/hooks';
import { isLocale, LOCALES, type Locale } from '../locale.ts';

const LANGUAGES: Readonly<Record<Locale, string>> = { ko: '한국어', en: 'English', ja: '日本語', zh: '中文' };

export const goHome = (): void => location.replace('/');

/** The language of a page beside the door's: `?lang=` first, then the one that was touched. */
export function useLocale(): readonly [Locale, (locale: Locale) => void] {
  const [locale, setLocale] = useState<Locale>(() => {
    const wanted = new URLSearchParams(location.search).get('lang') ?? '';
    return isLocale(wanted) ? wanted : 'ko';
  });
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  return [locale, setLocale];
}

/** What a page beside the door's begins with: its name, the languages, and the way back. */
export function PageHeader({
  title,
  locale,
  onLocale,
  leave,
  onLeave,
}: {
  readonly title: string;
  readonly locale: Locale;
  readonly onLocale: (locale: Locale) => void;
  readonly leave: string;
  readonly onLeave: () => void;
}) {
  return (
    <header>
      <h1>{title}</h1>
      <div class="row">
        {LOCALES.map((lang) => (
          <button type="button" key={lang} lang={lang} aria-pressed={lang === locale} onClick={() => onLocale(lang)}>
            {LANGUAGES[lang]}
          </button>
        ))}
      </div>
      <button type="button" class="leave" onClick={onLeave}>
        {leave}
      </button>
    </header>
  );
}
