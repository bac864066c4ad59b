// The layers of the house: config/rooms.json as rules.
import { readFileSync } from 'node:fs';

const rooms = JSON.parse(readFileSync(new URL('config/rooms.json', import.meta.url), 'utf8'));
const all = Object.keys(rooms);

/** What a room may import: itself, base, and what the table lists. */
function allowed(name) {
  const { imports, except = [] } = rooms[name];
  const listed = imports.includes('*') ? all.filter((room) => !except.includes(room)) : imports;
  return [name, 'base', ...listed];
}

const layers = all.map((name) => ({
  name: `room-${name}`,
  comment: `src/${name} may import base${rooms[name].imports.map((room) => `, ${room}`).join('')}`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: allowed(name).map((room) => `^src/${room}/`) },
}));

/** A room is entered through its index; `io` has one for each of its folders. */
const doors = all.map((name) => ({
  name: `door-${name}`,
  comment: 'A room is entered only through its index.ts.',
  severity: 'error',
  from: { path: '^(src|actors)/', pathNot: `^src/${name}/` },
  to: { path: `^src/${name}/`, pathNot: name === 'io' ? '^src/io/[^/]+/index\\.ts$' : `^src/${name}/index\\.ts$` },
}));

export default {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'not-to-test', severity: 'error', from: { path: '^(src|actors)/' }, to: { path: '^test/' } },
    { name: 'known-room', severity: 'error', from: { path: '^src/', pathNot: all.map((room) => `^src/${room}/`) }, to: {} },
    ...layers,
    ...doors,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs'], exportsFields: ['exports'], conditionNames: ['import', 'types'] },
  },
};
