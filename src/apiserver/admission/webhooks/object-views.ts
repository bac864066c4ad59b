import { badRequest, internalError } from '../../../api/index.js';
import type { ApiResource, KubernetesObject } from '../../../api/index.js';
import { ok } from '../../../base/index.js';
import type { Converter } from '../../custom/converter.js';
import { refuse } from '../../outcome.js';
import type { Outcome } from '../../outcome.js';
import { decodePatched } from '../../registry/body.js';
import type { ExpectedKind } from '../../registry/body.js';
import { setObjectDefaults } from '../../registry/object-rules.js';
import type { AdmissionAttributes } from '../admission.js';
import type { Subject } from './subject.js';

type View = KubernetesObject | undefined;

/** The objects of a write in the versions that webhooks and policies ask for: each is converted once, until the object is changed. */
export interface ObjectViews {
  object(subject: Subject): Promise<Outcome<View>>;
  old(subject: Subject): Promise<Outcome<View>>;
  /**
   * Makes what was made of the object, in the version of the subject, the object itself: read, pruned and defaulted as if sent so.
   * `Strict`: a field that its type does not have is an error.
   */
  replace(
    subject: Subject,
    value: KubernetesObject,
    fieldValidation?: 'Ignore' | 'Strict',
  ): Promise<Outcome<undefined>>;
}

export function objectViews(
  converter: Pick<Converter, 'inVersion'>,
  attributes: AdmissionAttributes,
): ObjectViews {
  const { resource, object } = attributes;
  let objects = new Map<ApiResource, Outcome<View>>();
  const olds = new Map<ApiResource, Outcome<View>>();

  async function viewOf(of: View, subject: Subject): Promise<Outcome<View>> {
    if (of === undefined || !isResourceKind(subject)) return ok(of);
    const { row } = subject;
    const made = row.custom === undefined ? ok(fromStored(row, of)) : await converted(row, of);
    return made.ok ? made : refuse(internalError(made.error.message ?? ''));
  }

  /** `resource` is the version in which the registry works on a custom object. */
  async function converted(row: ApiResource, of: KubernetesObject): Promise<Outcome<View>> {
    return row.version === resource.version ? ok(of) : await converter.inVersion(row, of);
  }

  async function known(
    views: Map<ApiResource, Outcome<View>>,
    of: View,
    subject: Subject,
  ): Promise<Outcome<View>> {
    const view = views.get(subject.row) ?? (await viewOf(of, subject));
    views.set(subject.row, view);
    return view;
  }

  async function read(
    subject: Subject,
    value: KubernetesObject,
    fieldValidation: 'Ignore' | 'Strict',
  ): Promise<Outcome<View>> {
    const { row } = subject;
    const expected = expectedKind(subject);
    // Of a connection there is no model: its options are as they are.
    if (expected === undefined) return ok(value);
    const strictness = expected.custom === undefined ? fieldValidation : 'Ignore';
    const decoded = decodePatched(value, expected, strictness, badRequest);
    if (!decoded.ok) return refuse(internalError(decoded.error.message ?? ''));
    const found = decoded.value.object;
    if (!isResourceKind(subject)) return ok(found);
    if (row.custom === undefined) {
      const stored = row.storedAs === undefined ? found : row.storedAs.toStored(found);
      setObjectDefaults(resource, stored);
      return ok(stored);
    }
    setObjectDefaults(row, found);
    if (row.version === resource.version) return ok(found);
    const back = await converter.inVersion(resource, found);
    return back.ok ? back : refuse(internalError(back.error.message ?? ''));
  }

  return {
    object: (subject) => known(objects, object, subject),
    old: (subject) => known(olds, attributes.old, subject),
    async replace(subject, value, fieldValidation = 'Ignore') {
      const changed = await read(subject, value, fieldValidation);
      if (!changed.ok) return changed;
      objects = new Map();
      for (const key of Object.keys(object ?? {})) Reflect.deleteProperty(object ?? {}, key);
      Object.assign(object ?? {}, changed.value);
      return ok(undefined);
    },
  };
}

/** A subresource that speaks another kind (Scale, Binding) is the same in all versions. */
function isResourceKind({ row, kind }: Subject): boolean {
  return kind.kind === row.kind && kind.group === row.group && kind.version === row.version;
}

function fromStored({ storedAs }: ApiResource, object: KubernetesObject): KubernetesObject {
  return storedAs === undefined ? object : storedAs.fromStored(object);
}

/** As what an object is read and merged; undefined: it is the options of a connection, which have no model. */
export function expectedKind(subject: Subject): ExpectedKind | undefined {
  const { row, kind, subresource } = subject;
  if (isResourceKind(subject)) return { ...row, ...kind };
  const model = row.subresources.find(({ name }) => name === subresource)?.model ?? row.model;
  return model === '' ? undefined : { ...kind, model };
}
