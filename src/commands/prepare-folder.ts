import { existsSync } from 'node:fs';
import { type DataFolder, prepareDataFolder } from '../kiosk/data-folder.ts';
import { orUsage, tell } from './command.ts';

/** A data folder to be written to. One that was not there is made and named, since its path may hold a typing error. */
export function prepareFolder(path: string): DataFolder {
  const isNew = !existsSync(path);
  const folder = orUsage(prepareDataFolder(path));
  if (isNew) tell(`made the new data folder ${path}`);
  return folder;
}
