import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LengthGuard } from '../../../src/devices/scanner/length-guard.ts';

const LIMIT = 8;

test('however the bytes are cut into chunks, the lines are the same', () => {
  const wire = fc.array(fc.constantFrom('a', 'b', '\0', '\r', '\n', '\r\n', 'long-long'), { maxLength: 60 });
  fc.assert(
    fc.property(wire, fc.array(fc.nat(12), { minLength: 1, maxLength: 30 }), (parts, cuts) => {
      const bytes = Buffer.from(parts.join(''), 'latin1');
      // Oracle: the definition, on the whole text at once. The unfinished tail counts only once it is too long.
      const fields = bytes.toString('latin1').split(/[\r\n]/);
      const tail = fields.pop() ?? '';
      const expected = fields.filter((field) => field !== '').map((field) => (field.length > LIMIT ? '' : field));
      if (tail.length > LIMIT) expected.push('');

      const guard = new LengthGuard(LIMIT);
      let out = '';
      let from = 0;
      for (let turn = 0; from < bytes.length; turn += 1) {
        const to = from + (cuts[turn % cuts.length] ?? 0) + (turn >= cuts.length ? 1 : 0);
        out += guard.admit(bytes.subarray(from, to)).toString('latin1');
        from = Math.min(to, bytes.length);
      }
      expect(out).toBe(expected.map((line) => `${line}\n`).join(''));
    }),
  );
});

test('a flood without a terminator keeps nothing but the one bounded line', () => {
  const guard = new LengthGuard(LIMIT);
  let outBytes = 0;
  const block = Buffer.alloc(1024 * 1024, 'z');
  for (let megabytes = 0; megabytes < 32; megabytes += 1) outBytes += guard.admit(block).length;
  expect(outBytes).toBe(1);
  expect(guard.admit(Buffer.from('\rnext\r')).toString()).toBe('next\n');
});
