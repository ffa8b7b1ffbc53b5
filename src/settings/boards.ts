/** A computer with GPIO lines, as far as wiring a door to it goes. */
export interface Board {
  readonly title: string;
  /** What the kernel calls the chip behind the header; null where only the technician knows. */
  readonly chip: string | null;
  /** First and last line of that chip that may be wired. */
  readonly firstGpio: number;
  readonly lastGpio: number;
}

// BCM 0 and 1 belong to the identification memory of add-on boards, 28 and up never reach the header.
const HEADER = { firstGpio: 2, lastGpio: 27 };

export const BOARDS = {
  pi4: { title: 'Raspberry Pi 4', chip: 'pinctrl-bcm2711', ...HEADER },
  pi5: { title: 'Raspberry Pi 5', chip: 'pinctrl-rp1', ...HEADER },
  zero2w: { title: 'Raspberry Pi Zero 2 W', chip: 'pinctrl-bcm2835', ...HEADER },
  generic: { title: 'another board', chip: null, firstGpio: 0, lastGpio: 511 },
} as const satisfies Record<string, Board>;

export type BoardName = keyof typeof BOARDS;
export const BOARD_NAMES = ['pi4', 'pi5', 'zero2w', 'generic'] as const satisfies readonly BoardName[];
