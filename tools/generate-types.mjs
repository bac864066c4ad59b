// Writes src/api/generated/ from the model files of @kubernetes/client-node: TypeScript interfaces, the model table that the
// API server decodes by, and the descriptions that `kubectl explain` shows. Nothing of that package is copied or loaded at run time.
//
//   node tools/generate-types.mjs                 writes what is missing or stale (a no-op takes a few milliseconds)
//   node tools/generate-types.mjs --force         writes always
//   node tools/generate-types.mjs --check-stale   writes nothing; exit code 1 where something is missing or stale
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const self = fileURLToPath(import.meta.url);
const root = path.resolve(path.dirname(self), '..');
const packageFolder = path.join(root, 'node_modules', '@kubernetes', 'client-node');
const modelFolder = path.join(packageFolder, 'dist', 'gen', 'models');
const outFolder = path.join(root, 'src', 'api', 'generated');
const outputs = ['types.ts', 'models.ts', 'descriptions.ts'];

/** One letter for each plain type; a model stands under its own name. The reader is src/api/scheme/model.ts. */
const formats = {
  int32: 'i',
  int64: 'l',
  double: 'n',
  byte: 'y',
  'date-time': 't',
  'date-time-micro': 'm',
  'int-or-string': 'x',
};
const plain = {
  string: 's',
  number: 'n',
  boolean: 'b',
  any: 'a',
  Date: 't',
  V1MicroTime: 'm',
  IntOrString: 'x',
};
const typescript = {
  s: 'string',
  b: 'boolean',
  i: 'number',
  l: 'number',
  n: 'number',
  y: 'string',
  t: 'string',
  m: 'string',
};
Object.assign(typescript, { x: 'IntOrString', a: 'unknown' });

/** The first line of each output: which package and which generator made it. */
function stamp() {
  const { version } = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8'));
  const digest = createHash('sha256').update(readFileSync(self)).digest('hex').slice(0, 16);
  return `// Made by tools/generate-types.mjs (${digest}) from @kubernetes/client-node ${version}. Not edited by hand.`;
}

function stale(line) {
  return outputs.some((name) => {
    const file = path.join(outFolder, name);
    return !existsSync(file) || !readFileSync(file, 'utf8').startsWith(`${line}\n`);
  });
}

/** `Array<V1Pod>` → `[]V1Pod`, `{ [key: string]: string; }` → `{}s`, `number` with format int32 → `i`. */
function typeCode(type, format) {
  const list = /^Array<(.*)>$/s.exec(type);
  if (list) return `[]${typeCode(list[1], format)}`;
  const map = /^\{ \[key: string\]: (.*); \}$/s.exec(type);
  if (map) return `{}${typeCode(map[1], format)}`;
  if (type === 'Date' || type === 'V1MicroTime' || type === 'IntOrString') return plain[type];
  if (type in plain) return (format && formats[format]) || plain[type];
  if (!/^[A-Z][A-Za-z0-9]*$/.test(type)) throw new Error(`generate-types: unknown type ${type}`);
  return type;
}

function typescriptType(code) {
  if (code.startsWith('[]')) {
    const item = typescriptType(code.slice(2));
    return `${item}[]`;
  }
  if (code.startsWith('{}')) return `Record<string, ${typescriptType(code.slice(2))}>`;
  return typescript[code] ?? code;
}

/** The text of a doc comment on one line. */
function commentText(comment) {
  return comment
    .replace(/^\s*\* ?/gm, '')
    .replace(/\\(['"])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Optionality and descriptions stand in the declaration file only. */
function readDeclaration(name) {
  const text = readFileSync(path.join(modelFolder, `${name}.d.ts`), 'utf8');
  const start = text.indexOf('export declare class');
  const own = /\/\*\*\n((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(
    text.slice(text.indexOf('*/') + 2, start),
  );
  const required = new Set();
  const described = new Map();
  const pattern = /(?:\/\*\*\n((?:(?!\*\/)[\s\S])*)\*\/\s*)?^ {4}'([^']+)'(\?)?:/gm;
  for (const [, comment, field, optional] of text.slice(start).matchAll(pattern)) {
    if (!optional) required.add(field);
    if (comment) described.set(field, commentText(comment));
  }
  return { description: own ? commentText(own[1]) : '', required, described };
}

/** {name, description, fields: [{name, code, required, description}]} */
function readModel(name) {
  const text = readFileSync(path.join(modelFolder, `${name}.js`), 'utf8');
  const table = /attributeTypeMap = (\[[\s\S]*?\n\]|\[\]);/.exec(text);
  if (!table) throw new Error(`generate-types: ${name}.js has no attributeTypeMap`);
  const declaration = readDeclaration(name);
  const fields = JSON.parse(table[1]).map((row) => ({
    name: row.baseName,
    code: typeCode(row.type, row.format),
    required: declaration.required.has(row.name),
    description: declaration.described.get(row.name) ?? '',
  }));
  return { name, description: declaration.description, fields };
}

function interfaceText({ name, fields }) {
  const rows = fields.map((field) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(field.name) ? field.name : `'${field.name}'`;
    return `  ${key}${field.required ? '' : '?'}: ${typescriptType(field.code)};`;
  });
  return `export interface ${name} {\n${rows.join('\n')}\n}`;
}

/** A line for each model: `V1Scale apiVersion:s metadata:V1ObjectMeta …`; `!` marks a required field. */
function tableLine({ name, fields }) {
  return [
    name,
    ...fields.map((field) => `${field.name}${field.required ? '!' : ''}:${field.code}`),
  ].join(' ');
}

/** A line for each model: its name, its own description and that of each field in the table's order, between tabs. */
function descriptionLine({ name, description, fields }) {
  return [name, description, ...fields.map((field) => field.description)].join('\t');
}

function write(name, line, body) {
  writeFileSync(path.join(outFolder, name), `${line}\n${body}\n`);
}

function generate(line) {
  const all = readFileSync(path.join(modelFolder, 'all.js'), 'utf8');
  const names = [...all.matchAll(/models\/(\w+)\.js/g)].map((match) => match[1]);
  const models = names.map(readModel);
  mkdirSync(outFolder, { recursive: true });
  const alias =
    '/** An int32 or a string, as in a port that is given by number or by name. */\nexport type IntOrString = number | string;';
  write('types.ts', line, [alias, ...models.map(interfaceText)].join('\n\n'));
  const table = JSON.stringify(models.map(tableLine).join('\n'));
  write(
    'models.ts',
    line,
    `/** See src/api/scheme/model.ts. */\nexport const MODEL_LINES =\n  ${table};`,
  );
  const descriptions = JSON.stringify(models.map(descriptionLine).join('\n'));
  write(
    'descriptions.ts',
    line,
    `/** See src/api/openapi/describe.ts. */\nexport const DESCRIPTION_LINES =\n  ${descriptions};`,
  );
  return models.length;
}

const line = stamp();
if (process.argv.includes('--check-stale')) {
  process.exitCode = stale(line) ? 1 : 0;
} else if (process.argv.includes('--force') || stale(line)) {
  const count = generate(line);
  console.error(`generated src/api/generated from ${String(count)} models`);
}
