// Makes a checkout runnable: installs when node_modules is missing or stale, generates the Kubernetes types, and builds when
// sources are newer than what was built. Needs Node and npm, nothing else. Called by `npm start` and `npm test`.
// usage: node tools/provision.mjs [--tests] [--quiet]
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const within = (...parts) => path.join(root, ...parts);
const flags = new Set(process.argv.slice(2));

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19))
  fail(`Node ${process.versions.node} is too old: kubactor needs Node 20.19 or newer.`);

install();
generateTypes();
await build();

/**
 * Installs what the lock file says, unless that is installed already. Not by `npm ci`: it refuses a lock file that lacks the
 * optional binaries of a platform which the registry in use does not carry.
 */
function install() {
  const lock = digest(readFileSync(within('package-lock.json')));
  const stamp = within('node_modules', '.kubactor-installed');
  if (readIfThere(stamp) === lock) return;
  say('installing packages (once; about a minute) …');
  run(
    'npm',
    ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'],
    'npm install failed: see above. Is the npm registry reachable?',
  );
  writeFileSync(stamp, lock);
}

/** The Kubernetes types are made from @kubernetes/client-node's model files; they are not in the repository. */
function generateTypes() {
  const inputs = ['tools/generate-types.mjs', 'package-lock.json'].map((file) =>
    readFileSync(within(file)),
  );
  const wanted = digest(Buffer.concat(inputs));
  const stamp = within('src/api/generated/.stamp');
  if (readIfThere(stamp) === wanted) return;
  say('generating the Kubernetes types …');
  run(
    process.execPath,
    [within('tools/generate-types.mjs')],
    'generating the Kubernetes types failed',
  );
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

async function build() {
  const tests = flags.has('--tests');
  const stamp = within('dist', tests ? '.built-with-tests' : '.built');
  const folders = ['src', 'actors', 'tools', ...(tests ? ['test'] : [])];
  const wanted = digest(Buffer.from(folders.flatMap(listing).join('\n')));
  if (readIfThere(stamp) === wanted) return;
  say('building …');
  const { buildAll } = await import(pathToFileURL(within('tools/build.mjs')));
  await buildAll({ tests });
  writeFileSync(stamp, wanted);
}

/** Each file of a folder with its size and time of change. */
function listing(folder) {
  if (!existsSync(within(folder))) return [];
  return readdirSync(within(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = path.join(entry.parentPath ?? entry.path, entry.name);
      const { size, mtimeMs } = statSync(file);
      return `${path.relative(root, file)} ${size} ${mtimeMs}`;
    })
    .sort();
}

function digest(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function run(command, args, advice) {
  // What npm prints is progress: standard output belongs to the command that comes after.
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) fail(advice);
}

function say(line) {
  if (!flags.has('--quiet')) process.stderr.write(`${line}\n`);
}

function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}
