package dev.sotto.cli.bench;

import java.util.SortedMap;

/** A platform that was started to be measured; nothing of it stays once it is closed. */
public interface RunningPlatform extends AutoCloseable {
  /** The gateway's address, without {@code /v1}. */
  String url();

  /** The model that it serves, as callers name it. */
  String model();

  /** A key of the tenant that it began with. */
  String key();

  /** The key that makes tenants. */
  String platformKey();

  /** Numbers of its processes, by name. */
  SortedMap<String, Long> processes();

  @Override
  void close();
}
