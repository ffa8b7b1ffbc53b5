import { describe, expect, it } from 'vitest';
import { decodeBase58, MAX_BASE58_LENGTH } from '../../src/base/base58.ts';

describe('base58', () => {
  // draft-msporny-base58, section "Test Vectors", and the same with zero bytes in front.
  it.each([
    ['2NEpo7TZRRrLZSi2U', Buffer.from('Hello World!')],
    [
      'USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z',
      Buffer.from('The quick brown fox jumps over the lazy dog.'),
    ],
    ['11233QC4', Buffer.from('0000287fb4cd', 'hex')],
    ['', Buffer.alloc(0)],
    ['1', Buffer.alloc(1)],
  ])('%s', (text, bytes) => {
    expect(decodeBase58(text)).toEqual(bytes);
  });

  it.each(['0', 'O', 'I', 'l', ' 2NEpo', '2NEpo7TZRRrLZSi2U\n', 'é'])('%j is not of the alphabet', (text) => {
    expect(decodeBase58(text)).toBeNull();
  });

  it('a text is read up to its limit', () => {
    expect(decodeBase58('1'.repeat(MAX_BASE58_LENGTH))).toHaveLength(MAX_BASE58_LENGTH);
    expect(decodeBase58('1'.repeat(MAX_BASE58_LENGTH + 1))).toBeNull();
  });
});
