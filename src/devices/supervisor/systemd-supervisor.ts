import { ok, type Result } from '../../base/result.ts';
import { aliveEveryMs, notification, socketAddress } from './notification.ts';
import type { Supervisor } from './supervisor.ts';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

/** NOTIFY_SOCKET and WATCHDOG_USEC of the process's environment. */
export interface SystemdEnvironment {
  readonly notifySocket: string | undefined;
  readonly watchdogUsec: string | undefined;
}

/**
 * The supervisor that systemd gives a service of Type=notify (sd_notify(3)); one that does nothing where there is
 * none. No call ever waits: what the socket does not take at once is dropped, except READY, which goes again with the
 * next sign of life. An error is one sentence about a NOTIFY_SOCKET that cannot be an address.
 */
export async function systemdSupervisor(environment: SystemdEnvironment): Promise<Result<Supervisor, string>> {
  const { notifySocket, watchdogUsec } = environment;
  if (notifySocket === undefined || notifySocket === '') return ok(UNSUPERVISED);
  const address = socketAddress(notifySocket);
  if (!address.ok) return address;
  const send = await datagramSender(address.value);

  let readyIsOwed = false;
  const notify = (...assignments: (readonly [string, string])[]): void => {
    const owed = readyIsOwed ? ([['READY', '1']] as const) : [];
    if (send(notification([...owed, ...assignments]))) readyIsOwed = false;
  };
  return ok({
    aliveEveryMs: aliveEveryMs(watchdogUsec),
    ready() {
      readyIsOwed = true;
      notify();
    },
    alive: (status) => notify(['WATCHDOG', '1'], ['STATUS', status]),
    ailing: (status) => notify(['STATUS', status]),
    stopping() {
      readyIsOwed = false;
      notify(['STOPPING', '1']);
    },
  });
}

const UNSUPERVISED: Supervisor = {
  aliveEveryMs: null,
  ready() {},
  alive() {},
  ailing() {},
  stopping() {},
};

/** Sends one datagram without ever waiting; false where the socket did not take it. */
async function datagramSender(address: Buffer): Promise<(message: Buffer) => boolean> {
  // Only here, so that a kiosk without systemd needs no foreign function interface.
  const { default: koffi } = await import('koffi');
  const libc = koffi.load(null);
  // Koffi describes functions in C; its types do not follow into TypeScript.
  const socket = libc.func('int socket(int domain, int type, int protocol)');
  const sendto = libc.func(
    'intptr_t sendto(int fd, const uint8_t *bytes, size_t count, int flags, const uint8_t *address, uint32_t addressBytes)',
  );
  const fd: number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return (message) =>
    Number(sendto(fd, message, message.length, MSG_DONTWAIT | MSG_NOSIGNAL, address, address.length)) ===
    message.length;
}
