import { useRef, useState } from 'preact/hooks';
import type { WalletCard } from '../world-state.ts';
import { type Language, TEXTS, VERDICTS } from './texts.ts';

interface WalletProps {
  readonly cards: readonly WalletCard[];
  readonly language: Language;
  holdUp(id: string): void;
}

/** The demo passes: a card is held up with a press, its code is shown with the small button. */
export function Wallet({ cards, language, holdUp }: WalletProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [shown, setShown] = useState<WalletCard | null>(null);
  const show = (card: WalletCard): void => {
    setShown(card);
    dialog.current?.showModal();
  };
  return (
    <section class="panel wallet">
      <header>
        <h2>{TEXTS.wallet[language]}</h2>
        <small>{TEXTS.walletHint[language]}</small>
      </header>
      <ul class="cards">
        {cards.map((card) => (
          <li key={card.id} class={`card ${card.expect}`}>
            <button type="button" class="hold-up" data-pass={card.id} onClick={() => holdUp(card.id)}>
              <strong>{card.title[language]}</strong>
              <span class="note">{card.note[language]}</span>
              <span class="tags">
                <span class="expect">
                  <i class="shape" aria-hidden="true" />
                  {VERDICTS[card.expect][language]}
                </span>
                <code>{card.format}</code>
              </span>
            </button>
            <button
              type="button"
              class="peek"
              aria-label={`${TEXTS.showCode[language]}: ${card.title[language]}`}
              onClick={() => show(card)}
            >
              QR
            </button>
          </li>
        ))}
      </ul>
      <dialog ref={dialog} class="code-dialog" aria-label={shown?.title[language] ?? ''}>
        {shown === null ? null : (
          <>
            <h3>{shown.title[language]}</h3>
            <img src={`/simulation/wallet/${shown.id}.svg`} alt={TEXTS.showCode[language]} />
            <form method="dialog">
              <button type="button" onClick={() => holdUp(shown.id)}>
                {TEXTS.holdUp[language]}
              </button>
              <button type="button" class="plain" onClick={() => dialog.current?.close()}>
                {TEXTS.close[language]}
              </button>
            </form>
          </>
        )}
      </dialog>
    </section>
  );
}
