package dev.sotto.contracts.manifest;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Check;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Whom a caller or a node believes: names and the keys pinned for them. A file that its owner
 * writes; no service hands it out.
 *
 * @param publishers Ed25519 keys, 64 lowercase hexadecimal digits each, by name
 * @param operators likewise
 * @param revoked keys of nodes that are believed no longer, whoever has signed their manifests
 */
public record TrustRoots(
    Map<String, String> publishers, Map<String, String> operators, Set<String> revoked) {
  private static final int MOST = 4096;

  /** BadMessage when a name or key is none. */
  public TrustRoots {
    publishers = checked("TrustRoots.publishers", publishers);
    operators = checked("TrustRoots.operators", operators);
    revoked = Set.copyOf(revoked);
    Check.range("TrustRoots.revoked", revoked.size(), 0, MOST);
    revoked.forEach(key -> Check.digest("TrustRoots.revoked", key));
  }

  /** Nobody is revoked. */
  public TrustRoots(Map<String, String> publishers, Map<String, String> operators) {
    this(publishers, operators, Set.of());
  }

  /** A file of before nodes could be revoked in it. */
  private record Earlier(Map<String, String> publishers, Map<String, String> operators) {}

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
    try {
      return StrictMapper.read(json, TrustRoots.class);
    } catch (BadMessage now) {
      try {
        Earlier earlier = StrictMapper.read(json, Earlier.class);
        return new TrustRoots(earlier.publishers, earlier.operators);
      } catch (BadMessage then) {
        throw now;
      }
    }
  }

  /** As a file's bytes. */
  public byte[] encode() {
    return StrictMapper.write(
        Map.of(
            "publishers",
            new TreeMap<>(publishers),
            "operators",
            new TreeMap<>(operators),
            "revoked",
            new TreeSet<>(revoked)));
  }
}
