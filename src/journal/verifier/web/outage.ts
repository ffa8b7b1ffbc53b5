import type { Result } from '../../../base/result.ts';
import { checkOutage, type OutageFault } from '../../check-outage.ts';
import { readOutage, type SignedOutage } from '../../outage-file.ts';
import { outageBody } from '../../outage-page.ts';
import { FAULT_WORDS, VERDICT_WORDS } from '../../outage-words.ts';
import { parseVerifierKey } from '../../signed-note.ts';
import { withVerified } from '../answer.ts';
import { sha256 } from '../sha256.ts';
import { chooseVerifier } from './browser-ed25519.ts';

const verifier = chooseVerifier();
const byId = (id: string): HTMLElement => document.getElementById(id) ?? document.body;
const keyField = byId('key') as HTMLTextAreaElement;

function say(state: keyof typeof VERDICT_WORDS, ko = '', en = ''): void {
  const verdict = byId('verdict');
  verdict.className = state;
  verdict.replaceChildren(
    ...(['ko', 'en'] as const).map((lang) => {
      const line = document.createElement('p');
      line.lang = lang;
      line.textContent = `${VERDICT_WORDS[state][lang]} ${lang === 'ko' ? ko : en}`.trim();
      return line;
    }),
  );
}

const signed = readOutage(byId('signed').textContent ?? '');

async function check({ value }: { readonly value: SignedOutage }): Promise<void> {
  const key = parseVerifierKey(sha256, keyField.value);
  if (!key.ok) return say('not-verified', '공개 키가 아닙니다.', key.error);
  const verify = await verifier;
  const checked: Result<void, OutageFault> = await withVerified(
    { verify, pause: () => Promise.resolve() },
    (verifyNow) => checkOutage(sha256, verifyNow, value, [key.value]),
  );
  if (checked.ok) say('verified');
  else say('not-verified', FAULT_WORDS[checked.error].ko, FAULT_WORDS[checked.error].en);
}

/** Whatever the file holds, the page must not stay at its last sentence. */
function begin(started: Promise<void>): void {
  started.catch(() => say('not-verified', FAULT_WORDS.unreadable.ko, FAULT_WORDS.unreadable.en));
}

if (signed.ok) {
  // What stands here in print may have been changed by hand: what is read is made anew from what is signed.
  byId('certificate').innerHTML = outageBody(signed.value.certificate);
  say('unchecked');
  keyField.addEventListener('input', () => begin(check(signed)));
  byId('check').addEventListener('click', () => begin(check(signed)));
  byId('key-file').addEventListener('change', (event) => {
    const [file] = (event.target as HTMLInputElement).files ?? [];
    const keyText = file?.text() ?? Promise.resolve('');
    begin(
      keyText.then((text) => {
        keyField.value = text.trim();
        return check(signed);
      }),
    );
  });
} else {
  byId('certificate').textContent = '';
  say('not-verified', FAULT_WORDS[signed.error].ko, FAULT_WORDS[signed.error].en);
}
byId('print').addEventListener('click', () => print());
