import type { KubernetesObject } from '../object.js';
import { findModel } from '../scheme/model.js';

/** Structs that are always there, as they are no pointers in Kubernetes' types: nobody adds them. */
const ALWAYS: Readonly<Record<string, readonly string[]>> = {
  V1DeploymentSpec: ['template', 'strategy'],
  V1ReplicaSetSpec: ['template'],
  V1DaemonSetSpec: ['template', 'updateStrategy'],
  V1StatefulSetSpec: ['template', 'updateStrategy'],
  V1JobSpec: ['template'],
  V1CronJobSpec: ['jobTemplate'],
  V1JobTemplateSpec: ['metadata', 'spec'],
  V1PodTemplateSpec: ['metadata', 'spec'],
  V1PodSpec: ['containers'],
  V1ServiceStatus: ['loadBalancer'],
  V1PersistentVolumeClaimSpec: ['resources'],
  CoreV1Event: ['source', 'involvedObject'],
};
const OF_OBJECTS = ['metadata', 'spec', 'status'];
const nothing = new Map<string, KubernetesObject>();

/** What an object is before it is created: the structs that are always there, and nothing in them. */
export function emptyObject(model: string | undefined): KubernetesObject {
  if (model === undefined) return { metadata: {} };
  let known = nothing.get(model);
  if (known === undefined) {
    known = emptyModel(model, OF_OBJECTS);
    nothing.set(model, known);
  }
  return known;
}

function emptyModel(model: string, always: readonly string[]): Record<string, unknown> {
  const fields = findModel(model)?.fields;
  const empty: Record<string, unknown> = {};
  for (const name of [...always, ...(ALWAYS[model] ?? [])]) {
    const type = fields?.get(name)?.type;
    if (type?.type === 'model') empty[name] = emptyModel(type.model, []);
    else if (type !== undefined) empty[name] = null;
  }
  return empty;
}
