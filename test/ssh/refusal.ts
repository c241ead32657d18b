import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * What a test needs: `loopback`, an sshd of this user; `namespace`, hosts with network, processes and files of their
 * own; `wire`, delay and loss between them and us.
 */
export type LabPart = "loopback" | "namespace" | "wire";

/** Why this part of the lab cannot be had on this machine, for `{ skip: labRefusal("namespace") }`. False where it can. */
export function labRefusal(part: LabPart): string | false {
  return refusals[part]();
}

const refusals: Readonly<Record<LabPart, () => string | false>> = {
  loopback: () => firstMissing(["sshd", "ssh", "ssh-keygen"]),
  namespace: () => refusals.loopback() || firstMissing(["ip", "unshare", "nsenter"]) || namespaceRefusal(),
  wire: () => refusals.namespace() || firstMissing(["python3"]) || tunRefusal(),
};

const packages: Readonly<Record<string, string>> = {
  sshd: "openssh-server",
  ssh: "openssh-client",
  "ssh-keygen": "openssh-client",
  ip: "iproute2",
  unshare: "util-linux",
  nsenter: "util-linux",
  python3: "python3",
};

function firstMissing(programs: readonly string[]): string | false {
  const missing = programs.find((program) => findProgram(program) === undefined);
  return missing !== undefined && `${missing} is not installed (Debian package ${packages[missing]})`;
}

/** Where a program is, also one that only root has in the PATH. */
export function findProgram(name: string): string | undefined {
  const places = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return places.map((place) => join(place, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function namespaceRefusal(): string | false {
  if (process.getuid?.() !== 0) return "network namespaces with real users need root";
  const words = ["--net", "--mount", "--uts", "--pid", "--fork", "--mount-proc", "true"];
  const { status, stderr } = spawnSync("unshare", words, { encoding: "utf8", timeout: 10_000 });
  if (status !== 0) return `this machine allows no new namespaces (CAP_SYS_ADMIN): ${stderr.trim()}`;
  const bridge = "ip link add bridge0 type bridge && ip link add v0 type veth peer name v1";
  const network = spawnSync("unshare", ["--net", "sh", "-c", bridge], { encoding: "utf8", timeout: 10_000 });
  return network.status !== 0 && `this kernel makes no bridge or veth devices: ${network.stderr.trim()}`;
}

function tunRefusal(): string | false {
  return !existsSync("/dev/net/tun") && "there is no /dev/net/tun for delay and loss";
}
