import { describe, expect, it } from 'vitest';
import { authenticate, MAX_LINE_BYTES } from '../../src/pass/authenticate.ts';
import { trustOf } from '../../src/trust/key-ring.ts';
import { dccKey, makeDcc, NOW, presented, VACCINATION } from '../support/dcc.ts';

const trust = trustOf([dccKey()]);
const reasonOf = (line: string, parts = 1): string => {
  const result = authenticate(presented(line, parts), trust, NOW);
  return result.ok ? 'ok' : result.error.reason;
};

describe('authenticate', () => {
  it('a genuine pass is one', () => {
    expect(reasonOf(makeDcc())).toBe('ok');
  });

  it('8,192 bytes of one code are read, one more is too long', () => {
    expect(MAX_LINE_BYTES).toBe(8_192);
    const line = `HC1:${'0'.repeat(MAX_LINE_BYTES - 4)}`;
    expect(reasonOf(line)).toBe('malformed');
    expect(reasonOf(`${line}0`)).toBe('too-long');
  });

  it('a card that came in several codes may be as long as they were together', () => {
    const line = `HC1:${'0'.repeat(2 * MAX_LINE_BYTES - 4)}`;
    expect(reasonOf(line, 2)).toBe('malformed');
    expect(reasonOf(`${line}0`, 2)).toBe('too-long');
  });

  it('a code in another alphabet and an empty line are nobody\u2019s, and crash nothing', () => {
    expect(reasonOf('\u{ff}\u{fe}\0\0')).toBe('unsupported-format');
    expect(reasonOf('')).not.toBe('ok');
  });

  it('the first letters alone decide whose a code is: other prefixes are not tried as certificates', () => {
    const line = makeDcc();
    for (const other of [line.replace('HC1:', 'HC2:'), line.replace('HC1:', 'HL0:'), line.slice(4)]) {
      const result = authenticate(presented(other), trust, NOW);
      expect(result.ok).toBe(false);
      if (!result.ok) expect(result.error.finding.format).not.toBe('eu-dcc');
    }
  });

  it('a revoked pass is refused by its exact id, and the refusal carries no claims', () => {
    const revoking = (id: string) => trustOf([dccKey()], (pass) => pass.passId.equals(Buffer.from(id, 'utf8')));
    const revoked = authenticate(presented(makeDcc()), revoking(VACCINATION.ci), NOW);
    expect(revoked.ok ? 'ok' : revoked.error.reason).toBe('revoked');
    expect(JSON.stringify(revoked)).not.toContain('MUSTER');
    expect(revoked.ok ? [] : Object.keys(revoked.error.finding).sort()).toEqual([
      'format',
      'issuer',
      'kid',
      'kind',
      'validFromMs',
      'validUntilMs',
    ]);
    expect(authenticate(presented(makeDcc()), revoking(`${VACCINATION.ci}x`), NOW).ok).toBe(true);
  });
});
