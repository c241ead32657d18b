import { userInfo } from "node:os";

/** The home directory of the person: `$HOME`, or where that is not set, as under cron or in a container, what the system knows. */
export function homeOf(env: { readonly HOME?: string | undefined }): string | undefined {
  if (env.HOME) return env.HOME;
  try {
    return userInfo().homedir || undefined;
  } catch {
    return undefined; // a user id without an entry
  }
}
