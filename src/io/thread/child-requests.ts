import {
  type ActorEvent,
  BadSpecError,
  type ChildRequest,
  type ChildSpec,
  isAlive,
  type SpecProblem,
  specProblems,
  type SupervisorHost,
  type SupervisorSpec,
} from '../../actor/index.js';
import { type ActorId, failed, ok, type Result } from '../../base/index.js';
import type { ChildError } from './actor-system.js';

export interface ChildRequestPorts {
  readonly root: SupervisorHost;
  readonly checkActor: (spec: ChildSpec) => readonly SpecProblem[];
  readonly onEvent: (listener: (event: ActorEvent) => void) => () => void;
}

type Outcome = Result<void, ChildError>;

export async function startChild(
  ports: ChildRequestPorts,
  supervisorId: string,
  spec: ChildSpec | SupervisorSpec,
): Promise<Outcome> {
  // Whether its own id is free is for its supervisor to say.
  const isSibling = childrenOf(ports, supervisorId).some((child) => child.spec.id === spec.id);
  const taken = ports.root.ids().filter((id) => !isSibling || id !== spec.id);
  const problems = specProblems(spec, ports.checkActor, taken);
  if (problems.length > 0) {
    const { message } = new BadSpecError(problems);
    return failed({ code: 'bad-spec', message, problems });
  }
  return requestStart(ports, supervisorId, { type: 'start-child', spec }, spec.id);
}

export function restartChild(
  ports: ChildRequestPorts,
  supervisorId: string,
  id: ActorId,
): Promise<Outcome> {
  return requestStart(ports, supervisorId, { type: 'restart-child', id }, id);
}

export async function terminateChild(
  ports: ChildRequestPorts,
  supervisorId: string,
  id: ActorId,
): Promise<Outcome> {
  let settle: () => void = () => undefined;
  const down = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const off = ports.onEvent((event) => {
    if (event.type === 'ended' || (event.type === 'died' && event.id === id)) settle();
  });
  const outcome = request(ports, supervisorId, { type: 'terminate-child', id });
  const child = childrenOf(ports, supervisorId).find((each) => each.spec.id === id);
  if (outcome.ok && child !== undefined && isAlive(child)) await down;
  off();
  return outcome;
}

export function deleteChild(ports: ChildRequestPorts, supervisorId: string, id: ActorId): Outcome {
  return request(ports, supervisorId, { type: 'delete-child', id });
}

/** Resolves when the child is ready, or will not be. */
function requestStart(
  ports: ChildRequestPorts,
  supervisorId: string,
  wanted: ChildRequest,
  id: ActorId,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const settle = (outcome: Outcome): void => {
      off();
      resolve(outcome);
    };
    const off = ports.onEvent((event) => {
      if (event.type === 'ended')
        settle(failed({ code: 'start-failed', message: 'the system has ended' }));
      else if (event.type === 'ready' && event.id === id) settle(ok(undefined));
      else if (event.type === 'died' && event.id === id && event.restartInMs === undefined)
        settle(failed({ code: 'start-failed', message: event.message }));
    });
    const outcome = request(ports, supervisorId, wanted);
    if (!outcome.ok) settle(outcome);
  });
}

function request(ports: ChildRequestPorts, supervisorId: string, wanted: ChildRequest): Outcome {
  const supervisor = ports.root.find(supervisorId as ActorId);
  if (supervisor === undefined) {
    const message = `no supervisor ${supervisorId}`;
    return failed({ code: 'unknown-supervisor', message });
  }
  const refusal = supervisor.request(wanted);
  const id = wanted.type === 'start-child' ? wanted.spec.id : wanted.id;
  return refusal === undefined
    ? ok(undefined)
    : failed({ code: refusal, message: `${wanted.type} ${id}: ${refusal}` });
}

function childrenOf(
  { root }: ChildRequestPorts,
  supervisorId: string,
): SupervisorHost['state']['children'] {
  return root.find(supervisorId as ActorId)?.state.children ?? [];
}
