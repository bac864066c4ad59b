export { autoCompaction } from './auto-compaction.js';
export { leafPaths, readPath } from './paths.js';
export { API_VERSION, KIND, type ClusterConfig } from './schema.js';
export { environmentName, loadConfig, type ConfigSources, type LoadedConfig } from './sources.js';
