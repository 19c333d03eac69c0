package dev.sotto.billing.usage;

import dev.sotto.billing.internal.BadRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Where a next page begins, as an opaque word. It is authenticated for its tenant and its query:
 * what another tenant was given, or what was made up, is refused.
 */
final class Cursors {
  private static final String PREFIX = "page_";
  private static final int TAG_BYTES = 16;

  private final byte[] key;

  Cursors(byte[] key) {
    this.key = key.clone();
  }

  String seal(UUID tenant, String query, long second) {
    byte[] tag = tag(tenant, query, second);
    ByteBuffer out = ByteBuffer.allocate(Long.BYTES + TAG_BYTES).putLong(second).put(tag);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(out.array());
  }

  /** The second; BadRequest when the word was not given to this tenant for this query. */
  long open(UUID tenant, String query, String cursor) {
    if (cursor.startsWith(PREFIX) && cursor.length() < 64) {
      byte[] in = decode(cursor.substring(PREFIX.length()));
      if (in.length == Long.BYTES + TAG_BYTES) {
        long second = ByteBuffer.wrap(in).getLong();
        if (MessageDigest.isEqual(
            Arrays.copyOfRange(in, Long.BYTES, in.length), tag(tenant, query, second))) {
          return second;
        }
      }
    }
    throw new BadRequest(
        "page", "must be the 'next_page' of an answer to the same request; start without it");
  }

  private static byte[] decode(String text) {
    try {
      return Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private byte[] tag(UUID tenant, String query, long second) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(
          ("cursor|" + tenant + "|" + second + "|" + query).getBytes(StandardCharsets.UTF_8));
      return Arrays.copyOf(mac.doFinal(), TAG_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java has no HMAC with SHA-256", e);
    }
  }
}
