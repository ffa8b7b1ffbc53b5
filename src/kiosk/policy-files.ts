import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { reasonOf } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { withValues } from '../policy/params.ts';
import { MAX_POLICY_LENGTH, POLICY_ID, type Policy, parsePolicy } from '../policy/policy.ts';
import { PRESETS, presetNamed } from '../policy/presets.ts';
import { digestOf } from '../settings/history.ts';
import type { Settings } from '../settings/schema.ts';
import type { DataFolder } from './data-folder.ts';

const SUFFIX = '.json';
/** UTF-8 takes at most three bytes for each of a file's characters. */
const MAX_BYTES = 3 * MAX_POLICY_LENGTH;

/** Reads one policy file; a refusal is one sentence. */
export function readPolicyFile(path: string): Result<Policy, string> {
  try {
    if (statSync(path).size > MAX_BYTES) return err(`${path} is longer than any policy: name a policy file`);
    return parsePolicy(readFileSync(path, 'utf8'), path);
  } catch (thrown) {
    return err(`${path} cannot be read: ${reasonOf(thrown)}; give it to this user`);
  }
}

/** The ids of the policy files in a kiosk's folder, sorted; a name that cannot be an id is passed over. */
export function policyFileIds({ policies }: Pick<DataFolder, 'policies'>): readonly string[] {
  if (!existsSync(policies)) return [];
  return readdirSync(policies)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => basename(name, SUFFIX))
    .filter((id) => POLICY_ID.test(id))
    .sort();
}

/** The preset of that name, else `policies/NAME.json`, or one sentence. */
export function policyNamed(folder: Pick<DataFolder, 'policies'>, name: string): Result<Policy, string> {
  const preset = presetNamed(name);
  const path = policyPath(folder, name);
  if (preset !== null) {
    // An owner who changed a copy of a preset must not believe that the copy is in use.
    return existsSync(path) ? err(`${path} has the id of a preset: give it another id and name`) : ok(preset);
  }
  if (!POLICY_ID.test(name) || !existsSync(path)) {
    const known = [...PRESETS.map(({ id }) => id), ...policyFileIds(folder)].join(', ');
    return err(`there is no preset and no file in ${folder.policies} for the policy '${name}', choose one of ${known}`);
  }
  const policy = readPolicyFile(path);
  if (!policy.ok || policy.value.id === name) return policy;
  return err(`${path}: id is '${policy.value.id}': a policy file is called as its id, rename it or correct the id`);
}

/** The policy that the settings name, with the owner's numbers in it, or one sentence. */
export function policyFor(
  folder: Pick<DataFolder, 'policies'>,
  settings: Pick<Settings, 'policy' | 'policyParams'>,
): Result<Policy, string> {
  const policy = policyNamed(folder, settings.policy);
  if (!policy.ok) return err(`policy: ${policy.error}`);
  const params = withValues(policy.value.params, settings.policyParams, 'policyParams');
  return params.ok ? ok({ ...policy.value, params: params.value }) : params;
}

/** SHA-256 of a policy's file, hexadecimal; null for a preset and for a file that cannot be read. */
export function policyDigest({ policies }: Pick<DataFolder, 'policies'>, id: string): string | null {
  if (presetNamed(id) !== null) return null;
  try {
    return digestOf(readFileSync(policyPath({ policies }, id)));
  } catch {
    return null;
  }
}

/** Where a policy of that id lies. */
export const policyPath = ({ policies }: Pick<DataFolder, 'policies'>, id: string): string =>
  join(policies, `${id}${SUFFIX}`);
