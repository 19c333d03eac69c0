package dev.sotto.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageTest {
  private static final int MUTATIONS = 2_000;

  static List<Message> all() {
    return Samples.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyMessageSurvivesItsEncoding(Message message) {
    Message decoded = Message.decode(message.encode());
    assertThat(decoded).isEqualTo(message);
    assertThat(decoded.jobId()).isEqualTo(message.jobId());
    assertThat(decoded.encode()).isEqualTo(message.encode());
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyPrefixAndEveryTrailingByteIsRefused(Message message) {
    byte[] encoding = message.encode();
    for (int n = 0; n < encoding.length; n++) {
      byte[] prefix = Arrays.copyOf(encoding, n);
      assertThatThrownBy(() -> Message.decode(prefix)).isInstanceOf(BadMessage.class);
    }
    assertThatThrownBy(() -> Message.decode(Arrays.copyOf(encoding, encoding.length + 1)))
        .isInstanceOf(BadMessage.class);
  }

  /** What decodes must be what encodes: there is one encoding of each message, and no other. */
  @ParameterizedTest
  @MethodSource("all")
  void mutationsAreRefusedOrAreAnotherMessage(Message message) {
    Random random = new Random(Samples.SEED);
    byte[] encoding = message.encode();
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutated = mutate(encoding, random);
      try {
        assertThat(Message.decode(mutated).encode()).isEqualTo(mutated);
      } catch (BadMessage refused) {
        assertThat(refused.field()).isNotEmpty();
        assertThat(refused).hasMessageStartingWith(refused.field());
      }
    }
  }

  private static byte[] mutate(byte[] encoding, Random random) {
    byte[] mutated = encoding.clone();
    int changes = 1 + random.nextInt(3);
    for (int c = 0; c < changes; c++) {
      int at = random.nextInt(mutated.length);
      switch (random.nextInt(5)) {
        case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> mutated[at] = (byte) random.nextInt(256);
        case 2 -> mutated = Arrays.copyOf(mutated, Math.max(1, at));
        case 3 -> mutated = Arrays.copyOf(mutated, mutated.length + 1 + random.nextInt(9));
        default -> {
          if (mutated.length >= 4) {
            int extreme = random.nextBoolean() ? -1 : Integer.MAX_VALUE;
            ByteBuffer.wrap(mutated).putInt(random.nextInt(mutated.length - 3), extreme);
          }
        }
      }
    }
    return mutated;
  }

  @Test
  void aLargePrefillStepSurvives() {
    Random random = new Random(Samples.SEED);
    StepRequest step = new StepRequest(new JobId(1, 2), 0, 0, 128, Samples.keys(random, 256, 300));
    assertThat(StepRequest.decode(step.encode())).isEqualTo(step);
    StepResult result =
        new StepResult(new JobId(1, 2), 0, Usage.NONE, 40, Samples.octets(random, 4 << 20));
    assertThat(StepResult.decode(result.encode())).isEqualTo(result);
  }

  @Test
  void anAnnouncedCountIsNotBelieved() {
    byte[] step = new StepRequest(new JobId(1, 2), 0, 0, 8192, List.of()).encode();
    ByteBuffer.wrap(step).putInt(step.length - 4, 65_536);
    assertThatThrownBy(() -> Message.decode(step)).hasMessage("StepRequest.keys is cut off");
    ByteBuffer.wrap(step).putInt(step.length - 4, 65_537);
    assertThatThrownBy(() -> Message.decode(step))
        .hasMessage("StepRequest.keys is longer than 65536");
  }

  @Test
  void theHashDependsOnEveryBitOfTheMessage() {
    JobOpen open = Samples.open(new JobId(1, 2), new Random(Samples.SEED));
    byte[] encoding = open.encode();
    Set<String> hashes = new HashSet<>();
    hashes.add(HexFormat.of().formatHex(open.hash()));
    int decoded = 1;
    for (int bit = 0; bit < 8 * encoding.length; bit++) {
      byte[] flipped = encoding.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        hashes.add(HexFormat.of().formatHex(JobOpen.decode(flipped).hash()));
        decoded++;
      } catch (BadMessage refused) {
        assertThat(refused.field()).startsWith("JobOpen.");
      }
    }
    assertThat(decoded).isGreaterThan(8 * (16 + 32 + 32 + 32 + 32));
    assertThat(hashes).hasSize(decoded);
  }

  @Test
  void oneMessageIsNotTakenForAnother() {
    byte[] close = new Close(new JobId(1, 2)).encode();
    assertThatThrownBy(() -> JobOpen.decode(close)).hasMessageContaining("JobOpen.type");
    close[1] = 2;
    assertThatThrownBy(() -> Close.decode(close)).hasMessageContaining("Close.version");
  }

  @Test
  void fieldsOutsideTheirBoundsAreNamed() {
    JobId id = new JobId(1, 2);
    Octets key = Octets.wrap(new byte[32]);
    assertThatThrownBy(() -> new JobOpen(id, "x", Samples.DIGEST, "l", 1, 1, key, 1, key))
        .hasMessageContaining("modelDigest");
    assertThatThrownBy(() -> new JobOpen(id, Samples.DIGEST, "X", "l", 1, 1, key, 1, key))
        .hasMessageContaining("manifestDigest");
    assertThatThrownBy(
            () -> new JobOpen(id, Samples.DIGEST, Samples.DIGEST, "L!", 1, 1, key, 1, key))
        .hasMessageContaining("laneId");
    assertThatThrownBy(
            () -> new JobOpen(id, Samples.DIGEST, Samples.DIGEST, "l", 0, 1, key, 1, key))
        .hasMessageContaining("promptTokens");
    assertThatThrownBy(
            () -> new JobOpen(id, Samples.DIGEST, Samples.DIGEST, "l", 1, 0, key, 1, key))
        .hasMessageContaining("maxTokens");
    assertThatThrownBy(
            () ->
                new JobOpen(
                    id,
                    Samples.DIGEST,
                    Samples.DIGEST,
                    "l",
                    1,
                    1,
                    Octets.wrap(new byte[31]),
                    1,
                    key))
        .hasMessageContaining("resultKey");
    assertThatThrownBy(
            () -> new JobOpen(id, Samples.DIGEST, Samples.DIGEST, "l", 1, 1, key, 0, key))
        .hasMessageContaining("expiresAt");
    assertThatThrownBy(() -> new StepRequest(id, -1, 0, 1, List.of()))
        .hasMessageContaining("serial");
    assertThatThrownBy(() -> new StepRequest(id, 0, 0, 1, List.of(Octets.wrap(new byte[4097]))))
        .hasMessageContaining("keys");
    assertThatThrownBy(() -> new StepResult(id, 0, Usage.NONE, 65, key))
        .hasMessageContaining("bits");
    assertThatThrownBy(() -> new Failure(id, Failure.Code.BUSY, "line\nbreak"))
        .hasMessageContaining("sentence");
    assertThatThrownBy(() -> new Failure(id, Failure.Code.BUSY, "x".repeat(513)))
        .hasMessageContaining("sentence");
  }

  @Test
  void nothingThatIsCarriedShowsInToString() {
    byte[] canary = "CANARYCANARYCANARYCANARYCANARY!!".getBytes(StandardCharsets.US_ASCII);
    JobId id = new JobId(1, 2);
    Octets octets = Octets.wrap(canary);
    List<Message> messages =
        List.of(
            new JobOpen(id, Samples.DIGEST, Samples.DIGEST, "l", 1, 1, octets, 1, octets),
            new StepRequest(id, 0, 0, 1, List.of(octets)),
            new StepResult(id, 0, Usage.NONE, 8, octets));
    for (Message message : messages) {
      assertThat(message.toString())
          .contains("[32 bytes]")
          .doesNotContain("CANARY", HexFormat.of().formatHex(canary), "67, 65, 78");
    }
  }
}
