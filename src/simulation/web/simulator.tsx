import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { PublicState } from '../../door/public-state.ts';
import type { WorldState } from '../world-state.ts';
import { holdUpPass, holdUpSticker } from './ask.ts';
import { AnythingPanel, FaultPanel, Health, StaffPanel, StickerPanel } from './panels.tsx';
import { Recent, useRecent } from './recent.tsx';
import { Scene } from './scene.tsx';
import { useBuzzer } from './sound.ts';
import { type Language, TEXTS } from './texts.ts';
import { useStream } from './use-stream.ts';
import { Wallet } from './wallet.tsx';

interface HeadingProps {
  readonly language: Language;
  readonly hasSound: boolean;
  choose(language: Language): void;
  toggleSound(): void;
}

function Heading({ language, hasSound, choose, toggleSound }: HeadingProps) {
  return (
    <header class="heading">
      <img src="/assets/icon.svg" alt="" width="40" height="40" />
      <div>
        <h1>
          문지기 <span>Munjigi</span> <em>{TEXTS.simulator[language]}</em>
        </h1>
        <p>{TEXTS.tagline[language]}</p>
      </div>
      <nav>
        <a href="/" target="_blank" rel="noreferrer">
          {TEXTS.fullScreen[language]}
        </a>
        <a href="/api/state" target="_blank" rel="noreferrer">
          {TEXTS.rawState[language]}
        </a>
        <button type="button" aria-pressed={hasSound} onClick={toggleSound}>
          {hasSound ? TEXTS.soundOff[language] : TEXTS.soundOn[language]}
        </button>
        <div class="languages">
          {(['ko', 'en'] as const).map((one) => (
            <button key={one} type="button" aria-pressed={one === language} lang={one} onClick={() => choose(one)}>
              {one === 'ko' ? '한국어' : 'English'}
            </button>
          ))}
        </div>
      </nav>
    </header>
  );
}

function Simulator() {
  const state = useStream<PublicState>('/api/events', 'state');
  const world = useStream<WorldState>('/simulation/events', 'world');
  const [language, setLanguage] = useState<Language>(navigator.language.startsWith('ko') ? 'ko' : 'en');
  const [offers, setOffers] = useState(0);
  const recent = useRecent(state);
  const sound = useBuzzer(state?.signal.buzzer ?? false);
  const offered = (): void => setOffers((count) => count + 1);

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  return (
    <>
      <Heading language={language} hasSound={sound.isOn} choose={setLanguage} toggleSound={sound.toggle} />
      <main class="layout">
        <div class="front">
          <Scene state={state} world={world} offers={offers} language={language} />
          {state === null ? (
            <p class="silent" role="status">
              {TEXTS.silent[language]}
            </p>
          ) : (
            <Health state={state} language={language} />
          )}
          <Recent recent={recent} language={language} />
        </div>
        <Wallet
          cards={world?.wallet ?? []}
          language={language}
          holdUp={(id) => {
            offered();
            void holdUpPass(id);
          }}
        />
        <div class="tools">
          <StaffPanel language={language} scan={state?.door.scan ?? null} occupancy={state?.occupancy ?? null} />
          <FaultPanel faults={world?.faults ?? null} language={language} />
          <AnythingPanel language={language} offered={offered} />
          <StickerPanel
            stickers={world?.stickers ?? []}
            language={language}
            holdUp={(id) => {
              offered();
              void holdUpSticker(id);
            }}
          />
        </div>
      </main>
    </>
  );
}

render(<Simulator />, document.body);
