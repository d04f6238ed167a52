import { describe, expect, it } from 'vitest';
import { recognise } from '../../src/sources/index.ts';
import { findKnownText } from '../../src/sources/known-texts.ts';
import { memoryInput } from './source-suite.ts';

describe('texts given by mistake', () => {
  it.each([
    ['MEMORY STATS', 'peak.allocated\n1247432\ntotal.allocated\n1245648\n'],
    ['MEMORY STATS', ' 1) "peak.allocated"\n 2) (integer) 1247432\n'],
    ['Prometheus API', '{"status":"success","data":{"resultType":"matrix","result":[]}}'],
    ['JSON', '{\n  "a": {\n    "b": [1, 2],\n    "c": [3, 4]\n  }\n}\n'],
    ['append-only file', '*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n'],
    ['manifest', 'file appendonly.aof.1.base.rdb seq 1 type b\n'],
    ['configuration file', '# a comment\nport 6379\nmaxmemory 100mb\nappendonly no\n'],
    ['web page', '<!DOCTYPE html>\n<html><body></body></html>'],
    ['XML', '<?xml version="1.0"?>\n<a/>'],
    ['scrape of redis_exporter', '# TYPE redis_memory_used_bytes gauge\nredis_memory_used_bytes{addr="a"} 1.2e+09\n'],
    ['Redis log', '12:M 01 Oct 2026 00:00:00.123 * Ready to accept connections\n'],
    ['CLIENT LIST', 'id=3 addr=127.0.0.1:52555 laddr=127.0.0.1:6379 fd=8\n'],
    ['MONITOR', 'OK\n1339518083.107412 [0 127.0.0.1:60866] "keys" "*"\n'],
    ['--stat', '------- data ------ --------------------- load -------------------- - child -\n'],
  ])('are named: %s', (name, text) => {
    expect(findKnownText(text)).toContain(name);
    expect(recognise(memoryInput(text))).toBeUndefined();
  });

  it.each([
    ['a table', 'timestamp,used_memory\n2026-10-01T00:00:00Z,1000000\n'],
    ['INFO', '# Memory\nused_memory:1000000\nmaxmemory:0\n'],
    ['INFO in JSON', '{"used_memory": 1000000, "used_memory_rss": 1500000}'],
    ["INFO behind a log's bracket", '[2026-10-01 00:00:00] used_memory:1000000\n[2026-10-01 00:00:00] used_memory_rss:1\n'],
  ])('are not seen in %s', (_, text) => {
    expect(recognise(memoryInput(text))).toBeDefined();
  });
});
