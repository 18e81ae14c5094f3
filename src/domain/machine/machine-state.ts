/** How loaded a machine was at one moment. */
export interface MachineState {
  host: string;
  /** Null where the system has no load average. */
  loadPerCore: number | null;
  memoryFreeShare: number;
}
