import { authenticate } from '../../../src/pass/authenticate.ts';
import { trustOf } from '../../../src/trust/key-ring.ts';
import { machineLine } from '../machine.ts';
import { makeIssuers, type Sample } from '../samples.ts';
import { median, medianOfBlocks, quantile, ratioOfBlocks } from '../statistics.ts';
import { loadPeers, type Verifier } from './verifiers.ts';

/** Different certificates, so that nothing remembered of one can help the next. */
const CERTIFICATES = 64;
const WARM_BLOCKS = 3;
const BLOCKS = 20;
const BLOCK_ROUNDS = 128;
const LEAST_TIMES_FASTER = 6;
const WIDTH = 30;

const nowMs = Date.now();
const issuers = makeIssuers(Math.floor(nowMs / 1_000));
const [signer] = issuers.trusted;
if (signer === undefined) throw new Error('no key');
const trust = trustOf([signer]);
const samples = Array.from({ length: CERTIFICATES }, issuers.euDcc);
const texts = samples.map(({ line }) => line.toString('latin1'));

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const raw: Verifier = {
  name: 'raw crypto.verify',
  isGenuine: (text) => (samples[texts.indexOf(text)] as Sample).raw(),
};
const ours: Verifier = {
  name: 'munjigi',
  isGenuine: (text) =>
    authenticate({ line: Buffer.from(text, 'latin1'), parts: 1 }, trust, { atMs: nowMs, trusted: true }).ok,
};

async function answerOf({ isGenuine }: Verifier, text: string): Promise<boolean> {
  try {
    return await isGenuine(text);
  } catch {
    return false;
  }
}

/** Whoever says yes to everything is not worth measuring. */
async function tellsApart(verifier: Verifier): Promise<boolean> {
  const good = texts[0] ?? '';
  const foreign = makeIssuers(Math.floor(nowMs / 1_000))
    .euDcc()
    .line.toString('latin1');
  return (await answerOf(verifier, good)) && !(await answerOf(verifier, foreign));
}

async function timed({ isGenuine }: Verifier, text: string): Promise<number> {
  const startMs = performance.now();
  const answer = isGenuine(text);
  // What answers at once is not made to wait for a turn of the loop.
  if (typeof answer !== 'boolean') await answer;
  return (performance.now() - startMs) * 1_000;
}

const { peers, absent } = await loadPeers(signer);
for (const sentence of absent) print(sentence);
const sound: Verifier[] = [];
for (const verifier of [ours, ...peers]) {
  if (await tellsApart(verifier)) sound.push(verifier);
  else print(`${verifier.name} is not measured: it does not tell a good certificate from a foreign one`);
}
const contestants = [raw, ...sound];
const times = new Map(contestants.map((verifier) => [verifier, [] as number[]]));
/** Some rounds of each in turn: a heavy one leaves cold caches to the first of the next, and not to all of them. */
for (let block = -WARM_BLOCKS; block < BLOCKS; block += 1) {
  for (const [verifier, values] of times) {
    for (let round = 0; round < BLOCK_ROUNDS; round += 1) {
      const us = await timed(verifier, texts[round % CERTIFICATES] ?? '');
      if (block >= 0) values.push(us);
    }
  }
}

print(machineLine('.'));
print(`${'eu-dcc ES256, one key known'.padEnd(WIDTH)}   p50 µs   p99 µs   times ours`);
const own = times.get(ours) ?? [];
for (const [{ name }, values] of times) {
  const cells = [medianOfBlocks(values, BLOCKS), quantile(values, 0.99)].map((us) => us.toFixed(0).padStart(8));
  print(`${name.padEnd(WIDTH)} ${cells.join(' ')}   ${ratioOfBlocks(values, own, BLOCKS).toFixed(2).padStart(9)}x`);
}
const measured = [...times].filter(([verifier]) => peers.includes(verifier));
const fastest = measured.sort(([, a], [, b]) => median(a) - median(b))[0];
if (fastest !== undefined) {
  const ratio = ratioOfBlocks(fastest[1], own, BLOCKS);
  const verdict = ratio >= LEAST_TIMES_FASTER ? 'ok' : 'under';
  print(`faster than the fastest peer, ${fastest[0].name}: ${ratio.toFixed(2)}x (>= ${LEAST_TIMES_FASTER}) ${verdict}`);
}
