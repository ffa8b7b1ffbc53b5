import type { JsonStream } from '../base/json-stream.ts';
import { ENTRY_PASS_ISSUER, ENTRY_PASS_JTI } from '../pass/entry-pass.ts';
import { idOfText } from './revocation-list.ts';
import {
  add,
  agreed,
  ListFault,
  needed,
  type ReadList,
  readArray,
  readMembers,
  readText,
  readVersion,
} from './revocation-members.ts';
import type { RevocationTable } from './revocation-table.ts';

/**
 * Our own form, for entry passes and for the stickers of other kiosks: `{iss, version, revokedIds: [jti]}`. `version` is
 * a whole number that rises with every issue.
 */
export function readPassList(stream: JsonStream, issuer: string | null, table: RevocationTable): ReadList {
  let iss: string | null = null;
  let version: number | null = null;
  let hasIds = false;
  if (stream.next() !== '{') throw new ListFault('it is no object');
  readMembers(stream, {
    iss: () => {
      iss = readText(stream, 'iss');
    },
    version: () => {
      version = readVersion(stream, 'version');
    },
    revokedIds: () => {
      hasIds = true;
      readArray(stream, 'revokedIds', (token) => {
        if (token !== 'string' || !ENTRY_PASS_JTI.test(stream.text)) {
          throw new ListFault('an id is not 8 to 64 of A-Z a-z 0-9 _ -');
        }
        add(table, idOfText(stream.text));
      });
    },
  });
  if (stream.next() !== 'end') throw new ListFault('something comes after the list');
  if (!hasIds) throw new ListFault('it has no revokedIds');
  const named = needed<string>(iss, 'iss');
  if (!ENTRY_PASS_ISSUER.test(named)) throw new ListFault('iss is no name of an issuer');
  return {
    kind: 'pass-id',
    issuer: agreed(named, issuer),
    scope: '',
    entries: table.size,
    version: needed<number>(version, 'version'),
  };
}
