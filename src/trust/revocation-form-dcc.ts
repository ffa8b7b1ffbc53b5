import { decodeBase64 } from '../base/base64url.ts';
import type { JsonStream } from '../base/json-stream.ts';
import { parseInstant } from '../base/time.ts';
import { countryOf, ID_BYTES, idUnderKey, type RevocationKind } from './revocation-list.ts';
import {
  add,
  agreed,
  ListFault,
  needed,
  type ReadList,
  readArray,
  readMembers,
  readText,
} from './revocation-members.ts';
import type { RevocationTable } from './revocation-table.ts';

const KINDS: ReadonlyMap<string, RevocationKind> = new Map([
  ['UCI', 'dcc-uci'],
  ['COUNTRYCODEUCI', 'dcc-country-uci'],
  ['SIGNATURE', 'dcc-signature'],
]);
const COUNTRY = /^[A-Z]{2}$/;
/** What a publisher writes that does not know under which key its certificates were signed. */
const UNKNOWN_KID = 'UNKNOWN_KID';
const MAX_KID_BYTES = 96;

interface Batch {
  readonly kind: RevocationKind;
  readonly country: string;
}

/**
 * Batches of the EU DCC revocation list (Implementing Decision (EU) 2022/483, annex I): `{country, expires, kid,
 * hashType, entries: [{hash}]}`, one or more, one after the other or in an array. All that a country published of one
 * hash type stands in one file, because the next file takes its place.
 */
export function readDccBatches(stream: JsonStream, issuer: string | null, table: RevocationTable): ReadList {
  let list: Batch | null = null;
  let entries = 0;
  const take = (): void => {
    const before = table.size;
    const batch = readBatch(stream, table);
    entries += table.size - before;
    if (list !== null && (list.kind !== batch.kind || list.country !== batch.country)) {
      throw new ListFault('its batches are of several countries or hash types: give one file for each');
    }
    list = batch;
  };
  for (let token = stream.next(); token !== 'end'; token = stream.next()) {
    if (token === '{') take();
    else if (token === '[') {
      for (token = stream.next(); token !== ']'; token = stream.next()) {
        if (token !== '{') throw new ListFault('a batch is no object');
        take();
      }
    } else throw new ListFault('a batch is no object');
  }
  const { kind, country } = needed<Batch>(list, 'batch');
  const from = agreed(country, issuer === null ? null : countryOf(issuer));
  return { kind, issuer: from, scope: '', entries, version: null };
}

function readBatch(stream: JsonStream, table: RevocationTable): Batch {
  const from = table.size;
  let country: string | null = null;
  let hashType: string | null = null;
  let kid: string | null = null;
  let expires: string | null = null;
  let hasEntries = false;
  readMembers(stream, {
    country: () => {
      country = readText(stream, 'country');
    },
    hashType: () => {
      hashType = readText(stream, 'hashType');
    },
    kid: () => {
      kid = readText(stream, 'kid');
    },
    expires: () => {
      expires = readText(stream, 'expires');
    },
    entries: () => {
      hasEntries = true;
      readArray(stream, 'entries', (token) => {
        if (token !== '{') throw new ListFault('an entry is no object');
        let hash: Buffer | null = null;
        readMembers(stream, {
          hash: () => {
            hash = decodeBase64(readText(stream, 'hash'));
            if (hash?.length !== ID_BYTES) throw new ListFault(`a hash is not ${ID_BYTES} bytes in Base64`);
          },
        });
        add(table, needed<Buffer>(hash, 'hash in an entry'));
      });
    },
  });
  if (!hasEntries) throw new ListFault('a batch has no entries');
  if (!parseInstant(needed<string>(expires, 'expires')).ok) throw new ListFault('expires is no RFC 3339 time');
  if (!COUNTRY.test(needed<string>(country, 'country'))) throw new ListFault('country is not two capital letters');
  const kind = KINDS.get(needed<string>(hashType, 'hashType'));
  if (kind === undefined) throw new ListFault(`hashType is none of ${[...KINDS.keys()].join(', ')}`);
  const key = kidOf(needed<string>(kid, 'kid'));
  // Only now is it known which key the hashes are bound to: members come in any order.
  table.rebind(from, (hash) => idUnderKey(key, hash));
  return { kind, country: countryOf(country ?? '') };
}

function kidOf(text: string): string {
  if (text === UNKNOWN_KID) return '';
  const bytes = decodeBase64(text);
  if (bytes === null || bytes.length === 0 || bytes.length > MAX_KID_BYTES) {
    throw new ListFault(`kid is neither Base64 nor ${UNKNOWN_KID}`);
  }
  return text;
}
