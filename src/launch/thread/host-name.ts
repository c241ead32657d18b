/** A number of the owner's choice, positive for a thread and negative for a process. See `hostName`. */
export type HostName = number;

/** Hosts of one machine. */
const HOSTS_MAX = 2 ** 20;

/**
 * The name of a host on another machine.
 *
 * @param machine from 1; 0 is this one
 * @param host from 1
 */
export function hostName(machine: number, host: number, isProcess: boolean): HostName {
  return (isProcess ? -1 : 1) * (machine * HOSTS_MAX + host);
}

export function machineOf(host: HostName): number {
  return Math.floor(Math.abs(host) / HOSTS_MAX);
}
