import type { ApiResource } from '../../api/index.js';
import { bookmarkObject } from '../bookmark.js';
import { frameOf, objectOf } from '../watch-cache/cached-object.js';
import { joinJson } from '../watch-cache/served-json.js';
import type { WatchItem } from '../watch-cache/watch-item.js';
import type { HttpStreamItem } from '../../protocol/index.js';
import type { WatchEncoding } from '../watch-stream.js';
import { partialMetadata, tableOf } from './forms.js';
import type { Rendering } from './forms.js';
import { watchChunks } from './watch-chunks.js';

const encoder = new TextEncoder();

/** A watch as HTTP has it: one JSON event a line. Frames of whole objects are made once for all who watch. */
export function watchFrames(
  resource: ApiResource,
  rendering: Rendering,
  wallMs: () => number,
): WatchEncoding<HttpStreamItem> {
  let headersSent = false;
  const frame = (item: WatchItem): Uint8Array => {
    if (rendering.form === 'table') {
      const text = tableFrame(resource, item, { ...rendering, nowMs: wallMs() }, headersSent);
      headersSent = true;
      return encoder.encode(text);
    }
    if (item.type === 'BOOKMARK') return encoder.encode(bookmarkFrame(resource, item, rendering));
    if (rendering.form === 'object') {
      return frameOf(item.object, item.type, () =>
        joinJson(`{"type":"${item.type}","object":`, [item.object], '}\n'),
      );
    }
    const partial = (): Uint8Array =>
      encoder.encode(eventText(item.type, JSON.stringify(partialMetadata(objectOf(item.object)))));
    return frameOf(item.object, `${item.type}/partial`, partial);
  };
  return watchChunks(frame, (status) => encoder.encode(eventText('ERROR', JSON.stringify(status))));
}

function eventText(type: string, json: string): string {
  return `{"type":"${type}","object":${json}}\n`;
}

function bookmarkFrame(
  resource: ApiResource,
  item: Extract<WatchItem, { readonly type: 'BOOKMARK' }>,
  rendering: Rendering,
): string {
  const object = bookmarkObject(resource, item);
  const shown = rendering.form === 'partial-metadata' ? partialMetadata(object) : object;
  return eventText(item.type, JSON.stringify(shown));
}

function tableFrame(
  resource: ApiResource,
  item: WatchItem,
  rendering: Rendering,
  noHeaders: boolean,
): string {
  if (item.type === 'BOOKMARK') {
    const object = bookmarkObject(resource, item);
    const table = tableOf(
      resource,
      [],
      rendering,
      { resourceVersion: String(item.resumeAfter) },
      noHeaders,
    );
    return eventText(item.type, JSON.stringify({ ...table, metadata: object.metadata }));
  }
  const object = objectOf(item.object);
  const metadata = { resourceVersion: object.metadata?.resourceVersion ?? '' };
  return eventText(
    item.type,
    JSON.stringify(tableOf(resource, [object], rendering, metadata, noHeaders)),
  );
}
