import { resolve } from 'node:path';
import { conformance } from './conformance.ts';

// The bundle lies elsewhere than this file: npm starts a script in the project's folder.
const usual = resolve(process.env['MUNJIGI_VECTORS'] ?? '../shared/vectors');
process.exitCode = conformance(process.argv.slice(2), usual);
