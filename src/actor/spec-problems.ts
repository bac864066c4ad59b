import { type Backoff, type ChildSpec, isSupervisor, type SupervisorSpec } from './child-spec.js';

/** One mistake in a child spec. */
export interface SpecProblem {
  /** Where, from the spec that was checked: `children[2].heapMbMax`. Empty: the spec itself. */
  readonly path: string;
  readonly message: string;
}

/** A tree or a child that cannot be started as it is written. Nothing has been started. */
export class BadSpecError extends Error {
  override readonly name = 'BadSpecError';
  readonly code = 'bad-spec';
  readonly problems: readonly SpecProblem[];
  constructor(problems: readonly SpecProblem[]) {
    super(
      problems
        .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
        .join('; '),
    );
    this.problems = problems;
  }
}

const ID = /^[a-z0-9][a-z0-9.-]*$/;
const STRATEGIES: readonly string[] = ['one_for_one', 'one_for_all', 'rest_for_one'];
const RESTARTS: readonly string[] = ['permanent', 'transient', 'temporary'];

/**
 * All mistakes in a spec, in the order of its fields. Ids are those of the whole tree, so `taken` names what is there
 * already. `checkActor` adds what only a host knows: whether there is code for an entry. A link to an actor that is not there is no mistake:
 * it may come later.
 */
export function specProblems(
  spec: ChildSpec | SupervisorSpec,
  checkActor: (spec: ChildSpec) => readonly SpecProblem[],
  taken: Iterable<string> = [],
): SpecProblem[] {
  const problems: SpecProblem[] = [];
  const known = new Set<string>(taken);
  const visit = (each: ChildSpec | SupervisorSpec, path: string): void => {
    const say = (field: string, message: string): void => {
      problems.push({ path: [path, field].filter((part) => part !== '').join('.'), message });
    };
    if (!ID.test(each.id)) say('id', `not an actor id: ${JSON.stringify(each.id)}`);
    else if (known.has(each.id)) say('id', `${each.id} is there already`);
    known.add(each.id);
    if (each.restart !== undefined && !RESTARTS.includes(each.restart))
      say('restart', `none of ${RESTARTS.join(', ')}`);
    if (isSupervisor(each)) {
      supervisorProblems(each, say);
      each.children.forEach((child, index) => {
        visit(child, `${path === '' ? '' : `${path}.`}children[${String(index)}]`);
      });
    } else {
      actorProblems(each, say);
      for (const problem of checkActor(each)) say(problem.path, problem.message);
    }
  };
  visit(spec, '');
  return problems;
}

type Say = (field: string, message: string) => void;

function supervisorProblems(spec: SupervisorSpec, say: Say): void {
  if (!STRATEGIES.includes(spec.strategy)) say('strategy', `none of ${STRATEGIES.join(', ')}`);
  if (!Number.isInteger(spec.intensity) || spec.intensity < 0)
    say('intensity', 'not a whole number of crashes, from 0');
  if (!(spec.periodMs > 0)) say('periodMs', 'not above 0');
  backoffProblems(spec.backoff, say);
}

function backoffProblems({ minMs, maxMs, factor, jitter }: Backoff, say: Say): void {
  if (!(minMs >= 0)) say('backoff.minMs', 'below 0');
  if (!(maxMs >= minMs)) say('backoff.maxMs', 'below minMs');
  if (!(factor >= 1)) say('backoff.factor', 'below 1: delays would shrink');
  if (!(jitter >= 0 && jitter <= 1)) say('backoff.jitter', 'not within 0 and 1');
}

function actorProblems(spec: ChildSpec, say: Say): void {
  for (const field of ['startTimeoutMs', 'stallMs', 'heapMbMax'] as const)
    if (!(spec[field] > 0)) say(field, 'not above 0');
  for (const field of ['shutdownMs', 'restartDelayMs'] as const)
    if (!((spec[field] ?? 0) >= 0)) say(field, 'below 0');
  for (const field of ['buffersMbMax', 'youngMb'] as const)
    if (!((spec[field] ?? 1) > 0)) say(field, 'not above 0');
  const { warmSpares = 0, kind, links, id } = spec;
  if (!Number.isInteger(warmSpares) || warmSpares < 0)
    say('warmSpares', 'not a whole number, from 0');
  // An edge is never terminated, so a spare of one could not be ended.
  if (warmSpares > 0 && kind === 'edge') say('warmSpares', 'an edge has no spares');
  if (links.includes(id)) say('links', 'a link to itself');
}
