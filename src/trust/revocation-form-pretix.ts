import type { JsonStream } from '../base/json-stream.ts';
import { idOfText, type RevocationKind } from './revocation-list.ts';
import { add, ListFault, needed, type ReadList, readArray, readMembers, readText } from './revocation-members.ts';
import type { RevocationTable } from './revocation-table.ts';

interface Tally {
  kind: RevocationKind | null;
  entries: number;
}

/**
 * All pages of pretix's `revokedsecrets` or `blockedsecrets` (REST API, "Revoked ticket secrets", "Blocked ticket
 * secrets"), one after the other: `{count, next, results: [{secret}]}`, with `blocked` in each entry of the latter. An
 * entry whose `blocked` is false is one that was lifted.
 */
export function readPretixPages(stream: JsonStream, issuer: string | null, table: RevocationTable): ReadList {
  const tally: Tally = { kind: null, entries: 0 };
  let count: number | null = null;
  let isLast = true;
  for (let token = stream.next(); token !== 'end'; token = stream.next()) {
    if (token !== '{') throw new ListFault('a page is no object');
    let hasResults = false;
    isLast = true;
    readMembers(stream, {
      count: () => {
        if (stream.next() !== 'number') throw new ListFault('count is no number');
        count = stream.number;
      },
      next: () => {
        isLast = stream.next() === 'null';
      },
      results: () => {
        hasResults = true;
        readArray(stream, 'results', (first) => {
          if (first !== '{') throw new ListFault('a result is no object');
          readSecret(stream, table, tally);
        });
      },
    });
    if (!hasResults) throw new ListFault('a page has no results');
  }
  if (!isLast)
    throw new ListFault('more pages follow the last one: put all of them into one file, one after the other');
  if (count !== null && count !== tally.entries) {
    throw new ListFault(`it holds ${tally.entries} of ${count} entries: put all pages into one file`);
  }
  const kind = needed<RevocationKind>(
    tally.kind,
    'entry, so that it may be a list of revoked tickets or of blocked ones',
  );
  return { kind, issuer: issuer ?? '', scope: '', entries: tally.entries, version: null };
}

function readSecret(stream: JsonStream, table: RevocationTable, tally: Tally): void {
  let secret: string | null = null;
  let blocked: boolean | null = null;
  readMembers(stream, {
    secret: () => {
      secret = readText(stream, 'secret');
    },
    blocked: () => {
      const token = stream.next();
      if (token !== 'true' && token !== 'false') throw new ListFault('blocked is neither true nor false');
      blocked = token === 'true';
    },
  });
  const kind: RevocationKind = blocked === null ? 'pretix-revoked' : 'pretix-blocked';
  if (tally.kind !== null && tally.kind !== kind) throw new ListFault('it mixes revoked tickets with blocked ones');
  tally.kind = kind;
  tally.entries += 1;
  if (needed<string>(secret, 'secret in a result') === '') throw new ListFault('a secret is empty');
  if (blocked !== false) add(table, idOfText(secret ?? ''));
}
