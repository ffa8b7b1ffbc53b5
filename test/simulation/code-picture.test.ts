import { spawnSync } from 'node:child_process';
import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import { codePicture } from '../../src/simulation/code-picture.ts';

const hasZbar = spawnSync('zbarimg', ['--version']).error === undefined;
const note = hasZbar ? '' : ' (skipped: install zbar-tools)';

/** What another program reads from the picture, as bytes. */
function decoded(svg: string): string[] {
  const png = new Resvg(svg).render().asPng();
  const { stdout } = spawnSync('zbarimg', ['--quiet', '--raw', '--oneshot', '-Sbinary', '-'], { input: png });
  return [stdout.toString('latin1')];
}

function decodedAll(svg: string): string[] {
  const png = new Resvg(svg).render().asPng();
  const { stdout } = spawnSync('zbarimg', ['--quiet', '--raw', '-'], { input: png });
  return stdout.toString('latin1').trimEnd().split('\n').sort();
}

describe('the picture of a pass', () => {
  it
    .skipIf(!hasZbar)
    .each([
      `HC1:${'6BF+70790T9WJWG.FKY*4GO0.O1CV2*'.repeat(12)}`,
      `shc:/${'5676290952432060'.repeat(70)}`,
      'eyJhbGciOiJFUzI1NiJ9.e30.AAAA_-',
      'a line with  two spaces ',
      '\u0000\u00ff\u0080 bytes of no text',
    ])(`is read by another program as what was signed%#${note}`, (line) => {
    const picture = codePicture([line]);
    expect(picture.ok && decoded(picture.value)).toEqual([line]);
  });

  it.skipIf(!hasZbar)(`a card of several codes shows all of them${note}`, () => {
    const lines = ['shc:/1/3/567629', 'shc:/2/3/0952432060', 'shc:/3/3/11'];
    const picture = codePicture(lines);
    expect(picture.ok && decodedAll(picture.value)).toEqual(lines);
  });

  it('holds the longest code there is and refuses one byte more', () => {
    // ISO/IEC 18004, version 40-L in byte mode.
    expect(codePicture(['x'.repeat(2_953)]).ok).toBe(true);
    expect(codePicture(['x'.repeat(2_954)])).toEqual({
      ok: false,
      error: 'this pass is longer than a QR code can hold',
    });
  });
});
