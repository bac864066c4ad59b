export { runSimulation } from './simulation.js';
export type { PlantedBug, SimulationOptions, SimulationResult } from './simulation.js';
export type { FaultCounts } from './fault-schedule.js';
export { createSimDisk, PowerLoss } from './sim-disk.js';
export type { SimDisk, SimDiskFaults, SimDiskPorts } from './sim-disk.js';
export { SimWorld } from './sim-world.js';
export type { SimActorSpec, SimWorldOptions } from './sim-world.js';
export { startSimSystem } from './start-sim-system.js';
export type { SimEntry, SimSystem, SimSystemOptions, StartFault } from './sim-system.js';
