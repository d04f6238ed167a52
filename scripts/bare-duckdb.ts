// The yardstick of the fleet budget: DuckDB alone computing count, max, arg_max, p95 and p99 of used memory per node. Argument: the CSV file.
import { DuckDBInstance } from '@duckdb/node-api';

const [path] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create(':memory:')).connect();
await connection.runAndReadAll(
  `SELECT node, count(*), max(used_memory), arg_max(timestamp, used_memory), quantile_cont(used_memory, [0.95, 0.99])
   FROM read_csv('${String(path).replaceAll("'", "''")}') GROUP BY node ORDER BY node`,
);
