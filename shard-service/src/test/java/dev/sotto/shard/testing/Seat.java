package dev.sotto.shard.testing;

import dev.sotto.contracts.Role;

/** A place in a lane. */
public record Seat(int stage, Role role) {
  @Override
  public String toString() {
    return role + "." + stage;
  }
}
