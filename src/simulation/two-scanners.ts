import type { Scanner, ScannerEvent } from '../devices/scanner/scanner.ts';
import type { SimulatedScanner } from '../devices/scanner/simulated-scanner.ts';

/** A real scanner, and beside it the clicks of the simulator's page: whether the door has eyes is the real one's word. */
export function twoScanners(real: Scanner, clicks: SimulatedScanner): Scanner {
  return {
    start(listener: (event: ScannerEvent) => void) {
      clicks.start((event) => {
        if (event.kind !== 'status') listener(event);
      });
      real.start(listener);
    },
    pause() {
      real.pause();
      clicks.pause();
    },
    resume() {
      real.resume();
      clicks.resume();
    },
    async stop() {
      await Promise.all([real.stop(), clicks.stop()]);
    },
    describe: () => real.describe(),
  };
}
