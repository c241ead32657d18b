import { YonderError } from "../../interface/errors.ts";

export function noneCanBeUsed(errors: readonly Error[]): YonderError {
  return new YonderError("HOST", {
    message: `none of the machines can be used: ${errors.map(({ message }) => message).join("; ")}`,
    remedy: [...new Set(errors.flatMap((error) => (error as YonderError).remedy ?? []))].join("; "),
  });
}

export function noneLeft(all: readonly { readonly name: string }[]): YonderError {
  return new YonderError("HOST", {
    message: `no machine is left: ${all.map(({ name }) => name).join(", ")} ${all.length === 1 ? "is" : "are"} lost`,
    remedy: "connect() once more when one can be reached; what has a result need not run again with memo",
  });
}
