import {
  badRequest,
  parseFieldSelector,
  parseLabelSelector,
  resourceKeyOf,
  selectableFields,
  unsupportedFieldLabel,
} from '../../api/index.js';
import type { ApiResource, KubernetesObject } from '../../api/index.js';
import { ok } from '../../base/index.js';
import { servedView } from '../custom/versions.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import type { Query } from '../request-info.js';
import type { CachedObject } from '../watch-cache/cached-object.js';
import type { Selection } from '../watch-cache/watch-item.js';
import { collectionPrefix } from './object-key.js';

/** What `labelSelector` and `fieldSelector` of a list or watch select. */
export function readSelection(
  resource: ApiResource,
  namespace: string,
  query: Query,
): Outcome<Selection> {
  const prefix = collectionPrefix(resource, namespace);
  const labels = parseLabelSelector(query['labelSelector'] ?? '');
  if (!labels.ok) return refuse(badRequest(`unable to parse requirement: ${labels.error}`));
  const fields = parseFieldSelector(query['fieldSelector'] ?? '');
  if (!fields.ok) return refuse(badRequest(fields.error));
  const { group, resource: plural } = resource;
  // Each version has names of its own for its fields.
  const key = resource.custom?.selectableFields ?? resourceKeyOf({ group, resource: plural });
  const unsupported = unsupportedFieldLabel(key, fields.value);
  if (unsupported !== undefined) return refuse(badRequest(unsupported));
  const view =
    resource.custom === undefined && resource.storedAs === undefined
      ? {}
      : { view: (cached: CachedObject) => servedView(resource, cached) };
  if (labels.value.everything && fields.value.everything) return ok({ prefix, ...view });
  const matches = (object: KubernetesObject): boolean =>
    (labels.value.everything || labels.value.matches(object.metadata?.labels)) &&
    (fields.value.everything || fields.value.matches(selectableFields(key, object)));
  return ok({ prefix, matches, ...view });
}

/** The name that `fieldSelector=metadata.name=x` asks for; authorization treats it as the name of the request. */
export function selectedName(query: Query): string {
  const fields = parseFieldSelector(query['fieldSelector'] ?? '');
  if (!fields.ok) return '';
  const byName = fields.value.requirements.find(
    (each) => each.field === 'metadata.name' && each.operator === '=',
  );
  return byName?.value ?? '';
}
