/** What tests look at of a trace event. */
export interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly cat?: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly id?: number;
  readonly bp?: string;
  readonly args?: Readonly<Record<string, string | number>>;
}

/** The events of a file, also of one whose writer was killed: the format lets the `]` be missing. */
export function arrayOf(text: string): TraceEvent[] {
  return JSON.parse(text.trimEnd().endsWith("]") ? text : `${text}]`) as TraceEvent[];
}
