package dev.sotto.contracts.receipt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.manifest.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReceiptTest {
  private static final String DIGEST = "0123456789abcdef".repeat(4);
  private final SigningKey key = SigningKey.create();
  private final ReceiptKeys keys = new ReceiptKeys(Map.of("local", key.publicHex()));

  static Receipt receipt(Protection protection, Verdict verdict) {
    Receipt.LaneEntry lane =
        new Receipt.LaneEntry(
            "lane-1",
            DIGEST,
            false,
            List.of(
                new Receipt.NodeEntry(0, Role.DEALER, "op-1", DIGEST),
                new Receipt.NodeEntry(0, Role.EVALUATOR_0, "op-2", DIGEST),
                new Receipt.NodeEntry(0, Role.EVALUATOR_1, "op-3", DIGEST)));
    return new Receipt(
        Receipt.VERSION,
        "0123456789abcdef".repeat(2),
        "smollm2-135m-instruct",
        DIGEST,
        Receipt.PROTOCOL,
        protection,
        JobEnded.Outcome.COMPLETED,
        verdict,
        verdict == Verdict.AGREE ? 7 : 0,
        List.of(lane),
        12,
        7,
        1_800_000_000_000L,
        1_800_000_001_000L,
        1_800_000_002_000L);
  }

  @Test
  void isReadBackByWhoeverPinsTheKey() {
    Receipt receipt = receipt(Protection.COMPARED, Verdict.AGREE);
    SignedReceipt signed = SignedReceipt.sign(receipt, "local", key);
    SignedReceipt read = SignedReceipt.decode(signed.encode());
    assertThat(read.verified(keys)).isEqualTo(receipt);
    assertThat(read.digest()).isEqualTo(signed.digest()).hasSize(64);
    assertThat(ReceiptKeys.decode(keys.encode())).isEqualTo(keys);
  }

  @Test
  void noBitOfItCanBeChanged() {
    byte[] file =
        SignedReceipt.sign(receipt(Protection.PASSIVE, Verdict.NONE), "local", key).encode();
    Random random = new Random(4);
    for (int i = 0; i < 2_000; i++) {
      byte[] altered = file.clone();
      // All of the end, where base64 has bits that are not used, and some of the rest.
      int bit = i < 800 ? 8 * altered.length - 1 - i : random.nextInt(8 * altered.length);
      altered[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> SignedReceipt.decode(altered).verified(keys))
          .isInstanceOf(BadMessage.class);
    }
  }

  @Test
  void anotherKeyAnotherIssuerAndAnotherFileAreRefusedByName() {
    SignedReceipt signed =
        SignedReceipt.sign(receipt(Protection.PASSIVE, Verdict.NONE), "local", key);
    ReceiptKeys others = new ReceiptKeys(Map.of("local", SigningKey.create().publicHex()));
    assertThatThrownBy(() -> signed.verified(others)).hasMessageContaining("altered or forged");
    ReceiptKeys nobody = new ReceiptKeys(Map.of("other", key.publicHex()));
    assertThatThrownBy(() -> signed.verified(nobody)).hasMessageContaining("not pinned here");
    SignedReceipt renamed = new SignedReceipt("other", signed.receipt(), signed.signature());
    assertThatThrownBy(() -> renamed.verified(nobody)).hasMessageContaining("altered or forged");
    byte[] empty = "{}".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> SignedReceipt.decode(empty))
        .hasMessageStartingWith("SignedReceipt has a field that is missing");
  }

  @Test
  void passiveProtectionHasNoVerdictAndComparedHasOne() {
    assertThatThrownBy(() -> receipt(Protection.PASSIVE, Verdict.AGREE))
        .hasMessageStartingWith("Receipt.verdict");
    assertThatThrownBy(() -> receipt(Protection.COMPARED, Verdict.NONE))
        .hasMessageStartingWith("Receipt.verdict");
  }
}
