import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadLoose } from '../../src/trust/load-loose.ts';
import { MAX_TRUST_FILE_BYTES } from '../../src/trust/loose-key.ts';
import { parseTrustArgument } from '../../src/trust/read-sources.ts';
import { makeCertificate } from '../support/certificate.ts';
import { signer } from '../support/dcc.ts';
import { jwkOf, jwkSet, kidOf } from '../support/trust-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trust-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const certificate = makeCertificate(signer.p256);
const write = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const load = (path: string, issuer: string | null = null) => loadLoose([{ issuer, path }]);
const errorOf = (path: string, issuer: string | null = null): string => {
  const loaded = load(path, issuer);
  return loaded.ok ? '' : loaded.error;
};

describe('--trust', () => {
  it('the content of a file decides what it is, not its name', () => {
    const loaded = load(write('keys.json', certificate.raw));
    expect(loaded.ok && loaded.value.map((key) => key.kid)).toEqual([kidOf(certificate)]);
  });

  it('a folder is read file by file, but not what lies deeper or hidden', () => {
    write('a.pem', certificate.toString());
    write('b.der', makeCertificate(signer.p384).raw);
    write('.DS_Store', 'litter');
    mkdirSync(join(folder, 'deeper'));
    write('deeper/c', 'no key at all');
    const loaded = load(folder);
    expect(loaded.ok && loaded.value).toHaveLength(2);
  });

  it('one file that is no key refuses the whole folder by its name', () => {
    write('a.pem', certificate.toString());
    write('readme.txt', 'hello');
    expect(errorOf(folder)).toContain(join(folder, 'readme.txt'));
  });

  it('the issuer binds every file that it is given for', () => {
    const path = write('keys.json', jwkSet([jwkOf(signer.p256.publicKey)]));
    const loaded = load(path, 'https://a.example');
    expect(loaded.ok && loaded.value[0]?.issuer).toBe('https://a.example');
    expect(errorOf(path)).toBe(`${path} names no issuer: write --trust ISSUER=${path}, or put "iss" beside "keys"`);
  });

  it('what cannot be read is one sentence with its path', () => {
    expect(errorOf(join(folder, 'absent'))).toMatch(/^cannot read .*absent: .*ENOENT/);
    expect(errorOf(folder)).toBe(`${folder} holds no files`);
    expect(errorOf(write('empty', ''))).toMatch(/empty is empty$/);
    expect(errorOf('/dev/zero')).toContain('neither a file nor a folder');
    expect(errorOf(write('big', Buffer.alloc(MAX_TRUST_FILE_BYTES + 1)))).toContain('larger than');
    expect(errorOf(write('set.json', certificate.raw), '')).toContain('empty issuer');
  });

  it('two files with two keys under one name are named both', () => {
    const one = write('one.json', jwkSet([jwkOf(signer.p256.publicKey, { kid: 'k' })], { iss: 'i' }));
    const two = write('two.json', jwkSet([jwkOf(signer.p384.publicKey, { kid: 'k' })], { iss: 'i' }));
    expect(errorOf(folder)).toBe(`${one} and ${two} hold two different keys named 'k'`);
  });

  const noPipes = process.platform === 'win32';
  it.skipIf(noPipes)('a command\u2019s output by way of a named pipe is read (needs mkfifo of coreutils)', () => {
    const pipe = join(folder, 'pipe');
    const source = write('cert.der', certificate.raw);
    execFileSync('mkfifo', [pipe]);
    execFileSync('sh', ['-c', 'cat "$1" > "$2" &', 'sh', source, pipe], { stdio: 'ignore' });
    const loaded = load(pipe);
    expect(loaded.ok && loaded.value[0]?.kid).toBe(kidOf(certificate));
  });
});

describe('[ISSUER=]PATH', () => {
  it('a path that exists wins over the split, even with = in it', () => {
    const path = write('a=b.json', '');
    expect(parseTrustArgument(path)).toEqual({ issuer: null, path });
  });

  it('an issuer may hold = where the path after a later one exists', () => {
    const path = write('keys.json', '');
    expect(parseTrustArgument(`https://a.example=${path}`)).toEqual({ issuer: 'https://a.example', path });
    expect(parseTrustArgument(`https://a.example/?x=1=${path}`)).toEqual({ issuer: 'https://a.example/?x=1', path });
  });

  it('where nothing exists the first = splits, so that the sentence names the right path', () => {
    expect(parseTrustArgument('a=b=c')).toEqual({ issuer: 'a', path: 'b=c' });
    expect(parseTrustArgument('absent.json')).toEqual({ issuer: null, path: 'absent.json' });
    expect(parseTrustArgument('=x')).toEqual({ issuer: '', path: 'x' });
  });
});
