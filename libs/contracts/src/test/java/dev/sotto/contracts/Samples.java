package dev.sotto.contracts;

import dev.sotto.contracts.seal.SealKey;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Well-formed messages of every kind, from a seed. */
final class Samples {
  static final long SEED = 0x5077_0002L;
  static final String DIGEST = "0123456789abcdef".repeat(4);

  private Samples() {}

  static List<Message> all() {
    Random random = new Random(SEED);
    JobId id = new JobId(random.nextLong(), random.nextLong());
    return List.of(
        open(id, random),
        new StepRequest(id, 0, 0, 3, keys(random, 6, 40)),
        new StepRequest(id, Long.MAX_VALUE, 4000, 1, List.of()),
        new StepResult(id, 7, new Usage(819, 17_000_000, 2_200_000), 37, octets(random, 100)),
        new Failure(id, Failure.Code.PEER_GONE, "evaluator-1 is gone — try again"),
        new Close(id),
        envelope(id, random),
        new SealedStep(id, 0, 5, List.of(part(random, 1120, 300), part(random, 0, 16))),
        new NodeStep(id, "local", 9, octets(random, 1120), octets(random, 300)),
        new NodeStep(id, "local", 10, octets(random, 0), octets(random, 16)),
        new NodeClose(id),
        sealed(id, random),
        failed(id),
        sealed(id, random).signed(DIGEST, DIGEST, word -> bytes(random, 64)),
        new SealedResults(id, 3, List.of(sealed(id, random), failed(id))),
        new DigestRequest(id, 17, octets(random, 16), octets(random, 288)),
        new DigestRequest(id, 1, octets(random, 16), octets(random, 0)));
  }

  static SealedPart part(Random random, int encapsulation, int ciphertext) {
    return new SealedPart(
        "lane-a", 1, Role.EVALUATOR_1, octets(random, encapsulation), octets(random, ciphertext));
  }

  static PartialResult sealed(JobId id, Random random) {
    return new PartialResult(
        id,
        "lane-a",
        2,
        Role.EVALUATOR_0,
        3,
        new Usage(1, 2, 3),
        new PartialResult.Outcome.Sealed(octets(random, 1120), octets(random, 99)));
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  static PartialResult failed(JobId id) {
    Failure why = new Failure(id, Failure.Code.BUSY, "try again");
    return new PartialResult(
        id, "lane-b", 0, Role.DEALER, 3, Usage.NONE, new PartialResult.Outcome.Failed(why));
  }

  static JobEnvelope envelope(JobId id, Random random) {
    SealKey key = new SealKey(octets(random, SealKey.BYTES));
    JobOpen open =
        new JobOpen(
            id,
            DIGEST,
            DIGEST,
            "local",
            2,
            3,
            key.fingerprint(),
            1_900_000_000_000L,
            octets(random, 32));
    return new JobEnvelope(open, key, new StepRequest(id, 0, 0, 2, keys(random, 4, 33)));
  }

  static JobOpen open(JobId id, Random random) {
    return new JobOpen(
        id,
        DIGEST,
        "fedcba9876543210".repeat(4),
        "local",
        5,
        64,
        octets(random, 32),
        1_900_000_000_000L,
        octets(random, 32));
  }

  static List<Octets> keys(Random random, int count, int bytes) {
    return Stream.generate(() -> octets(random, bytes)).limit(count).toList();
  }

  static Octets octets(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Octets.wrap(bytes);
  }
}
