import { useEffect, useState } from 'preact/hooks';
import { realTimers } from '../../base/timers.ts';
import { listen } from '../../screen/web/live.ts';

/**
 * The newest value of an event stream, null while there is none. A page in the background lets go of its stream,
 * because a browser opens only six connections to one address and several tabs would use them up.
 */
export function useStream<T>(path: string, event: string): T | null {
  const [value, setValue] = useState<T | null>(null);
  useEffect(() => {
    let stop: (() => void) | null = null;
    const follow = (): void => {
      stop?.();
      stop = null;
      setValue(null);
      if (document.hidden) return;
      stop = listen<T>(
        () => new EventSource(path),
        event,
        realTimers,
        (heard) => setValue(heard.kind === 'value' ? () => heard.value : null),
      );
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      stop?.();
    };
  }, [path, event]);
  return value;
}
