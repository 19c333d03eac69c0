package dev.sotto.gateway.keys;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.stream.Stream;

/** What a key or an operator may do. */
public enum Scope {
  /** Ask for answers; the gateway hosts the enclave. */
  INFERENCE("inference"),
  /** Open jobs for an enclave of the caller's own. */
  SEALED("sealed"),
  /** Read the tenant's usage and costs. */
  USAGE_READ("usage.read"),
  /** Manage the tenant's projects, keys and limits. */
  ADMIN("admin");

  private final String label;

  Scope(String label) {
    this.label = label;
  }

  /** As it is written everywhere. */
  @JsonValue
  public String label() {
    return label;
  }

  /** The scope of a label, if it is one. */
  public static Optional<Scope> of(String label) {
    return Stream.of(values()).filter(scope -> scope.label.equals(label)).findFirst();
  }

  @JsonCreator
  static Scope required(String label) {
    return of(label)
        .orElseThrow(() -> new IllegalArgumentException("is no scope that this version knows"));
  }
}
