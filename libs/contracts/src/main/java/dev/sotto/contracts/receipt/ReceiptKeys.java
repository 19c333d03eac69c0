package dev.sotto.contracts.receipt;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Check;
import dev.sotto.contracts.manifest.StrictMapper;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whose receipts are believed: names of verification services and the keys pinned for them. A file
 * that its owner writes.
 *
 * @param issuers Ed25519 keys, 64 lowercase hexadecimal digits each, by name; 1 … 64
 */
public record ReceiptKeys(Map<String, String> issuers) {
  private static final int MOST = 64;

  /** BadMessage when a name or key is none. */
  public ReceiptKeys {
    Check.range("ReceiptKeys.issuers", issuers.size(), 1, MOST);
    issuers.forEach(
        (name, key) -> {
          if (key == null) {
            throw new BadMessage("ReceiptKeys.issuers", "must not hold null");
          }
          Check.name("ReceiptKeys.issuers", name);
          Check.digest("ReceiptKeys.issuers", key);
        });
    issuers = Map.copyOf(issuers);
  }

  /** The keys in a file's bytes; BadMessage, naming the field, for anything else. */
  public static ReceiptKeys decode(byte[] json) {
    return StrictMapper.read(json, ReceiptKeys.class);
  }

  /** As a file's bytes. */
  public byte[] encode() {
    return StrictMapper.write(Map.of("issuers", new TreeMap<>(issuers)));
  }
}
