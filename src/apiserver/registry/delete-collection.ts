import { ok } from '../../base/index.js';
import type { Outcome } from '../outcome.js';
import { objectOf } from '../watch-cache/cached-object.js';
import { deleteObject } from './delete.js';
import { readDeleteOptions } from './delete-options.js';
import { listFromRequest } from './list.js';
import type { RegistryPorts } from './ports.js';
import type { ListReply, ResourceRequest } from './resource-request.js';

/** Deletes that are under way at the same time (kube-apiserver's --delete-collection-workers, times a pipeline). */
const WORKERS = 16;

/** DELETE of a collection: of each object that is selected, one by one. Answers with what was selected. */
export async function deleteCollectionFromRequest(
  ports: RegistryPorts,
  request: ResourceRequest,
): Promise<Outcome<ListReply>> {
  const options = readDeleteOptions(request);
  if (!options.ok) return options;
  const listed = await listFromRequest(ports, request);
  if (!listed.ok) return listed;
  const { items } = listed.value;
  for (let from = 0; from < items.length; from += WORKERS) {
    const batch = items.slice(from, from + WORKERS).map((item) => {
      const { namespace = '', name = '' } = objectOf(item).metadata ?? {};
      const by = { user: request.user, request, ofCollection: true };
      return deleteObject(ports, request.resource, { namespace, name }, options.value, by);
    });
    for (const deleted of await Promise.all(batch)) {
      if (!deleted.ok && deleted.error.code !== 404) return deleted;
    }
  }
  return ok(listed.value);
}
