import { COVER_OPEN, NO_PAPER } from './faults.ts';
import type { PrintFault } from './printer.ts';

/** Real-time status of the paper sensors (ESC/POS `DLE EOT 4`): answered even while the printer is off line. */
export const ASK_PAPER = Buffer.from([0x10, 0x04, 0x04]);
/** Real-time status of the causes for being off line (`DLE EOT 2`). */
export const ASK_OFFLINE_CAUSE = Buffer.from([0x10, 0x04, 0x02]);
/** Paper status in its turn (`GS r 1`): the answer proves that everything before it has been worked through. */
export const ASK_IN_TURN = Buffer.from([0x1d, 0x72, 0x01]);

/** Bits 1 and 4 on, 0 and 7 off: how every real-time answer is told from other bytes. */
const isRealTime = (byte: number): boolean => (byte & 0x93) === 0x12;
/** Bits 4 and 7 off, 5 and 6 undefined. */
const isInTurn = (byte: number): boolean => (byte & 0x90) === 0;

const COVER_OPEN_BIT = 0x04;
const PAPER_END_BITS = 0x60;
const PAPER_END_IN_TURN_BITS = 0x0c;

/** A question to the printer, and what its one-byte answer means. */
export interface Question {
  readonly ask: Buffer;
  readonly isAnswer: (byte: number) => boolean;
  readonly judge: (byte: number) => PrintFault | null;
}

export const COVER: Question = {
  ask: ASK_OFFLINE_CAUSE,
  isAnswer: isRealTime,
  judge: (byte) => ((byte & COVER_OPEN_BIT) === 0 ? null : COVER_OPEN),
};
export const PAPER: Question = {
  ask: ASK_PAPER,
  isAnswer: isRealTime,
  judge: (byte) => ((byte & PAPER_END_BITS) === 0 ? null : NO_PAPER),
};
export const PRINTED: Question = {
  ask: ASK_IN_TURN,
  isAnswer: isInTurn,
  judge: (byte) => ((byte & PAPER_END_IN_TURN_BITS) === 0 ? null : NO_PAPER),
};
