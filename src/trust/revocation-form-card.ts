import type { JsonStream } from '../base/json-stream.ts';
import { CARD_RID } from '../pass/smart-health-card.ts';
import { idOfText } from './revocation-list.ts';
import {
  add,
  ListFault,
  needed,
  type ReadList,
  readArray,
  readMembers,
  readText,
  readVersion,
} from './revocation-members.ts';
import type { RevocationTable } from './revocation-table.ts';

const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;
/** Seconds since the epoch; ten digits last until the year 2286. */
const STAMP = /^\d{1,10}$/;

/**
 * Card revocation list of SMART Health Cards, framework 1.4, "Revocation": `{kid, method: "rid", ctr, rids}`. The file
 * does not say whose it is, so that the owner must. A stamped id revokes what was issued before the stamp.
 */
export function readCardList(stream: JsonStream, issuer: string | null, table: RevocationTable): ReadList {
  let kid: string | null = null;
  let method: string | null = null;
  let version: number | null = null;
  let hasIds = false;
  if (stream.next() !== '{') throw new ListFault('it is no object');
  readMembers(stream, {
    kid: () => {
      kid = readText(stream, 'kid');
    },
    method: () => {
      method = readText(stream, 'method');
    },
    ctr: () => {
      version = readVersion(stream, 'ctr');
    },
    rids: () => {
      hasIds = true;
      readArray(stream, 'rids', (token) => {
        if (token !== 'string') throw new ListFault('a rid is no text');
        addRid(table, stream.text);
      });
    },
  });
  if (stream.next() !== 'end') throw new ListFault('something comes after the list');
  if (method !== 'rid') throw new ListFault('its method is not rid');
  if (!hasIds) throw new ListFault('it has no rids');
  if (!THUMBPRINT.test(needed<string>(kid, 'kid'))) throw new ListFault('kid is no SHA-256 thumbprint in base64url');
  if (issuer === null) throw new ListFault('it does not say whose cards it is about: write ISSUER= before the file');
  return { kind: 'card-rid', issuer, scope: kid ?? '', entries: table.size, version: needed<number>(version, 'ctr') };
}

function addRid(table: RevocationTable, entry: string): void {
  const dot = entry.indexOf('.');
  const rid = dot === -1 ? entry : entry.slice(0, dot);
  const stamp = dot === -1 ? null : entry.slice(dot + 1);
  if (!CARD_RID.test(rid)) throw new ListFault('a rid is not 1 to 24 of A-Z a-z 0-9 _ -');
  if (stamp !== null && !STAMP.test(stamp)) throw new ListFault('the stamp of a rid is not a time in seconds');
  add(table, idOfText(rid), stamp === null ? null : Number(stamp));
}
