import { MODEL_LINES } from '../generated/models.js';
import type { FieldType } from './field-type.js';
import { parseFieldType } from './field-type.js';
import type { MessageLine, MessageToken } from './message-table.js';
import { findMessageLine, messageNames } from './message-table.js';
import type { MessagePackage } from './packages.js';
import { parseGroupVersion } from './resource.js';

/** The shape of one type of the API, in JSON and on the protobuf wire. */
export interface Model {
  /** As in `generated/types.ts`: `V1DeploymentSpec`. */
  readonly name: string;
  /** Go's name, which is also that of the protobuf message: `DeploymentSpec`. */
  readonly goName: string;
  /** Under their JSON names, in the order of the generated table. */
  readonly fields: ReadonlyMap<string, ModelField>;
  /** Undefined for the few that have no protobuf form. */
  readonly message: Message | undefined;
}

export interface ModelField {
  readonly name: string;
  readonly type: FieldType;
  readonly required: boolean;
  /**
   * A zero (`0`, `''`, `false`) says something and is kept, since it is a pointer or no plain value in Go (`maxSurge: 0`);
   * else zero is unset.
   */
  readonly keepsZero: boolean;
}

/** What stands on the wire: fields by their numbers. */
export interface Message {
  readonly package: MessagePackage;
  readonly entries: readonly MessageEntry[];
}

export type MessageEntry =
  | {
      readonly type: 'field';
      readonly number: number;
      readonly field: ModelField;
      /** Go holds it by value, so that it is written whether it says something or not. */
      readonly byValue: boolean;
    }
  /** A message whose fields stand among those of its parent in JSON. */
  | { readonly type: 'embed'; readonly number: number; readonly message: Message };

interface ModelSource {
  /** The line of the generated table, without the name; undefined where only the message table knows it. */
  readonly columns: string | undefined;
  readonly message: { readonly package: MessagePackage; readonly name: string } | undefined;
}

/** What every kind has; the generated table says it of the kinds that it knows. */
const TYPE_META_COLUMNS = 'apiVersion:s kind:s';

let sources: Map<string, ModelSource> | undefined;
const models = new Map<string, Model>();

/** `V1DeploymentSpec`; undefined where there is none. Parsed at the first call and kept. */
export function findModel(name: string): Model | undefined {
  const known = models.get(name);
  if (known) return known;
  const source = modelSources().get(name);
  if (!source) return undefined;
  const model = parseModel(name, source);
  models.set(name, model);
  return model;
}

/** The names of all models. */
export function modelNames(): readonly string[] {
  return [...modelSources().keys()];
}

/** The model's name of `('apps/v1', 'Deployment')`. Options and Status are of every group (as meta/v1 has them). */
export function modelOfKind(apiVersion: string, kind: string): string | undefined {
  const { group, version } = parseGroupVersion(apiVersion);
  const own = modelNameIn(group, version, kind);
  const of = modelSources().get(own)?.message?.package;
  if (of && of.group === group && of.version === version) return own;
  const shared = modelSources().get(`V1${kind}`);
  return shared?.message?.package.group === 'meta' ? `V1${kind}` : undefined;
}

/** `io.k8s.api.apps.v1.Deployment`, as OpenAPI names it; undefined for an unknown model. */
export function definitionName(model: string): string | undefined {
  const source = modelSources().get(model);
  if (source?.message) return `${source.message.package.name}.${source.message.name}`;
  return model === 'VersionInfo' ? 'io.k8s.apimachinery.pkg.version.Info' : undefined;
}

/** Kinds that two groups have carry their group in the model's name: `RbacV1Subject`. */
function modelNameIn(group: string, version: string, name: string): string {
  const plain = `${capitalized(version)}${name}`;
  const first = group === '' ? 'core' : (group.split('.', 1)[0] ?? '');
  const prefixed = `${capitalized(first)}${plain}`;
  return modelSources().has(prefixed) ? prefixed : plain;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function modelSources(): Map<string, ModelSource> {
  if (sources) return sources;
  sources = new Map();
  for (const line of MODEL_LINES.split('\n')) {
    const end = line.indexOf(' ');
    const name = end < 0 ? line : line.slice(0, end);
    sources.set(name, { columns: end < 0 ? '' : line.slice(end + 1), message: undefined });
  }
  for (const message of messageNames()) {
    const { group, version } = message.package;
    const name = modelNameIn(group, version, message.name);
    sources.set(name, { columns: sources.get(name)?.columns, message });
  }
  return sources;
}

function parseModel(name: string, source: ModelSource): Model {
  const at = source.message;
  const line = at && findMessageLine(at.package.name, at.name);
  const tokens = line ? [...fieldTokens(line)] : [];
  const byName = new Map(tokens.map((token) => [token.name, token]));
  const fields = new Map<string, ModelField>();
  for (const column of (source.columns ?? TYPE_META_COLUMNS)
    .split(' ')
    .filter((text) => text !== '')) {
    const colon = column.lastIndexOf(':');
    const field = parseField(column.slice(0, colon), column.slice(colon + 1), byName);
    fields.set(field.name, field);
  }
  for (const token of tokens) {
    if (fields.has(token.name) || token.code === undefined) continue;
    fields.set(token.name, parseField(token.name, token.code, byName));
  }
  const goName = at?.name ?? name;
  return { name, goName, fields, message: line && messageOf(line, fields) };
}

type FieldToken = Extract<MessageToken, { type: 'field' }>;

function parseField(
  column: string,
  code: string,
  tokens: ReadonlyMap<string, FieldToken>,
): ModelField {
  const required = column.endsWith('!');
  const name = required ? column.slice(0, -1) : column;
  const token = tokens.get(name);
  const type = parseFieldType(token?.code ?? code);
  const marked = token === undefined || token.pointer || token.alwaysWritten;
  return { name, type, required, keepsZero: required || marked || !isPlain(type) };
}

/** Go's own types, which `omitempty` leaves out where they are zero. */
function isPlain(type: FieldType): boolean {
  if (type.type !== 'scalar') return false;
  return ['string', 'boolean', 'int32', 'int64', 'double', 'bytes'].includes(type.scalar);
}

/** Go's lists, maps and bytes may be nil, which is not written; all else has a zero. */
function isHeldByValue(type: FieldType): boolean {
  if (type.type === 'scalar') return type.scalar !== 'bytes';
  return type.type === 'model';
}

/** The message that a line embeds: its own package's, or that of the same group's v1. */
function embeddedLine(line: MessageLine, message: string): MessageLine | undefined {
  const stable = line.package.name.replace(/\.v1(alpha|beta)\d+$/, '.v1');
  return findMessageLine(line.package.name, message) ?? findMessageLine(stable, message);
}

/** All fields of a message, those of embedded messages among them. */
function* fieldTokens(line: MessageLine): Generator<FieldToken> {
  for (const token of line.tokens) {
    if (token.type === 'field') {
      yield token;
      continue;
    }
    const embedded = embeddedLine(line, token.message);
    if (embedded) yield* fieldTokens(embedded);
  }
}

function messageOf(line: MessageLine, fields: ReadonlyMap<string, ModelField>): Message {
  const entries: MessageEntry[] = [];
  for (const token of line.tokens) {
    if (token.type === 'field') {
      const field = fields.get(token.name);
      if (field === undefined) continue;
      const byValue = !token.pointer && isHeldByValue(field.type);
      entries.push({ type: 'field', number: token.number, field, byValue });
      continue;
    }
    const embedded = embeddedLine(line, token.message);
    if (!embedded) continue;
    const message = messageOf(embedded, fields);
    entries.push({ type: 'embed', number: token.number, message });
  }
  return { package: line.package, entries };
}
