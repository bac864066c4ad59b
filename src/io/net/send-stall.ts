import { waitingBytes, type Response } from './http-message.js';

/** Watches whether a client takes what is sent to it. */
export interface SendProgress {
  /** Something was written that may have to wait in our memory. */
  wrote(): void;
  end(): void;
}

/**
 * Calls back once when nothing of what waits in the response has left for `stallMs`. There is a timer only while something
 * waits: an idle watch costs nothing.
 */
export function watchSendProgress(
  response: Response,
  stallMs: number,
  onStall: () => void,
): SendProgress {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const look = (lastBytes: number): void => {
    const bytes = waitingBytes(response);
    if (bytes === 0) stop();
    else if (bytes === lastBytes) onStall();
    else timer = setTimeout(look, stallMs, bytes);
  };
  response.on('drain', stop);
  return {
    wrote() {
      if (timer !== undefined) return;
      timer = setTimeout(look, stallMs, -1);
    },
    end: stop,
  };
}
