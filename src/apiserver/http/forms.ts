import { groupVersionOf, isStatus, printTable, resourceKeyOf, rowObject } from '../../api/index.js';
import type { ApiResource, KubernetesObject, PrintOptions } from '../../api/index.js';
import { listMetadata } from '../registry/list-object.js';
import type { ListReply } from '../registry/resource-request.js';
import { jsonOf, objectOf } from '../watch-cache/cached-object.js';
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

/** A list as JSON text. Objects are not made anew: the text of each is made once for all lists and watches. */
export function renderList(reply: ListReply, rendering: Rendering): string {
  const { resource, items } = reply;
  const metadata = listMetadata(reply);
  if (rendering.form === 'table')
    return JSON.stringify(tableOf(resource, items.map(objectOf), rendering, metadata));
  const partial = rendering.form === 'partial-metadata';
  const kind = partial ? 'PartialObjectMetadataList' : resource.listKind;
  const apiVersion = partial ? 'meta.k8s.io/v1' : groupVersionOf(resource);
  const head = JSON.stringify({ kind, apiVersion, metadata }).slice(0, -1);
  const texts = partial
    ? items.map((item) => JSON.stringify(partialMetadata(objectOf(item))))
    : items.map(jsonOf);
  return `${head},"items":[${texts.join(',')}]}`;
}
