import { machine, tableOf, type Row } from './report.js';

/** `npm run bench -- NAME [--json] [--times N]`; `soak` takes `--minutes N` instead. */
const BENCHES: Record<
  string,
  () => Promise<{ run: (length: number | undefined) => Promise<readonly Row[]> }>
> = {
  start: () => import('./start.js'),
  failover: () => import('./failover.js'),
  store: () => import('./store.js'),
  'store-large': () => import('./store-large.js'),
  actor: () => import('./actor.js'),
  api: () => import('./api.js'),
  soak: () => import('./soak.js'),
};

const args = process.argv.slice(2);
const name = args.find((arg) => !arg.startsWith('--')) ?? '';
const load = BENCHES[name];
if (load === undefined) {
  process.stderr.write(
    `usage: npm run bench -- NAME [--json] [--times N | --minutes N]; NAME is one of ${Object.keys(BENCHES).join(', ')}\n`,
  );
  process.exit(2);
}
const flag = args.findIndex((arg) => arg === '--times' || arg === '--minutes');
const length = flag === -1 ? undefined : Number(args[flag + 1]);
if (length !== undefined && !(length > 0)) {
  process.stderr.write(`${args[flag] ?? ''} ${args[flag + 1] ?? ''}: expected a number above 0\n`);
  process.exit(2);
}
const rows = await (await load()).run(length);
if (args.includes('--json'))
  process.stdout.write(`${JSON.stringify({ name, machine: machine(), rows })}\n`);
else process.stdout.write(`${tableOf(rows)}\n`);
process.exit(0);
