import type { PrintFault } from './printer.ts';

/** The faults that every printer has, whatever it hangs on. */
export const NO_PAPER: PrintFault = { kind: 'paper-out', detail: 'The printer is out of paper: put in a new roll.' };
export const COVER_OPEN: PrintFault = { kind: 'paper-out', detail: "The printer's cover is open: close it." };
export const BUSY: PrintFault = { kind: 'busy', detail: 'A sticker is being printed: wait until it is out.' };
export const STALLED: PrintFault = {
  kind: 'timeout',
  detail: 'The printer stopped taking the sticker: check its paper, cover and power.',
};

export function tooWide(pictureDots: number, printerDots: number): PrintFault {
  const widths = `The sticker is ${pictureDots} dots wide and the printer prints ${printerDots}`;
  return { kind: 'too-wide', detail: `${widths}: correct widthDots in hardware.yaml.` };
}
