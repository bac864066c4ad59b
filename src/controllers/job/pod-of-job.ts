import type { V1Container, V1Job, V1Pod, V1PodSpec } from '../../api/index.js';
import { nameOf, Resource } from '../../client/index.js';
import { referenceToController } from '../owners.js';
import { judgeFailure } from './failure-policy.js';
import {
  countIn,
  countsPerIndex,
  INDEX_FAILURES_KEY,
  INDEX_IGNORED_KEY,
  INDEX_KEY,
  TRACKING_FINALIZER,
} from './job-pods.js';

const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX';
/** Of a host name. */
const LABEL_LENGTH_MAX = 63;
/** What is left of a name beside the five random characters. */
const PREFIX_LENGTH_MAX = 58;

/** The pod of a job; that of an index knows it by a label, an annotation, its host name and its environment. */
export function podOfJob(
  job: V1Job,
  index: number | undefined,
  failedBefore: readonly V1Pod[],
): V1Pod {
  const template = job.spec?.template;
  const base = index === undefined ? nameOf(job) : `${nameOf(job)}-${String(index)}`;
  const indexed = index === undefined ? {} : { [INDEX_KEY]: String(index) };
  const counts = countsPerIndex(job) ? failureCounts(job, failedBefore) : {};
  const spec: V1PodSpec = template?.spec ?? { containers: [] };
  const others = (template?.metadata?.finalizers ?? []).filter(
    (each) => each !== TRACKING_FINALIZER,
  );
  return {
    metadata: {
      namespace: job.metadata?.namespace ?? '',
      generateName: prefixOf(job, index),
      labels: { ...template?.metadata?.labels, ...indexed },
      annotations: { ...template?.metadata?.annotations, ...indexed, ...counts },
      finalizers: [...others, TRACKING_FINALIZER],
      ownerReferences: [referenceToController(Resource.jobs, job)],
    },
    spec: index === undefined ? spec : specOfIndex(spec, base),
  };
}

/** Of a long name the end is cut off, never the index. */
function prefixOf(job: V1Job, index: number | undefined): string {
  const end = index === undefined ? '-' : `-${String(index)}-`;
  return `${nameOf(job).slice(0, PREFIX_LENGTH_MAX - end.length)}${end}`;
}

function specOfIndex(spec: V1PodSpec, base: string): V1PodSpec {
  const initContainers = spec.initContainers?.map(withIndexVariable);
  return {
    ...spec,
    containers: spec.containers.map(withIndexVariable),
    ...(initContainers === undefined ? {} : { initContainers }),
    hostname: spec.hostname ?? base.slice(0, LABEL_LENGTH_MAX),
  };
}

function withIndexVariable(container: V1Container): V1Container {
  if (container.env?.some(({ name }) => name === INDEX_VARIABLE) === true) return container;
  const fieldRef = { apiVersion: 'v1', fieldPath: `metadata.labels['${INDEX_KEY}']` };
  const variable = { name: INDEX_VARIABLE, valueFrom: { fieldRef } };
  return { ...container, env: [...(container.env ?? []), variable] };
}

/** Carries on the counts of the failed pod of the index that has the highest. */
function failureCounts(job: V1Job, failedBefore: readonly V1Pod[]): Record<string, string> {
  let failures = 0;
  let ignored = 0;
  for (const pod of failedBefore) {
    const isIgnored = judgeFailure(job, pod).action === 'Ignore';
    failures = Math.max(failures, countIn(pod, INDEX_FAILURES_KEY) + (isIgnored ? 0 : 1));
    ignored = Math.max(ignored, countIn(pod, INDEX_IGNORED_KEY) + (isIgnored ? 1 : 0));
  }
  return {
    [INDEX_FAILURES_KEY]: String(failures),
    ...(ignored === 0 ? {} : { [INDEX_IGNORED_KEY]: String(ignored) }),
  };
}
