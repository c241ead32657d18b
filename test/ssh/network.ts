import { must } from "./command.ts";
import { type Keeper, keep } from "./keeper.ts";

/**
 * The hosts' network: a namespace with a bridge in it, and a cable to us. All of it is gone when its keeper is.
 *
 *     this machine  yssh7 ── uplink │ bridge │ p2 ── eth0  host 2
 *       198.18.7.1              └────────┘ p3 ── eth0  host 3     198.18.7.3
 */
export interface Network {
  /** The namespace, for nsenter. */
  readonly pid: number;
  /** Our end of the cable. */
  readonly device: string;
  /** @param index 1 for us, 2 and more for hosts */
  address(index: number): string;
  close(): Promise<void>;
}

/** 198.18.0.0/15, for tests of networks by RFC 2544, has so many networks of 256 addresses. */
const NETWORKS = 512;

export async function openNetwork(): Promise<Network> {
  const keeper = keep("unshare", ["--net", "sh", "-c", "echo ready; exec cat >/dev/null"]);
  await keeper.line();
  const pid = keeper.child.pid!;
  const number = await claim(keeper);
  const device = `yssh${number}`;
  const address = (index: number): string => `198.${18 + (number >> 8)}.${number & 255}.${index}`;
  await Promise.all([
    ip([`addr add ${address(1)}/24 dev ${device}`, `link set ${device} address ${mac(1)} up`]),
    ipIn(pid, [
      "link add bridge type bridge",
      "link set uplink master bridge",
      "link set uplink up",
      "link set bridge up",
    ]),
  ]);
  return {
    pid,
    device,
    address,
    async close() {
      await ip([`link del ${device}`]).catch(() => {});
      await keeper.close();
    },
  };
}

/** A number that no other lab has: its network device has that name, and there can be one of a name. */
async function claim(keeper: Keeper): Promise<number> {
  let refusal: unknown;
  for (let step = 0; step < NETWORKS; step++) {
    const number = (process.pid + step) % NETWORKS;
    try {
      await ip([`link add yssh${number} type veth peer name uplink netns ${keeper.child.pid}`]);
      return number;
    } catch (error) {
      refusal = error;
      if (!String(error).includes("File exists")) break;
    }
  }
  await keeper.close();
  throw refusal;
}

/** The hardware address of a cable's outer end. */
export function mac(index: number): string {
  return `02:00:00:00:00:${index.toString(16).padStart(2, "0")}`;
}

/** Commands of ip(8), without its name. */
export async function ip(lines: readonly string[]): Promise<void> {
  await must("ip", ["-batch", "-"], { input: lines.join("\n") + "\n" });
}

/** The same in the network namespace of a process. */
export async function ipIn(pid: number, lines: readonly string[]): Promise<void> {
  await must("nsenter", ["-t", String(pid), "-n", "ip", "-batch", "-"], { input: lines.join("\n") + "\n" });
}
