import { groupVersionOf, isStatus, printTable, resourceKeyOf, rowObject } from '../../api/index.js';
import type { ApiResource, KubernetesObject, PrintOptions } from '../../api/index.js';
import { listMetadata } from '../registry/list-object.js';
import type { ListReply } from '../registry/resource-request.js';
import { objectOf } from '../watch-cache/cached-object.js';
import { joinJson } from '../watch-cache/served-json.js';
import type { Form } from './negotiation.js';

/** How a client wants to see objects. */
export interface Rendering {
  readonly form: Form;
  readonly includeObject: PrintOptions['includeObject'];
  readonly nowMs: number;
}

export function readIncludeObject(text: string | undefined): PrintOptions['includeObject'] {
  return text === 'None' || text === 'Object' ? text : 'Metadata';
}

/** One object in the form that was asked for. A Status stays what it is. */
export function renderObject(
  resource: ApiResource,
  object: KubernetesObject,
  rendering: Rendering,
): KubernetesObject {
  if (rendering.form === 'object' || isStatus(object)) return object;
  if (rendering.form === 'partial-metadata') return partialMetadata(object);
  return tableOf(resource, [object], rendering, {
    resourceVersion: object.metadata?.resourceVersion ?? '',
  });
}

export function partialMetadata(object: KubernetesObject): KubernetesObject {
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: object.metadata ?? {},
  };
}

export function tableOf(
  resource: ApiResource,
  objects: readonly KubernetesObject[],
  rendering: Rendering,
  metadata: PrintOptions['metadata'],
  noHeaders = false,
): KubernetesObject {
  const { nowMs, includeObject } = rendering;
  const options = {
    nowMs,
    includeObject,
    noHeaders,
    ...(metadata === undefined ? {} : { metadata }),
  };
  const { custom, storedAs } = resource;
  const key = custom?.columns ?? resourceKeyOf(resource);
  if (storedAs === undefined) return printTable(key, objects, options);
  // The cells are those of the stored version; the objects are in the one that was asked for.
  const table = printTable(
    key,
    objects.map((object) => storedAs.toStored(object)),
    options,
  );
  table.rows.forEach((row, at) => {
    const shown = rowObject(objects[at] ?? {}, options);
    if (shown !== undefined) row.object = shown;
  });
  return table;
}

const encoder = new TextEncoder();

/** A list as JSON. Whole objects are not made anew: their text is put together from what is stored. */
export function renderList(reply: ListReply, rendering: Rendering): Uint8Array<ArrayBuffer> {
  const { resource, items } = reply;
  const metadata = listMetadata(reply);
  if (rendering.form === 'table') {
    const table = tableOf(resource, items.map(objectOf), rendering, metadata);
    return encoder.encode(`${JSON.stringify(table)}\n`);
  }
  const partial = rendering.form === 'partial-metadata';
  const kind = partial ? 'PartialObjectMetadataList' : resource.listKind;
  const apiVersion = partial ? 'meta.k8s.io/v1' : groupVersionOf(resource);
  const head = `${JSON.stringify({ kind, apiVersion, metadata }).slice(0, -1)},"items":[`;
  if (!partial) return joinJson(head, items, ']}\n');
  const texts = items.map((item) => JSON.stringify(partialMetadata(objectOf(item))));
  return encoder.encode(`${head}${texts.join(',')}]}\n`);
}
