export { AGGREGATED_DISCOVERY_TYPE, aggregatedDiscovery } from './aggregated.js';
export { apiGroup, apiGroupList, apiResourceList, apiVersions } from './legacy.js';
