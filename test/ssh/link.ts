import { join } from "node:path";
import { type Keeper, keep } from "./keeper.ts";
import { ip, ipIn, mac, type Network } from "./network.ts";

export interface Weather {
  /** Added to each packet in each direction: a round trip takes twice as long. Default 0. */
  readonly delayMs?: number;
  /** Of packets, in each direction. Default 0. */
  readonly lossPercent?: number;
}

/** The cable between a host and the network, and how it fails. */
export interface Link {
  readonly address: string;
  /** The host is off the network: who connects hears `No route to host` after some seconds. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Packets are dropped both ways and nobody is told: who connects hears nothing. */
  partition(): Promise<void>;
  heal(): Promise<void>;
  /** Replaces the weather so far. Connections go on. Once called, packets take a slower way, delayed or not. */
  netem(weather: Weather): Promise<void>;
  close(): Promise<void>;
}

/** Connects the network namespace of a process. */
export async function openLink(network: Network, index: number, hostPid: number): Promise<Link> {
  const address = network.address(index);
  const veth = `p${index}`;
  await ipIn(network.pid, [
    `link add ${veth} type veth peer name eth0 netns ${hostPid}`,
    `link set ${veth} master bridge up`,
  ]);
  await Promise.all([ipIn(hostPid, outerEnd("eth0")), ip([neighbour()])]);
  let port = veth;
  let wire: Keeper | undefined;
  let isPartitioned = false;

  function outerEnd(device: string): string[] {
    return [
      `link set ${device} address ${mac(index)} up`,
      `addr add ${address}/24 dev ${device}`,
      `neigh replace ${network.address(1)} lladdr ${mac(1)} dev ${device} nud permanent`,
    ];
  }

  /** Nobody has to be asked who has the address: a host that is silent stays silent. */
  function neighbour(): string {
    return `neigh replace ${address} lladdr ${mac(index)} dev ${network.device} nud permanent`;
  }

  /** A cable through a program in place of the first one: not every kernel can delay packets. */
  async function layWire(): Promise<Keeper> {
    const [inner, outer] = [`w${index}`, `x${index}`];
    const program = join(import.meta.dirname, "wire.py");
    const words = ["-t", String(network.pid), "-n", "python3", program, inner, outer];
    const laid = keep("nsenter", words);
    await laid.line();
    await ipIn(network.pid, [
      `link set ${outer} netns ${hostPid}`,
      `link set ${inner} ${isPartitioned ? "" : "master bridge"} up`,
      `link set ${veth} down`,
    ]);
    await ipIn(hostPid, [`addr del ${address}/24 dev eth0`, "link set eth0 down", ...outerEnd(outer)]);
    port = inner;
    return laid;
  }

  return {
    address,
    async down() {
      await ipIn(network.pid, [`link set ${port} down`]);
      await ip([`neigh del ${address} dev ${network.device}`]);
    },
    async up() {
      await ipIn(network.pid, [`link set ${port} up`]);
      await ip([neighbour()]);
    },
    async partition() {
      isPartitioned = true;
      await ipIn(network.pid, [`link set ${port} nomaster`]);
    },
    async heal() {
      isPartitioned = false;
      await ipIn(network.pid, [`link set ${port} master bridge`]);
    },
    async netem({ delayMs = 0, lossPercent = 0 }) {
      wire ??= await layWire();
      wire.child.stdin!.write(`${delayMs} ${lossPercent}\n`);
    },
    async close() {
      await wire?.close();
    },
  };
}
