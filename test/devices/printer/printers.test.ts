import { describe } from 'vitest';
import {
  answeringContract,
  jammingContract,
  printerContract,
  replugContract,
} from '../../contracts/printer.contract.ts';
import { hasPty } from '../../support/pty.ts';
import { deviceFileRig, fifoRig, plainFileRig, serialRig, simulatedRig, tcpRig } from './rigs.ts';

printerContract('plain file', plainFileRig);

printerContract('write-only device file', fifoRig);
jammingContract('write-only device file', fifoRig);
replugContract('write-only device file', fifoRig);

for (const [name, makeRig] of [
  ['simulated', simulatedRig],
  ['tcp', tcpRig],
] as const) {
  printerContract(name, makeRig);
  jammingContract(name, makeRig);
  answeringContract(name, makeRig);
  replugContract(name, makeRig);
}

describe.skipIf(!hasPty)('on a pseudo terminal (skipped without it: install python3)', () => {
  for (const [name, makeRig] of [
    ['device file', deviceFileRig],
    ['serial', serialRig],
  ] as const) {
    printerContract(name, makeRig);
    jammingContract(name, makeRig);
    answeringContract(name, makeRig);
    replugContract(name, makeRig);
  }
});
