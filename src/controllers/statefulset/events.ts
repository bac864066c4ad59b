import type { V1StatefulSet } from '../../api/index.js';
import type { ApiError, EventRecorder } from '../../client/index.js';
import { isNamespaceTerminating, nameOf, referenceTo, Resource } from '../../client/index.js';

type Verb = 'create' | 'update' | 'delete';

/** Tells of what became of a set's pods and claims. */
export interface StatefulEvents {
  pod(set: V1StatefulSet, verb: Verb, name: string, error: ApiError | undefined): void;
  claim(set: V1StatefulSet, name: string, pod: string, error: ApiError | undefined): void;
}

export function createStatefulEvents(recorder: EventRecorder): StatefulEvents {
  /** A namespace that goes away is no failure. */
  function tell(
    set: V1StatefulSet,
    verb: Verb,
    message: string,
    error: ApiError | undefined,
  ): void {
    if (error !== undefined && isNamespaceTerminating(error)) return;
    const title = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}`;
    const regarding = referenceTo(Resource.statefulsets, set);
    if (error === undefined) recorder.event(regarding, 'Normal', `Successful${title}`, message);
    else
      recorder.event(
        regarding,
        'Warning',
        `Failed${title}`,
        `${message} failed error: ${error.message}`,
      );
  }

  return {
    pod: (set, verb, name, error) => {
      const ending = error === undefined ? ' successful' : '';
      tell(set, verb, `${verb} Pod ${name} in StatefulSet ${nameOf(set)}${ending}`, error);
    },
    claim: (set, name, pod, error) => {
      const message =
        error === undefined
          ? `create Claim ${name} Pod ${pod} in StatefulSet ${nameOf(set)} success`
          : `create Claim ${name} for Pod ${pod} in StatefulSet ${nameOf(set)}`;
      tell(set, 'create', message, error);
    },
  };
}
