import type { Evaluate } from "../../../pipe/options.ts";
import { perlExpression } from "../../../template/perl/expression.ts";
import { scopeOf } from "../../../template/scope.ts";

/** The perl expression of a --shard, --bin or --group-by key, run on each value. */
export const keyValues: Evaluate = (expression, values) => {
  const { evaluate } = perlExpression(expression);
  return values.map((value) =>
    evaluate(value, scopeOf({ rows: [[value]], seq: 0, slot: 0, slots: 1, total: () => 0 })),
  );
};
