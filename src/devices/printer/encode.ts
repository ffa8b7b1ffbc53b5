import { PrinterTypes, ThermalPrinter } from 'node-thermal-printer';
import type { Bitmap } from '../../base/bitmap.ts';
import { epsonRaster, starRaster } from './raster.ts';

declare module 'node-thermal-printer' {
  interface ThermalPrinter {
    /** Appends the initialise command of the printer's type: public in the library's code, forgotten in its types. */
    initHardware(): void;
  }
}

export const PRINTER_TYPES = ['epson', 'star'] as const;
export type PrinterType = (typeof PRINTER_TYPES)[number];

interface Dialect {
  readonly library: PrinterTypes;
  readonly raster: (picture: Bitmap) => Buffer;
  /** Steps of four lines that bring the end of the picture past the cutter; a Star feeds there by itself. */
  readonly feedSteps: number;
}

const DIALECTS: Readonly<Record<PrinterType, Dialect>> = {
  epson: { library: PrinterTypes.EPSON, raster: epsonRaster, feedSteps: 1 },
  star: { library: PrinterTypes.STAR, raster: starRaster, feedSteps: 0 },
};

/** A picture as the bytes of one whole job: initialise, raster, feed, cut, initialise. */
export function encodeSticker(picture: Bitmap, { type }: { readonly type: PrinterType }): Buffer {
  const { library, raster, feedSteps } = DIALECTS[type];
  // The library's types demand an interface; its code does not, and without one it can never open a way of its own.
  const encoder = new ThermalPrinter({ type: library } as ConstructorParameters<typeof ThermalPrinter>[0]);
  encoder.initHardware();
  encoder.add(raster(picture));
  encoder.cut({ verticalTabAmount: feedSteps });
  return encoder.getBuffer();
}
