import type {
  V1CustomResourceDefinition,
  V1CustomResourceDefinitionCondition,
  V1CustomResourceDefinitionNames,
} from '../generated/types.js';
import { findCondition, withCondition } from '../meta.js';
import { goQuote } from '../go-quote.js';
import { jsonEqualStrict } from './json-equal.js';

type Definition = V1CustomResourceDefinition;
type Condition = V1CustomResourceDefinitionCondition;

/**
 * The status that a definition should have: the names that are its own, and whether it may be served (apiextensions'
 * naming and establishing controllers in one step). Who has a name keeps it. Undefined: it is as it should be.
 * `others` are the definitions of its group, or of all; `now` is RFC 3339.
 */
export function planDefinitionStatus(
  definition: Definition,
  others: Iterable<Definition>,
  now: string,
): Definition['status'] | undefined {
  const taken = takenNames(definition, others);
  const accepted = acceptNames(definition, taken);
  const status = definition.status ?? {};
  let conditions: readonly Condition[] = status.conditions ?? [];
  conditions = withCondition(conditions, accepted.condition, now);
  if (findCondition(conditions, 'Established')?.status !== 'True') {
    const established: Condition =
      accepted.condition.status === 'True'
        ? {
            type: 'Established',
            status: 'True',
            reason: 'InitialNamesAccepted',
            message: 'the initial names have been accepted',
          }
        : {
            type: 'Established',
            status: 'False',
            reason: 'NotAccepted',
            message: 'not all names are accepted',
          };
    conditions = withCondition(conditions, established, now);
  }
  const planned = { ...status, acceptedNames: accepted.names, conditions: [...conditions] };
  return jsonEqualStrict(plain(planned), plain(status)) ? undefined : planned;
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

interface Taken {
  readonly resources: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

function takenNames(definition: Definition, others: Iterable<Definition>): Taken {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const other of others) {
    if (other.metadata?.name === definition.metadata?.name) continue;
    const names = other.status?.acceptedNames;
    if (other.spec.group !== definition.spec.group || names === undefined) continue;
    for (const name of [names.plural, names.singular, ...(names.shortNames ?? [])])
      if (name !== undefined && name !== '') resources.add(name);
    for (const name of [names.kind, names.listKind])
      if (name !== undefined && name !== '') kinds.add(name);
  }
  return { resources, kinds };
}

function acceptNames(
  { spec, status }: Definition,
  taken: Taken,
): { names: V1CustomResourceDefinitionNames; condition: Condition } {
  const wanted = spec.names;
  const names: V1CustomResourceDefinitionNames = {
    ...(status?.acceptedNames ?? { kind: '', plural: '' }),
  };
  let conflict: { reason: string; message: string } | undefined;
  const consider = (
    name: 'plural' | 'singular' | 'kind' | 'listKind',
    used: ReadonlySet<string>,
    reason: string,
  ): void => {
    const asked = wanted[name] ?? '';
    if (asked !== names[name] && used.has(asked))
      conflict = { reason, message: `${goQuote(asked)} is already in use` };
    else names[name] = asked;
  };
  consider('plural', taken.resources, 'PluralConflict');
  consider('singular', taken.resources, 'SingularConflict');
  const shortNames = wanted.shortNames ?? [];
  const lost = shortNames.filter(
    (each) => names.shortNames?.includes(each) !== true && taken.resources.has(each),
  );
  if (lost.length > 0) {
    const texts = lost.map((each) => `${goQuote(each)} is already in use`);
    const message = texts.length === 1 ? texts.join('') : `[${texts.join(', ')}]`;
    conflict = { reason: 'ShortNamesConflict', message };
  } else if (shortNames.length > 0) names.shortNames = shortNames;
  else delete names.shortNames;
  consider('kind', taken.kinds, 'KindConflict');
  consider('listKind', taken.kinds, 'ListKindConflict');
  if (wanted.categories === undefined) delete names.categories;
  else names.categories = wanted.categories;
  const condition: Condition =
    conflict === undefined
      ? {
          type: 'NamesAccepted',
          status: 'True',
          reason: 'NoConflicts',
          message: 'no conflicts found',
        }
      : { type: 'NamesAccepted', status: 'False', ...conflict };
  return { names, condition };
}
