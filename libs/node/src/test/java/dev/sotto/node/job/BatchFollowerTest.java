package dev.sotto.node.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.models.shard.Shard;
import dev.sotto.mpc.Abort;
import dev.sotto.mpc.AesStreams;
import dev.sotto.mpc.Channel;
import dev.sotto.mpc.Dealings;
import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Session;
import dev.sotto.mpc.Share;
import dev.sotto.nn.Step;
import dev.sotto.node.Node;
import dev.sotto.node.compute.BatchProgram;
import dev.sotto.node.compute.StageProgram;
import dev.sotto.node.compute.StageWeights;
import dev.sotto.node.testing.SmallShards;
import dev.sotto.ring.ScalarKernels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An evaluator-0 that names batches which cannot be: evaluator-1 waits for none of them for ever.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchFollowerTest {
  private static final Duration PATIENCE = Duration.ofMillis(300);

  @SuppressWarnings("NullAway.Init") // set before any test
  private Shard shard;

  @BeforeAll
  void cut(@TempDir Path folder) throws Exception {
    shard = SmallShards.open(SmallShards.cut(folder), Role.EVALUATOR_1);
  }

  @AfterAll
  void close() {
    shard.close();
  }

  /** A step of a job whose evaluator-0 says {@code word} about it, and nothing more. */
  private BatchProgram.Row row(byte[] word) {
    Channel channel =
        new Channel() {
          @Override
          public void send(byte[] bytes, int length) {}

          @Override
          public void receive(byte[] bytes, int length) {
            assertThat(length).isEqualTo(word.length);
            System.arraycopy(word, 0, bytes, 0, length);
          }
        };
    Dealings.In nothing =
        (bytes, from, length) -> {
          throw new Abort.PartiesDiverged("nothing was dealt");
        };
    Session session =
        new Session(
            Role.EVALUATOR_1,
            new AesStreams(
                Map.of(Pair.DEALER_EVALUATOR_1, new byte[16], Pair.EVALUATORS, new byte[16])),
            new ScalarKernels(),
            channel,
            nothing);
    StageProgram program =
        new StageProgram(
            session,
            shard.header(),
            new StageWeights(shard),
            Node.plan(shard.header().config()),
            new MaskProducts(session, 1));
    return new BatchProgram.Row(
        program, new Step(0, 0, 1), true, Share.shape(shard.header().config().hidden(), 49, 30));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "-1, 4", "4, 4", "5, 4", "0, 33", "0, -1", "0, 2147483647"})
  void aBatchThatCannotBeIsACheat(int row, int rows) {
    BatchFollower follower = new BatchFollower(shard, PATIENCE);
    assertThatThrownBy(() -> follower.run(row(Batches.decision(1, row, rows))))
        .isInstanceOf(Abort.PeerCheated.class)
        .hasMessageContaining("names a batch that cannot be");
  }

  @Test
  void aBatchThatIsNeverCompleteIsGivenUp() {
    BatchFollower follower = new BatchFollower(shard, PATIENCE);
    assertThatThrownBy(() -> follower.run(row(Batches.decision(7, 1, 3))))
        .isInstanceOf(Abort.PeerGone.class)
        .hasMessageContaining("whose steps never came");
  }

  @Test
  void twoStepsInOnePlaceAreACheatAndTheOtherIsGivenUp() throws Exception {
    BatchFollower follower = new BatchFollower(shard, PATIENCE);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<?> first = threads.submit(() -> follower.run(row(Batches.decision(7, 1, 3))));
      Future<?> second = threads.submit(() -> follower.run(row(Batches.decision(7, 1, 3))));
      assertThat(new Throwable[] {why(first), why(second)})
          .hasAtLeastOneElementOfType(Abort.PeerCheated.class)
          .hasAtLeastOneElementOfType(Abort.PeerGone.class);
    }
  }

  private static Throwable why(Future<?> step) throws InterruptedException {
    try {
      throw new AssertionError("a step has run: " + step.get());
    } catch (ExecutionException e) {
      return java.util.Objects.requireNonNull(e.getCause());
    }
  }
}
