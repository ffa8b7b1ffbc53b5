import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { WallTime } from '../base/time.ts';
import { isHalfAside, setRegisterAside } from './register-aside.ts';
import { type RegisterPaths, VisitStore } from './visit-store.ts';

/**
 * Opens the register for writing. One that is damaged, or whose day keys are lost, is set aside whole, and a new one
 * takes its place with what can still be read of it.
 * @param suspicion why it must be set aside even if it opens
 * @returns the register, or one sentence
 */
export function openRenewing(
  paths: RegisterPaths,
  wall: WallTime,
  suspicion: string | null,
): Result<VisitStore, string> {
  let why = suspicion ?? (isHalfAside(paths.register) ? 'a power cut came while it was set aside' : null);
  if (why === null) {
    const opened = VisitStore.open(paths, wall, null);
    if (opened.ok) return ok(opened.value);
    why = opened.error.damage;
    if (why === null) return err(opened.error.says);
  }
  try {
    setRegisterAside(paths.register, wall.atMs);
  } catch (thrown) {
    const remedy = 'check the disk and its free space';
    return err(`the damaged visitor register ${paths.register} cannot be set aside: ${reasonOf(thrown)}; ${remedy}`);
  }
  const renewed = VisitStore.open(paths, wall, why);
  return renewed.ok ? ok(renewed.value) : err(renewed.error.says);
}
