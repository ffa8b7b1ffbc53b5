// Runs in place of the kiosk inside the kiosk's own sandbox (see boot.sh), and writes down what it may do there.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import koffi from 'koffi';
import { Gpio } from 'onoff';

const STATE = '/var/lib/munjigi';
const LINE = '/sys/class/gpio/gpio529/value';
const GUARD = `
  process.on('SIGTERM', () => {
    require('node:fs').writeFileSync('${LINE}', '0');
    require('node:fs').writeFileSync('${STATE}/guard', 'SIGTERM');
    process.exit();
  });
  setInterval(() => {}, 1000);
  process.stdout.write('up');`;

const libc = koffi.load('libc.so.6');
const socket = libc.func('int socket(int, int, int)');
const sendto = libc.func('long sendto(int, const void *, size_t, int, const void *, int)');
const AF_UNIX = 1;
const SOCK_DGRAM = 2;

function notify(text) {
  const path = process.env.NOTIFY_SOCKET;
  const address = Buffer.alloc(2 + path.length + 1);
  address.writeUInt16LE(AF_UNIX, 0);
  address.write(path, 2);
  if (path.startsWith('@')) address[2] = 0;
  sendto(socket(AF_UNIX, SOCK_DGRAM, 0), Buffer.from(text), text.length, 0, address, 2 + path.length);
}

/** The reader never sees half a file. */
function record(name, text) {
  writeFileSync(`${STATE}/${name}.part`, text);
  renameSync(`${STATE}/${name}.part`, `${STATE}/${name}`);
}

const trials = {
  export: () => writeFileSync('/sys/class/gpio/export', '529'),
  onoff() {
    const line = new Gpio(529, 'high');
    line.writeSync(Gpio.HIGH);
    line.setDirection('out');
    return readFileSync(LINE, 'latin1')[0];
  },
  otherSysfs: () => writeFileSync('/sys/class/other/file', '1'),
  otherDevice: () => closeSync(openSync('/dev/other', 'w')),
  configuration: () => writeFileSync('/etc/munjigi/x', '1'),
  program: () => writeFileSync('/opt/munjigi/x', '1'),
  network: () =>
    new Promise((resolve) => {
      const open = connect(9, '192.0.2.1', () => resolve('connected'));
      open.on('error', (error) => resolve(error.code)).setTimeout(1000, () => resolve('silence'));
    }),
  page: () =>
    new Promise((resolve, reject) => {
      const server = createServer((_, response) => response.end('page')).once('error', reject);
      server.listen(0, '127.0.0.1', async () => {
        const answer = await fetch(`http://127.0.0.1:${server.address().port}/`);
        resolve(await answer.text());
      });
    }),
  journal() {
    const database = new Database(`${STATE}/journal.db`);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.exec('CREATE TABLE entry (seq); INSERT INTO entry VALUES (1)');
    return database.pragma('integrity_check', { simple: true });
  },
  async drawing() {
    const { Resvg } = await import('@resvg/resvg-js');
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>';
    return new Resvg(svg).render().width;
  },
  worker: () =>
    new Promise((resolve, reject) => {
      const worker = new Worker('require("node:worker_threads").parentPort.postMessage("ok")', { eval: true });
      worker.once('message', resolve).once('error', reject);
    }),
  bootId: () => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim().length,
  otherProcesses: () => (existsSync('/proc/1/stat') ? 'visible' : 'hidden'),
  capabilities: () => /CapEff:\s+(\S+)/.exec(readFileSync('/proc/self/status', 'latin1'))[1],
};

if (!existsSync(`${STATE}/first`)) {
  const found = {};
  for (const [name, trial] of Object.entries(trials)) {
    try {
      found[name] = (await trial()) ?? 'ok';
    } catch (error) {
      found[name] = error.code ?? String(error);
    }
  }
  const guard = spawn(process.execPath, ['-e', GUARD], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => guard.stdout.once('data', resolve));
  notify('READY=1');
  record('first', JSON.stringify(found));
  for (;;); // hangs, so that the watchdog bites
}
if (!existsSync(`${STATE}/second`)) {
  notify('READY=1');
  record('second', readFileSync(LINE, 'latin1')[0]);
  // A relay left on by processes that had no chance to switch it off.
  writeFileSync('/sys/class/gpio/gpio529/direction', 'out');
  writeFileSync(LINE, '1');
  process.kill(process.pid, 'SIGKILL');
}
notify('READY=1');
record('third', readFileSync(LINE, 'latin1')[0]);
setInterval(() => notify('WATCHDOG=1'), 300);
