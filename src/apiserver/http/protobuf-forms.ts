import {
  encodeKubernetesProtobuf,
  encodeProtobufList,
  encodeProtobufMessage,
  groupVersionOf,
  internalError,
  isStatus,
  protobufWatchFrame,
  wrapProtobufMessage,
} from '../../api/index.js';
import type { ApiResource, KubernetesObject, ProtobufError, Status } from '../../api/index.js';
import { assert, ok } from '../../base/index.js';
import type { Result } from '../../base/index.js';
import type { HttpStreamItem } from '../../protocol/index.js';
import { bookmarkObject } from '../bookmark.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { listMetadata } from '../registry/list-object.js';
import type { ListReply, ObjectReply } from '../registry/resource-request.js';
import { frameOf, objectOf } from '../watch-cache/cached-object.js';
import type { CachedObject } from '../watch-cache/cached-object.js';
import { messageOf } from '../watch-cache/served-protobuf.js';
import type { WatchItem } from '../watch-cache/watch-item.js';
import type { WatchEncoding } from '../watch-stream.js';
import { partialMetadata } from './forms.js';
import type { Rendering } from './forms.js';
import { watchChunks } from './watch-chunks.js';

type Bytes = Uint8Array<ArrayBuffer>;
type Form = Rendering['form'];

/** One object, with its envelope. */
export function protobufObject({ object, shared }: ObjectReply, form: Form): Outcome<Bytes> {
  if (form === 'partial-metadata' && !isStatus(object))
    return outcomeOf(encodeKubernetesProtobuf(partialMetadata(object)));
  if (shared === undefined || object !== objectOf(shared))
    return outcomeOf(encodeKubernetesProtobuf(object));
  const message = messageOf(shared);
  if (!message.ok) return outcomeOf(message);
  return ok(wrapProtobufMessage(object, message.value));
}

/** A list, put together from the messages of its items. */
export function protobufList(reply: ListReply, form: Form): Outcome<Bytes> {
  const partial = form === 'partial-metadata';
  const messages: Uint8Array[] = [];
  for (const item of reply.items) {
    const message = partial
      ? encodeProtobufMessage(partialMetadata(objectOf(item)))
      : messageOf(item);
    if (!message.ok) return outcomeOf(message);
    messages.push(message.value);
  }
  const { resource } = reply;
  const list = {
    kind: partial ? 'PartialObjectMetadataList' : resource.listKind,
    apiVersion: partial ? 'meta.k8s.io/v1' : groupVersionOf(resource),
    metadata: { ...listMetadata(reply) },
  };
  return outcomeOf(encodeProtobufList(list, messages));
}

/** A watch as protobuf has it: each event behind its length. Frames are made once for all who watch. */
export function protobufFrames(resource: ApiResource, form: Form): WatchEncoding<HttpStreamItem> {
  const shown = (object: KubernetesObject): KubernetesObject =>
    form === 'partial-metadata' ? partialMetadata(object) : object;
  const wrapped = (cached: CachedObject): Outcome<Bytes> => {
    if (form === 'partial-metadata')
      return outcomeOf(encodeKubernetesProtobuf(partialMetadata(objectOf(cached))));
    const message = messageOf(cached);
    if (!message.ok) return outcomeOf(message);
    const type = { apiVersion: groupVersionOf(resource), kind: resource.kind };
    return ok(wrapProtobufMessage(type, message.value));
  };
  const frame = (item: WatchItem): Uint8Array => {
    if (item.type === 'BOOKMARK')
      return plainFrame(item.type, shown(bookmarkObject(resource, item)));
    return frameOf(item.object, `${item.type}/protobuf/${form}`, () => {
      const object = wrapped(item.object);
      return object.ok ? protobufWatchFrame(item.type, object.value) : errorFrame(object.error);
    });
  };
  return watchChunks(frame, errorFrame);
}

function errorFrame(status: Status): Uint8Array {
  return plainFrame('ERROR', status);
}

/** An event whose object was made here, and so has a protobuf form. */
function plainFrame(type: string, object: KubernetesObject): Uint8Array {
  const encoded = encodeKubernetesProtobuf(object);
  assert(encoded.ok, 'an object of our own has a protobuf form');
  return protobufWatchFrame(type, encoded.value);
}

/** Only what somebody put into the store past this server cannot be encoded. */
function outcomeOf(encoded: Result<Bytes, ProtobufError>): Outcome<Bytes> {
  return encoded.ok ? encoded : refuse(internalError(encoded.error.message));
}
