package dev.sotto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.Protection;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.contracts.receipt.Receipt;
import dev.sotto.contracts.receipt.ReceiptKeys;
import dev.sotto.contracts.receipt.SignedReceipt;
import dev.sotto.contracts.receipt.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceiptCommandTest {
  private static final String DIGEST = "0123456789abcdef".repeat(4);

  @TempDir private Path folder;
  private final SigningKey key = SigningKey.create();

  private static Receipt receipt(Protection protection, Verdict verdict, int compared) {
    Receipt.LaneEntry lane =
        new Receipt.LaneEntry(
            "lane-1",
            DIGEST,
            verdict == Verdict.DISAGREE,
            List.of(
                new Receipt.NodeEntry(0, Role.DEALER, "op-1", DIGEST),
                new Receipt.NodeEntry(0, Role.EVALUATOR_0, "op-2", DIGEST),
                new Receipt.NodeEntry(0, Role.EVALUATOR_1, "op-3", DIGEST)));
    return new Receipt(
        Receipt.VERSION,
        "0123456789abcdef".repeat(2),
        "small",
        DIGEST,
        Receipt.PROTOCOL,
        protection,
        JobEnded.Outcome.COMPLETED,
        verdict,
        compared,
        List.of(lane),
        12,
        7,
        1_800_000_000_000L,
        1_800_000_001_000L,
        1_800_000_002_000L);
  }

  @BeforeEach
  void pin() throws IOException {
    Files.write(folder.resolve("keys"), new ReceiptKeys(Map.of("local", key.publicHex())).encode());
  }

  private Run verify(byte[] file) throws IOException {
    Path receipt = folder.resolve("receipt");
    Files.write(receipt, file);
    return Run.of(
        "receipt", "verify", receipt.toString(), "--keys", folder.resolve("keys").toString());
  }

  private byte[] signed(Protection protection, Verdict verdict, int compared) {
    return SignedReceipt.sign(receipt(protection, verdict, compared), "local", key).encode();
  }

  @Test
  void aGoodReceiptSaysWhatWasDoneAndByWhom() throws IOException {
    Run run = verify(signed(Protection.COMPARED, Verdict.AGREE, 7));
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("The signature is good.", "protection  compared", "12 read, 7 answered")
        .contains("the lanes agree over all 7 answered steps")
        .contains("op-1", "op-2", "op-3", DIGEST);
  }

  @Test
  void everyVerdictHasASentence() throws IOException {
    assertThat(verify(signed(Protection.PASSIVE, Verdict.NONE, 0)).out())
        .contains("protection  passive", "one lane, nothing was compared");
    assertThat(verify(signed(Protection.COMPARED, Verdict.DISAGREE, 7)).out())
        .contains("the lanes disagree", "which dissents");
    assertThat(verify(signed(Protection.COMPARED, Verdict.INCOMPLETE, 3)).out())
        .contains("3 of 7 answered steps could be compared");
  }

  @Test
  void whatIsNotToBeBelievedFailsWithOneSentence() throws IOException {
    byte[] good = signed(Protection.PASSIVE, Verdict.NONE, 0);
    byte[] forged =
        SignedReceipt.sign(
                receipt(Protection.PASSIVE, Verdict.NONE, 0), "local", SigningKey.create())
            .encode();
    byte[] cut = java.util.Arrays.copyOf(good, good.length - 9);
    for (byte[] file : List.of(forged, cut, new byte[0], "{}".getBytes(StandardCharsets.UTF_8))) {
      Run run = verify(file);
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(run.err()).hasLineCount(1).contains("not to be believed");
    }
  }

  @Test
  void missingFilesAreNamed() {
    Run run = Run.of("receipt", "verify", folder.resolve("none").toString(), "--keys", "nowhere");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("the file of pinned keys is not at nowhere");
    assertThat(Run.of("receipt").exitCode()).isEqualTo(2);
    assertThat(Run.of("receipt", "verify").exitCode()).isEqualTo(2);
  }
}
