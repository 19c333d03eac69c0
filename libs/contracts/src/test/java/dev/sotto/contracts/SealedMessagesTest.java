package dev.sotto.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.seal.SealKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bounds of what crosses the platform, beyond what holds for every message. */
class SealedMessagesTest {
  private final Random random = new Random(Samples.SEED);
  private final JobId id = new JobId(1, 2);

  private Octets octets(int length) {
    return Samples.octets(random, length);
  }

  @Test
  void anEnvelopesPartsBelongTogether() {
    JobEnvelope whole = Samples.envelope(id, random);
    SealKey other = new SealKey(octets(SealKey.BYTES));
    assertThatThrownBy(() -> new JobEnvelope(whole.open(), other, whole.first()))
        .hasMessageContaining("JobEnvelope.key");
    StepRequest second = new StepRequest(id, 1, 2, 1, List.of());
    assertThatThrownBy(() -> new JobEnvelope(whole.open(), whole.key(), second))
        .hasMessageContaining("JobEnvelope.first");
    StepRequest foreign = new StepRequest(new JobId(3, 4), 0, 0, 2, List.of());
    assertThatThrownBy(() -> new JobEnvelope(whole.open(), whole.key(), foreign))
        .hasMessageContaining("JobEnvelope.first");
    byte[] renamed = whole.encode();
    renamed[2] ^= 1; // the head's job, and not its parts'
    assertThatThrownBy(() -> JobEnvelope.decode(renamed)).hasMessageContaining("another job");
  }

  @Test
  void sealsHaveBounds() {
    for (int length : new int[] {1, 1119, 1121, 5000}) {
      assertThatThrownBy(() -> new NodeStep(id, "l", 0, octets(length), octets(16)))
          .hasMessageContaining("encapsulation");
    }
    assertThatThrownBy(() -> new NodeStep(id, "l", 0, octets(0), octets(15)))
        .hasMessageContaining("ciphertext");
    assertThatThrownBy(() -> new NodeStep(id, "l", 0, octets(0), octets(SealedPart.MAX_BYTES + 1)))
        .hasMessageContaining("ciphertext");
    assertThatThrownBy(() -> new NodeStep(id, "L?", 0, octets(0), octets(16)))
        .hasMessageContaining("laneId");
    assertThatThrownBy(() -> new NodeStep(id, "l", -1, octets(0), octets(16)))
        .hasMessageContaining("serial");
    NodeStep largest = new NodeStep(id, "l", 0, octets(0), octets(SealedPart.MAX_BYTES));
    assertThat(NodeStep.decode(largest.encode())).isEqualTo(largest);
  }

  @Test
  void aStepHasAsManyPartsAsABrokerTakes() {
    SealedPart small = Samples.part(random, 0, 16);
    List<SealedPart> most = Collections.nCopies(SealedStep.MAX_PARTS, small);
    SealedStep step = new SealedStep(id, 1, 1, most);
    assertThat(SealedStep.decode(step.encode())).isEqualTo(step);
    assertThatThrownBy(() -> new SealedStep(id, 1, 1, Collections.nCopies(257, small)))
        .hasMessageContaining("SealedStep.parts");
    assertThatThrownBy(() -> new SealedStep(id, 1, 1, List.of()))
        .hasMessageContaining("SealedStep.parts");
    SealedPart large = Samples.part(random, 0, SealedPart.MAX_BYTES);
    assertThatThrownBy(() -> new SealedStep(id, 1, 1, Collections.nCopies(4, large)))
        .hasMessageContaining("SealedStep.length");
    assertThatThrownBy(() -> new SealedStep(id, 1, -1, List.of(small)))
        .hasMessageContaining("SealedStep.tokens");
  }

  @Test
  void anAnnouncedCountIsNotBelieved() {
    byte[] step = new SealedStep(id, 1, 1, List.of(Samples.part(random, 0, 16))).encode();
    ByteBuffer.wrap(step).putInt(2 + 16 + 8 + 4, SealedStep.MAX_PARTS);
    assertThatThrownBy(() -> SealedStep.decode(step)).hasMessage("SealedStep.parts is cut off");
    ByteBuffer.wrap(step).putInt(2 + 16 + 8 + 4, Integer.MAX_VALUE);
    assertThatThrownBy(() -> SealedStep.decode(step)).hasMessageContaining("is longer than");
    ByteBuffer.wrap(step).putInt(2 + 16 + 8 + 4, -1);
    assertThatThrownBy(() -> SealedStep.decode(step)).hasMessageContaining("is longer than");
  }

  @Test
  void resultsBelongToTheirJob() {
    PartialResult other = Samples.failed(new JobId(3, 4));
    assertThatThrownBy(() -> new SealedResults(id, 3, List.of(Samples.failed(id), other)))
        .hasMessageContaining("SealedResults.results");
    assertThatThrownBy(() -> new SealedResults(id, 3, List.of()))
        .hasMessageContaining("SealedResults.results");
    PartialResult.Outcome foreign =
        new PartialResult.Outcome.Failed(
            new Failure(new JobId(3, 4), Failure.Code.BUSY, "try again"));
    assertThatThrownBy(() -> new PartialResult(id, "l", 0, Role.DEALER, 0, Usage.NONE, foreign))
        .hasMessageContaining("PartialResult.failure");
    assertThatThrownBy(
            () ->
                new PartialResult(
                    id, "l", 256, Role.DEALER, 0, Usage.NONE, Samples.failed(id).outcome()))
        .hasMessageContaining("PartialResult.stage");
  }

  @Test
  void nothingThatIsSealedShowsInToString() {
    byte[] canary = "CANARYCANARYCANARYCANARYCANARY!!".getBytes(StandardCharsets.US_ASCII);
    Octets octets = Octets.wrap(canary);
    SealedPart part = new SealedPart("l", 0, Role.DEALER, Octets.wrap(new byte[0]), octets);
    SealedStep step = new SealedStep(id, 0, 1, List.of(part));
    PartialResult result =
        new PartialResult(
            id,
            "l",
            0,
            Role.DEALER,
            0,
            Usage.NONE,
            new PartialResult.Outcome.Sealed(Octets.wrap(new byte[0]), octets));
    for (Message message :
        List.of(step, NodeStep.of(step, part), result, new SealedResults(id, 0, List.of(result)))) {
      assertThat(message.toString()).contains("[32 bytes]").doesNotContain("CANARY", "67, 65, 78");
    }
  }
}
