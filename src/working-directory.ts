/**
 * Where we are; where that has been removed, or may not be asked for, where we were started: so people know it, and a job
 * need not end for a name that only its record wants.
 */
export function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return process.env["PWD"] ?? "/";
  }
}
