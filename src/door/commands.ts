import type { Result } from '../base/result.ts';
import type { Receipt } from '../register/register.ts';
import type { PublicState } from './public-state.ts';

/** All that a screen may ask of the kiosk. */
export interface Commands {
  state(): PublicState;
  /** Calls `listener` with the whole state at every change, until the returned function is called. */
  subscribe(listener: (state: PublicState) => void): () => void;
  /**
   * Seals what a visitor typed and stores it; the visitor may be told once this resolves, and not before.
   * @returns to whom it was sealed and when it is deleted, or one sentence that quotes nothing of it
   */
  registerVisitor(phone: string, district: string): Promise<Result<Receipt, string>>;
}
