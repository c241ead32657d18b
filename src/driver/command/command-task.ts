import type { Task as DriverTask } from "../one/kind.ts";
import type { Task } from "../task.ts";

/** A task of a command, as the driver holds it. */
export interface CommandTask extends Task, DriverTask {}
