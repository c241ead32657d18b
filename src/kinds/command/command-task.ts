import type { Task as DriverTask } from "../../driver/kind.ts";
import type { Task } from "./tasks/task.ts";

/** A task of a command, as the driver holds it. */
export interface CommandTask extends Task, DriverTask {}
