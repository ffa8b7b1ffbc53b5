import type { StaffReason } from '../../policy/staff-reasons.ts';
import type { Fault, StaffButton } from '../world.ts';

async function post(path: string, body: unknown): Promise<boolean> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    return response.ok;
  } catch {
    // The page says by itself that the kiosk does not answer.
    return false;
  }
}

export const holdUpPass = (pass: string): Promise<boolean> => post('/simulation/scan', { pass });
export const holdUpSticker = (sticker: string): Promise<boolean> => post('/simulation/scan', { sticker });
/** @param scan what the page shows while the button is pressed */
export const press = (button: StaffButton, scan: number | null, because: StaffReason): Promise<boolean> =>
  post('/simulation/press', { button, scan, because });
export const leave = (): Promise<boolean> => post('/simulation/leave', {});
export const setFault = (fault: Fault, on: boolean): Promise<boolean> => post('/simulation/fault', { fault, on });

/** Holds up any text; it travels as its UTF-8 bytes, the way a scanner sends it. */
export function holdUpText(text: string): Promise<boolean> {
  const bytes = new TextEncoder().encode(text);
  return post('/simulation/scan', { base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) });
}
