import type { Login } from "./login.ts";
import { probe } from "./probe.ts";
import { socketDirectory } from "./socket-directory.ts";

export interface FilterOptions<H> {
  /** How a host is reached; undefined for this machine, which is always there. */
  loginOf(host: H): Login | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** For each host; they are asked side by side. */
  readonly limitMs: number;
}

export interface Filtered<H> {
  /** In the order in which they were given, as are the dead. */
  readonly alive: readonly H[];
  /** The error is a YonderError HOST, with ssh's reason and what to try by hand. */
  readonly dead: readonly { readonly host: H; readonly error: Error }[];
}

/** --filter-hosts: which of the hosts let us in, and give a shell that answers. */
export async function filterHosts<H>(hosts: readonly H[], options: FilterOptions<H>): Promise<Filtered<H>> {
  const directory = socketDirectory();
  const { env, limitMs } = options;
  try {
    const errors = await Promise.all(
      hosts.map(async (host, id): Promise<Error | undefined> => {
        const login = options.loginOf(host);
        if (login === undefined) return undefined;
        const { result, closed } = probe(
          login,
          { directory: directory.path, id, env, limitMs },
          async () => {},
        );
        try {
          await result;
          return undefined;
        } catch (error) {
          return error as Error;
        } finally {
          await closed;
        }
      }),
    );
    return {
      alive: hosts.filter((_, index) => errors[index] === undefined),
      dead: hosts.flatMap((host, index) => {
        const error = errors[index];
        return error === undefined ? [] : [{ host, error }];
      }),
    };
  } finally {
    directory.remove();
  }
}
