package dev.sotto.embedded.folder;

import dev.sotto.contracts.Role;
import java.nio.file.Path;

/**
 * A node of this machine: its seat, and its files.
 *
 * @param process what its process is called
 * @param lane the lane's name
 * @param stage the stage, from 0
 * @param role the role
 * @param operator who runs it, on paper
 * @param identity its public key, 64 hexadecimal digits
 * @param shard its shard's file
 * @param keys the folder of its keys
 * @param manifest its lane's signed manifest
 * @param digest that manifest's, 64 hexadecimal digits
 * @param state the folder of what it must remember
 */
public record NodeSeat(
    String process,
    String lane,
    int stage,
    Role role,
    String operator,
    String identity,
    Path shard,
    Path keys,
    Path manifest,
    String digest,
    Path state) {
  NodeSeat under(String signed) {
    return new NodeSeat(
        process, lane, stage, role, operator, identity, shard, keys, manifest, signed, state);
  }
}
