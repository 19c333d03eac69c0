package dev.sotto.launch;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The data folder of one machine's platform. Everything in it survives a restart, but what is in
 * {@code run}.
 *
 * @param path the folder itself, absolute
 */
public record PlatformFolder(Path path) {
  /** Makes the path absolute. */
  public PlatformFolder {
    path = path.toAbsolutePath().normalize();
  }

  /** Makes the folders that are missing, for this user alone: keys and tables lie in them. */
  public void create() throws IOException {
    for (Path folder :
        new Path[] {path, config(), keys(), lanes(), models(), client(), logs(), run()}) {
      PrivateFile.folder(folder);
    }
  }

  /** What was last started, see {@link UpPlan}. */
  public Path plan() {
    return path.resolve("plan.json");
  }

  /** PostgreSQL's. */
  public Path postgres() {
    return path.resolve("postgres");
  }

  /** Kafka's. */
  public Path kafka() {
    return path.resolve("kafka");
  }

  /** A file or folder of settings for each process, with ports and passwords. */
  public Path config() {
    return path.resolve("config");
  }

  /** Secret keys of the publisher, of operators, of nodes and of services. */
  public Path keys() {
    return path.resolve("keys");
  }

  /** The key that makes tenants and does nothing else: for whoever runs the platform. */
  public Path platformKey() {
    return keys().resolve("platform-key");
  }

  /** Signed manifests, and what nodes must remember, by lane. */
  public Path lanes() {
    return path.resolve("lanes");
  }

  /** Public parts of models, a folder each. */
  public Path models() {
    return path.resolve("models");
  }

  /** What callers on this machine need: key, roots, address. */
  public Path client() {
    return path.resolve("client");
  }

  /** The callers' API key. */
  public Path key() {
    return client().resolve("key");
  }

  /** Whom callers and nodes believe. */
  public Path roots() {
    return client().resolve("roots.json");
  }

  /** Whose receipts are believed. */
  public Path receiptKeys() {
    return client().resolve("receipt-keys.json");
  }

  /** The gateway's address, without {@code /v1}. */
  public Path gatewayUrl() {
    return client().resolve("gateway-url");
  }

  /** One log a process. */
  public Path logs() {
    return path.resolve("logs");
  }

  /** What running processes leave for each other. */
  public Path run() {
    return path.resolve("run");
  }

  /** Locked by the supervisor as long as it lives. */
  public Path lock() {
    return run().resolve("lock");
  }

  /** Locked while somebody prepares a start. */
  public Path starting() {
    return run().resolve("starting");
  }

  /** What is being started, see {@link UpPlan}. */
  public Path proposal() {
    return run().resolve("plan.json");
  }

  /** How to reach the supervisor, see {@link Control}. */
  public Path control() {
    return run().resolve("control.json");
  }

  /** The processes that the supervisor has started, see {@link Leftovers}. */
  public Path children() {
    return run().resolve("children.json");
  }

  /** Why the last start failed: one sentence. */
  public Path failure() {
    return run().resolve("failure");
  }

  /** The log of a process. */
  public Path log(String process) {
    return switch (process) {
      case "postgres" -> postgres().resolve("postgres.log");
      case "kafka" -> kafka().resolve("kafka.log");
      default -> logs().resolve(process + ".log");
    };
  }
}
