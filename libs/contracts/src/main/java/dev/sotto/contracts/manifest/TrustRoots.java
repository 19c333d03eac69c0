package dev.sotto.contracts.manifest;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Check;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whom a caller or a node believes: names and the keys pinned for them. A file that its owner
 * writes; no service hands it out.
 *
 * @param publishers Ed25519 keys, 64 lowercase hexadecimal digits each, by name
 * @param operators likewise
 */
public record TrustRoots(Map<String, String> publishers, Map<String, String> operators) {
  private static final int MOST = 4096;

  /** BadMessage when a name or key is none. */
  public TrustRoots {
    publishers = checked("TrustRoots.publishers", publishers);
    operators = checked("TrustRoots.operators", operators);
  }

  private static Map<String, String> checked(String field, Map<String, String> keys) {
    Check.range(field, keys.size(), 1, MOST);
    keys.forEach(
        (name, key) -> {
          if (key == null) {
            throw new BadMessage(field, "must not hold null");
          }
          Check.name(field, name);
          Check.digest(field, key);
        });
    return Map.copyOf(keys);
  }

  /** The roots in a file's bytes; BadMessage, naming the field, for anything else. */
  public static TrustRoots decode(byte[] json) {
    return StrictMapper.read(json, TrustRoots.class);
  }

  /** As a file's bytes. */
  public byte[] encode() {
    return StrictMapper.write(
        Map.of("publishers", new TreeMap<>(publishers), "operators", new TreeMap<>(operators)));
  }
}
