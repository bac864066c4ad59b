import type { Status } from '../../api/index.js';
import { concatBytes } from '../../base/index.js';
import type { HttpStreamItem } from '../../protocol/index.js';
import type { WatchItem } from '../watch-cache/watch-item.js';
import type { WatchEncoding } from '../watch-stream.js';

/** A watch in one encoding: events are sent in chunks of whole frames, each with where to go on after it. */
export function watchChunks(
  frame: (item: WatchItem) => Uint8Array,
  errorFrame: (status: Status) => Uint8Array,
): WatchEncoding<HttpStreamItem> {
  return {
    items(items) {
      const resumeAfter = items.at(-1)?.resumeAfter;
      const data = concatBytes(items.map(frame));
      return {
        type: 'chunk',
        data,
        ...(resumeAfter === undefined ? {} : { resumeAfter: String(resumeAfter) }),
      };
    },
    error: (status) => ({ type: 'chunk', data: errorFrame(status) }),
  };
}
